"""X by OAuth 1.0a in three legs, whose keys do not end; with digits to type where X can't send anybody back.

Facts and where they stand:
- the three legs: https://docs.x.com/fundamentals/authentication/oauth-1-0a/obtaining-user-access-tokens
- ``oauth_callback_confirmed`` must be true; a person who refuses comes back with ``denied``
- an address that the app does not list is answered with code 415; ``oob`` in its place makes X show seven digits:
  https://docs.x.com/fundamentals/authentication/oauth-1-0a/pin-based-oauth
- keys made before the app was allowed to write may only read: https://docs.x.com/fundamentals/developer-apps
"""

from collections.abc import Mapping
from urllib.parse import parse_qsl

import requests
from requests_oauthlib import OAuth1

from connectors import http
from connectors.errors import ConnectorError, TokenInvalid
from connectors.login import Check, Found, Grant, Login, LoginTrouble, Place, Start, address_with
from connectors.texts import log_in_words as words
from connectors.vendors.twitter import errors

OUT_OF_BAND = "oob"
_NOT_APPROVED = ("415", "callback url not approved")


class TwitterLogin(Login):
    """One handle at a time: the one that is logged in at X."""

    name = "twitter"
    label = platform_label = "X"
    site_settings = {"api": "X_API_URL", "api_key": "X_API_KEY", "api_secret": "X_API_SECRET"}
    required = ("api_key", "api_secret")
    steps = words.X_STEPS
    rights = ("Read and write",)

    def begin(self, state: str, back: str) -> Start:
        try:
            asked, pin = self._request_token(back), False
        except ConnectorError as fault:
            if not _unlisted(fault):
                raise self._refused(fault) from None
            asked, pin = self._request_by_pin(), True
        token, secret = asked.get("oauth_token", ""), asked.get("oauth_token_secret", "")
        if not (token and secret) or asked.get("oauth_callback_confirmed") != "true":
            raise LoginTrouble("code", words.NO_CODE, platform=self.platform_label)
        # ``authorize`` asks each time, and so lets another handle be chosen; ``authenticate`` may not.
        page = address_with(f"{self.site['api']}/oauth/authorize", oauth_token=token, force_login="true")
        return Start(page, {"token": token, "secret": secret, "pin": "1" if pin else ""}, state=token, pin=pin)

    def state_in(self, query: Mapping[str, str]) -> str:
        """X brings back the token that was asked for, also when it was refused."""
        return query.get("oauth_token") or query.get("denied", "")

    def exchange(self, query: Mapping[str, str], back: str, *, kept: Mapping[str, str]) -> Grant:
        if query.get("denied"):
            raise LoginTrouble("denied", words.DENIED, platform=self.platform_label)
        verifier = (query.get("pin") or query.get("oauth_verifier") or "").strip()
        if not verifier:
            raise LoginTrouble("code", words.NO_CODE, platform=self.platform_label)
        signed = OAuth1(
            self.site["api_key"],
            client_secret=self.site["api_secret"],
            resource_owner_key=kept["token"],
            resource_owner_secret=kept["secret"],
            verifier=verifier,
        )
        try:
            fields = self._call("access_token", signed, secrets=(kept["secret"], verifier))
        except ConnectorError as fault:
            if kept.get("pin") and isinstance(fault, TokenInvalid):
                raise LoginTrouble("code", words.PIN_WRONG) from None
            raise self._refused(fault, asked=False) from None
        if not (fields.get("oauth_token") and fields.get("oauth_token_secret") and fields.get("screen_name")):
            raise LoginTrouble("code", words.NO_CODE, platform=self.platform_label)
        return Grant(fields["oauth_token"], fields)

    def places(self, grant: Grant) -> Found:
        handle = str(grant.facts["screen_name"])
        keys = {
            "api_key": self.site["api_key"],
            "api_secret": self.site["api_secret"],
            "access_token": grant.token,
            "access_token_secret": str(grant.facts["oauth_token_secret"]),
        }
        return Found((Place(handle, f"@{handle}", keys, aliases=(f"@{handle}",)),))

    def check_app(self, back: str) -> tuple[Check, ...]:
        """Asking for a request token shows whether keys and address are taken; it costs nothing and binds nobody."""
        try:
            self._request_token(back)
        except ConnectorError as fault:
            if _unlisted(fault):
                return (Check(words.APP_WORKS, well=True), Check(words.BACK_UNKNOWN, well=False))
            if self.trouble(fault).code == "unreachable":
                return (Check(words.APP_UNASKED),)
            return (Check(words.APP_FAILS, {"said": fault.message}, False),)
        return (Check(words.APP_WORKS, well=True), Check(words.BACK_KNOWN, well=True))

    def _request_token(self, back: str) -> dict[str, str]:
        signed = OAuth1(self.site["api_key"], client_secret=self.site["api_secret"], callback_uri=back)
        return self._call("request_token", signed)

    def _request_by_pin(self) -> dict[str, str]:
        try:
            return self._request_token(OUT_OF_BAND)
        except ConnectorError as fault:
            raise self._refused(fault) from None

    def _refused(self, fault: ConnectorError, *, asked: bool = True) -> LoginTrouble:
        """Before anybody logged in only the app's keys can be at fault; afterwards it is what was brought back."""
        if isinstance(fault, TokenInvalid) and asked:
            settings = " / ".join(self.site_settings[name] for name in self.required)
            return LoginTrouble("code", words.APP_REFUSED, platform=self.platform_label, settings=settings)
        return LoginTrouble("code", words.CODE_OLD) if isinstance(fault, TokenInvalid) else self.trouble(fault)

    def _call(self, path: str, signed: OAuth1, *, secrets: tuple[str, ...] = ()) -> dict[str, str]:
        return http.call(
            "POST",
            f"{self.site['api']}/oauth/{path}",
            classify=errors.classify,
            secrets=(self.site["api_secret"], *secrets),
            timeout=self.timeout,
            auth=signed,
            decode=_form,
        ).data


def _unlisted(fault: ConnectorError) -> bool:
    said = f"{fault.code} {fault.message} {fault.detail}".lower()
    return any(sign in said for sign in _NOT_APPROVED)


def _form(response: requests.Response) -> dict[str, str]:
    fields = dict(parse_qsl(response.text))
    if not fields:
        raise ValueError("no form")
    return fields
