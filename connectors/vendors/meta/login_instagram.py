"""Instagram Login: a professional account itself, without a Page, through an app with an id and a secret of its own.

Facts and where they stand:
- dialog, code and the token of an hour:
  https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/business-login
- ``enable_fb_login=0`` keeps the dialog to Instagram's own log-in; ``force_reauth`` lets another account be chosen
- for sixty days, and refreshed before they end: https://developers.facebook.com/docs/instagram-platform/reference/access_token
- an answer about a code has come bare and as a list under ``data``
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from connectors.errors import ConnectorError
from connectors.login import TIMEOUT, VERSION, Check, Found, Grant, LoginTrouble, Place, Start, address_with
from connectors.texts import log_in_words as words
from connectors.vendors.meta.dialog import MetaLogin

PROFESSIONAL = ("BUSINESS", "MEDIA_CREATOR", "CREATOR")
_HOST = "https://graph.instagram.com"

#: Without it everything but comments goes out.
_COMMENTS = "instagram_business_manage_comments"


class InstagramLogin(MetaLogin):
    """One professional account."""

    name = "instagram"
    label = "Instagram Login"
    platform_label = "Instagram"
    site_settings = {
        "dialog": "INSTAGRAM_LOGIN_URL",
        "token": "INSTAGRAM_TOKEN_URL",
        "api": "INSTAGRAM_API_URL",
        "app_id": "INSTAGRAM_APP_ID",
        "app_secret": "INSTAGRAM_APP_SECRET",
    }
    steps: ClassVar[tuple[str, ...]] = words.INSTAGRAM_STEPS
    needed: ClassVar[tuple[str, ...]] = ("instagram_business_basic", "instagram_business_content_publish")
    rights: ClassVar[tuple[str, ...]] = (*needed, _COMMENTS)

    def __init__(
        self, site: Mapping[str, str], *, version: str = VERSION, timeout: tuple[float, float] = TIMEOUT
    ) -> None:
        # A site that names Facebook's host means it for accounts by Facebook Login.
        api = site.get("api") or _HOST
        here = {**site, "api": _HOST if "graph.facebook.com" in api else api}
        super().__init__(here, version=version, timeout=timeout)

    def begin(self, state: str, back: str) -> Start:
        asked = {"client_id": self.site["app_id"], "redirect_uri": back, "state": state, "response_type": "code"}
        asked |= {"scope": ",".join(self.rights), "force_reauth": "true", "enable_fb_login": "0"}
        return Start(address_with(f"{self.site['dialog']}/oauth/authorize", **asked))

    def exchange(self, query: Mapping[str, str], back: str, *, kept: Mapping[str, str]) -> Grant:
        """Code for an hour's token, that for one of sixty days."""
        code = self.code_in(query).removesuffix("#_")
        form = {"client_id": self.site["app_id"], "client_secret": self.site["app_secret"], "redirect_uri": back}
        form |= {"grant_type": "authorization_code", "code": code}
        try:
            short = self.ask("POST", f"{self.site['token']}/oauth/access_token", data=form, secrets=(code,))
            listed = short.get("data")
            short = listed[0] if isinstance(listed, list) and listed else short
            granted = _rights(short.get("permissions"))
            self.need(granted)
            hour = str(short.get("access_token") or "")
            asked = {"grant_type": "ig_exchange_token", "client_secret": self.site["app_secret"], "access_token": hour}
            reported = self.ask("GET", f"{self.site['api']}/access_token", params=asked, secrets=(hour,))
        except ConnectorError as fault:
            if "instagram business" in fault.message.lower():
                raise LoginTrouble("not_professional", words.NOT_PROFESSIONAL_ALONE) from None
            raise self.refused(fault, back) from None
        if not reported.get("access_token"):
            raise LoginTrouble("code", words.NO_CODE, platform=self.platform_label)
        facts = {
            "expires_in": reported.get("expires_in"),
            "comments": None if granted is None else _COMMENTS in granted,
        }
        return Grant(str(reported["access_token"]), facts)

    def places(self, grant: Grant) -> Found:
        try:
            me = self.by(grant.token, "me", fields="user_id,username,account_type")
        except ConnectorError as fault:
            raise self.trouble(fault) from None
        if me.get("account_type") and str(me["account_type"]).upper() not in PROFESSIONAL:
            raise LoginTrouble("not_professional", words.NOT_PROFESSIONAL_ALONE)
        number, name = str(me.get("user_id") or ""), str(me.get("username") or "")
        if not number:
            raise LoginTrouble("nothing_found", words.NO_CODE, platform=self.platform_label)
        end = _end(grant.facts.get("expires_in"))
        token, told = {"access_token": grant.token}, grant.facts.get("comments")
        may = told if isinstance(told, bool) else None
        there = Place(number, name or number, token, options={"login": "instagram"}, expires_at=end, may_follow_up=may)
        return Found((there,))

    def check_app(self, back: str) -> tuple[Check, ...]:
        """Nothing can be asked of such an app before somebody logs in."""
        return ()


def _end(seconds: object) -> str:
    """When a token ends that lives so long; a day early, since the clock started at Instagram."""
    if not isinstance(seconds, int | float) or seconds <= 0:
        return ""
    return (datetime.now(UTC) + timedelta(seconds=seconds) - timedelta(days=1)).isoformat()


def _rights(facts: object) -> set[str] | None:
    """Granted rights come as a list or as words between commas, or not at all."""
    if isinstance(facts, str) and facts:
        return {word.strip() for word in facts.split(",")}
    return {str(word) for word in facts} if isinstance(facts, list) else None
