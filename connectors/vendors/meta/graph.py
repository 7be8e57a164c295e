"""What Facebook and Instagram share: one way to call the Graph API, and to check and to trade a token.

Facts and where they stand:
- ``facebook-api-version`` names the version that really answered (``connectors.vendors.meta.versions``):
  https://developers.facebook.com/docs/graph-api/guides/versioning
- the token travels as ``Authorization: Bearer``, so that it stands in no address; ``appsecret_proof`` is the
  HMAC-SHA256 of the token by the app's secret: https://developers.facebook.com/docs/graph-api/guides/secure-requests
- what /debug_token tells: ``connectors.vendors.meta.tokens``; what errors mean: ``connectors.vendors.meta.errors``
"""

import functools
import hashlib
import hmac
import logging
from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar
from urllib.parse import quote

import requests

from connectors import http
from connectors.base import Connector, PlatformSettings, TokenStatus
from connectors.errors import AccountBlocked, ConnectorError, Rejected, TokenInvalid
from connectors.uploads import Form
from connectors.vendors.meta import errors, places, tokens, versions

logger = logging.getLogger(__name__)

#: Seconds for the answer to a look, which is cheap to repeat; making and publishing may take the full time.
LOOK_SECONDS = 10
#: Seconds for the look after a publish, which is only a courtesy: the post is out.
COURTESY_SECONDS = 5


class GraphConnector(Connector):
    """A place on the Graph API: a Page or an Instagram professional account."""

    credential_keys = ("access_token",)
    #: Rights without which nothing can be published or read back.
    scopes_needed: tuple[str, ...] = ()
    #: The field of the place that people know it by.
    name_field: ClassVar[str] = "name"

    @classmethod
    def address_from(cls, text: str) -> str:
        return places.address_from(text, cls.name)

    @property
    def token(self) -> str:
        return str(self.credentials.get("access_token") or "").strip()

    @property
    def app_secret(self) -> str:
        """The secret of the app that the token belongs to; empty when it is not known."""
        return self.settings.meta_app_secret

    @property
    def app_known(self) -> bool:
        return bool(self.settings.meta_app_id and self.app_secret)

    @property
    def secrets(self) -> tuple[str, ...]:
        return tuple(filter(None, (*super().secrets, self.token, self.settings.meta_app_secret)))

    @property
    def place(self) -> str:
        """The address as one segment of a path."""
        return quote(self.address, safe="")

    def get(self, path: str, *, seconds: float = LOOK_SECONDS, **params: object) -> dict[str, Any]:
        """Look something up with the account's token; harmless to repeat."""
        return self.call("GET", path, seconds=seconds, params=params).data

    def look(self, path: str, **params: object) -> dict[str, Any]:
        """A courtesy after a publish: whatever goes wrong here is logged and must not spoil what succeeded."""
        try:
            return self.get(path, seconds=COURTESY_SECONDS, **params)
        except ConnectorError as error:
            logger.info("%s %s is out, but could not be looked at: %s", self.label, path, error.message)
            return {}

    def call(self, method: str, path: str, *, creates: bool = False, seconds: float = 0, **request: Any) -> http.Answer:
        """One call with the account's token; ``request`` takes requests' ``params`` and ``data``, and our ``files``."""
        if not self.token:
            raise TokenInvalid(f"No access token is stored for {self.label} {self.address}.")
        fields = "data" if method == "POST" else "params"
        request[fields] = {**request.get(fields, {}), **self._proof()}
        headers = {"Authorization": f"Bearer {self.token}"}
        if files := request.pop("files", None):
            request["data"] = Form(request["data"], files)
            headers |= request["data"].headers
        return self.send(method, path, creates=creates, seconds=seconds, headers=headers, **request)

    def send(
        self, method: str, path: str, *, creates: bool = False, seconds: float = 0, versioned: bool = True,
        **request: Any,
    ) -> http.Answer:  # fmt: skip
        """One call that brings its own credentials. ``seconds`` shortens the wait for the answer."""
        connect, read = self.settings.timeout
        root = f"{self.api_base}/{self.settings.graph_api_version}" if versioned else self.api_base
        return http.call(
            method,
            f"{root}/{path}",
            creates=creates,
            classify=functools.partial(self._classify_at, path, creates=creates),
            secrets=self.secrets,
            timeout=(connect, min(read, seconds) if seconds else read),
            **request,
        )

    def classify(self, response: requests.Response, *, creates: bool) -> ConnectorError | None:
        answered = response.headers.get("facebook-api-version", "")
        if answered and answered != self.settings.graph_api_version:
            versions.warn(self.settings.graph_api_version, answered)
        return errors.classify(response, creates=creates, address=self.address)

    def _classify_at(self, path: str, response: requests.Response, *, creates: bool) -> ConnectorError | None:
        error = self.classify(response, creates=creates)
        of_account = error if path.partition("/")[0] == self.place else None
        return errors.of_the_account(of_account, self.address) if of_account else error

    @classmethod
    def site_problems(cls, settings: PlatformSettings, today: date) -> tuple[str, ...]:
        return tuple(filter(None, [versions.trouble(settings.graph_api_version, today)]))

    def check_token(self) -> TokenStatus:
        """Ask about the token, then use it: one that counts as valid can still be unable to read."""
        reported = self._debug_token()
        told = functools.partial(tokens.status, reported, needed=self.scopes_needed, comments=self.follow_up_right)
        if reported.get("is_valid") is False:
            return told(valid=False, detail=tokens.why(reported))
        try:
            name = self._name_of_place()
        except TokenInvalid as error:
            return told(valid=False, detail=error.message)
        except (Rejected, AccountBlocked) as error:
            if not error.code:
                raise
            # Meta itself spoke: it took the token, but hides the place from it.
            return told(valid=True, detail=error.message)
        return told(valid=True, account_name=name)

    def refresh_token(self) -> Mapping[str, object] | None:
        """A younger token by fb_exchange_token; None when the app's id and secret are not known."""
        if not self.app_known:
            return None
        answer = self.send("GET", "oauth/access_token", params={
            "grant_type": "fb_exchange_token",
            "client_id": self.settings.meta_app_id,
            "client_secret": self.app_secret,
            "fb_exchange_token": self.token,
        })  # fmt: skip
        return tokens.traded(self.credentials, answer)

    def _proof(self) -> dict[str, str]:
        if not self.app_secret:
            return {}
        return {"appsecret_proof": hmac.new(self.app_secret.encode(), self.token.encode(), hashlib.sha256).hexdigest()}

    def _debug_token(self) -> dict[str, Any]:
        """What Meta tells of the token; {} when the app is not known or may not ask."""
        if not (self.app_known and self.token):
            return {}
        app = f"{self.settings.meta_app_id}|{self.app_secret}"
        try:
            asked = {"input_token": self.token, "access_token": app}
            answer = self.send("GET", "debug_token", seconds=LOOK_SECONDS, params=asked)
        except (TokenInvalid, Rejected, AccountBlocked) as error:
            # This speaks of the app's own token, not of the account's.
            logger.warning("META_APP_ID and META_APP_SECRET cannot look at the token of %s: %s", self.address, error)
            return {}
        reported = answer.data.get("data")
        return reported if isinstance(reported, dict) else {}

    def _name_of_place(self) -> str:
        me = self.call("GET", "me", seconds=LOOK_SECONDS, params={"fields": "id,name"})
        if http.require(me, "id") == self.address and self.name_field == "name":
            return str(me.data.get("name") or "")
        return str(self.get(self.place, fields=self.name_field).get(self.name_field) or "")
