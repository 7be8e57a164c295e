"""What the ways to log in through Meta share: what a dialog sends back, and what a refused code means.

Facts and where they stand:
- the dialog, the code and what it is exchanged for:
  https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow
- a refused code is an error 100 whose subcode or words say why; no page lists them, clients have recorded them
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from connectors import http
from connectors.errors import ConnectorError
from connectors.login import Login, LoginTrouble, Start, address_with
from connectors.texts import log_in_words as words
from connectors.vendors.meta import errors

#: Subcodes and words by which a code is refused.
_CODE_USED, _CODE_OLD = ("36009", "has been used", "already used"), ("36007", "expired")
_OTHER_BACK = ("36008", "redirect_uri")
#: An app in development that the person has no role in; and an id or a secret that is not the app's.
_NOT_LIVE = ("not active", "developer role")
_OTHER_APP = ("client secret", "client_secret", "validating application", "invalid platform app")


def _tells(said: str, signs: tuple[str, ...]) -> bool:
    return any(sign in said.lower() for sign in signs)


class MetaLogin(Login):
    """What the ways through Meta share: the answers of a dialog, and what its refusals mean."""

    platform_label = "Meta"
    site_settings = {
        "dialog": "META_LOGIN_URL",
        "api": "FACEBOOK_API_URL",
        "app_id": "META_APP_ID",
        "app_secret": "META_APP_SECRET",
    }
    required = ("app_id", "app_secret")
    steps: ClassVar[tuple[str, ...]] = words.META_STEPS
    #: Without these nothing can be published; ``rights`` may hold more.
    needed: ClassVar[tuple[str, ...]] = ()

    def begin(self, state: str, back: str) -> Start:
        asked = {"client_id": self.site["app_id"], "redirect_uri": back, "state": state, "response_type": "code"}
        asked |= {"scope": ",".join(self.rights), "return_scopes": "true", "auth_type": "rerequest"}
        return Start(address_with(f"{self.site['dialog']}/{self.version}/dialog/oauth", **asked))

    def code_in(self, query: Mapping[str, str]) -> str:
        """The code that the dialog sent back, or the trouble that it sent instead."""
        said = query.get("error_message") or query.get("error_description") or query.get("error", "")
        if _tells(said, _NOT_LIVE):
            raise LoginTrouble("denied", words.NOT_LIVE)
        if said:
            raise LoginTrouble("denied", words.DENIED, platform=self.platform_label)
        if not query.get("code"):
            raise LoginTrouble("code", words.NO_CODE, platform=self.platform_label)
        return query["code"]

    def refused(self, fault: ConnectorError, back: str) -> LoginTrouble:
        """What it means when the code is not taken."""
        said = f"{fault.code} {fault.message}"
        if _tells(said, _NOT_LIVE):
            return LoginTrouble("denied", words.NOT_LIVE)
        if _tells(said, _OTHER_BACK):
            return LoginTrouble("code", words.WRONG_BACK, platform=self.platform_label, back=back)
        if _tells(said, _CODE_USED):
            return LoginTrouble("code", words.CODE_USED)
        if _tells(said, _CODE_OLD):
            return LoginTrouble("code", words.CODE_OLD)
        if _tells(said, _OTHER_APP):
            names = " / ".join(self.site_settings[name] for name in self.required)
            return LoginTrouble("code", words.APP_REFUSED, platform=self.platform_label, settings=names)
        return self.trouble(fault)

    def need(self, granted: set[str] | None) -> None:
        """Every right that publishing needs was given; None: unknown."""
        missing = [name for name in self.needed if granted is not None and name not in granted]
        if missing:
            rights = tuple(dict.fromkeys(words.RIGHTS.get(name, name) for name in missing))
            raise LoginTrouble("scopes", words.SCOPES, platform=self.platform_label, missing=rights)

    def ask(
        self,
        method: str,
        path: str,
        *,
        secrets: tuple[str, ...] = (),
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """One call; raises ConnectorError."""
        return http.call(
            method,
            path if path.startswith("http") else f"{self.site['api']}/{self.version}/{path}",
            classify=lambda response: errors.classify(response, creates=False),
            secrets=(self.site["app_secret"], *secrets),
            timeout=self.timeout,
            params=params,
            data=data,
            headers=headers,
        ).data

    def by(self, token: str, path: str, **params: str) -> dict[str, Any]:
        """One look with a person's or a Page's token."""
        return self.ask("GET", path, params=params, headers={"Authorization": f"Bearer {token}"}, secrets=(token,))
