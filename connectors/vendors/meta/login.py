"""Facebook Login: a person picks Pages in Facebook's dialog; their tokens and linked Instagram accounts come of it.

Facts and where they stand:
- dialog and code: ``connectors.vendors.meta.dialog``
- from a long-lived token of a person come Page tokens without an end:
  https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived
- an app for businesses gets all rights it asks for or none:
  https://developers.facebook.com/docs/facebook-login/facebook-login-for-business
- Pages that are held through a business portfolio are not always in /me/accounts, though ``granular_scopes`` of
  /debug_token names them: then each is asked for by its id
- the fields of a Page: ``connectors.vendors.meta.pages``
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from connectors.errors import ConnectorError
from connectors.login import Check, Found, Grant, LoginTrouble, Place
from connectors.texts import log_in_words as words
from connectors.vendors.meta import pages
from connectors.vendors.meta.dialog import MetaLogin
from connectors.vendors.meta.pages import Page

#: So many Pages are looked through; nobody picks from more.
_MOST_LISTS, _A_LIST = 10, "100"


@dataclass(frozen=True)
class _Allowed:
    """What a person agreed to: rights, and the ids of the Pages that they were given for."""

    rights: set[str]
    pages: tuple[str, ...]


class FacebookLogin(MetaLogin):
    """Pages."""

    name = "facebook"
    label = "Facebook Login"
    platform_label = "Facebook"
    needed: ClassVar[tuple[str, ...]] = ("pages_show_list", "pages_manage_posts", "pages_read_engagement")
    #: Comments are a wish: without that right everything else goes out.
    rights: ClassVar[tuple[str, ...]] = (*needed, "business_management", "pages_manage_engagement")

    def exchange(self, query: Mapping[str, str], back: str, *, kept: Mapping[str, str]) -> Grant:
        """Code for token, token for one of sixty days, and what was allowed."""
        code = self.code_in(query)
        app = {"client_id": self.site["app_id"], "client_secret": self.site["app_secret"]}
        try:
            asked = {**app, "redirect_uri": back, "code": code}
            short = str(self.ask("GET", "oauth/access_token", params=asked, secrets=(code,)).get("access_token"))
            asked = {**app, "grant_type": "fb_exchange_token", "fb_exchange_token": short}
            reported = self.ask("GET", "oauth/access_token", params=asked, secrets=(short,))
        except ConnectorError as fault:
            raise self.refused(fault, back) from None
        token = str(reported.get("access_token") or "")
        if not token:
            raise LoginTrouble("code", words.NO_CODE, platform=self.platform_label)
        allowed = self._allowed(token)
        self.need(allowed.rights)
        return Grant(token, ticked=allowed.pages)

    def _allowed(self, token: str) -> _Allowed:
        app = f"{self.site['app_id']}|{self.site['app_secret']}"
        try:
            rights = self.by(token, "me/permissions").get("data") or []
            reported = self.ask(
                "GET", "debug_token", params={"input_token": token, "access_token": app}, secrets=(token,)
            )
        except ConnectorError as fault:
            raise self.trouble(fault) from None
        granted = {str(row.get("permission")) for row in rights if row.get("status") == "granted"}
        shares = (reported.get("data") or {}).get("granular_scopes") or []
        ticked = [str(one) for row in shares for one in row.get("target_ids") or () if "pages" in str(row.get("scope"))]
        return _Allowed(granted, tuple(dict.fromkeys(ticked)))

    def places(self, grant: Grant) -> Found:
        found = self.pages(grant)
        return Found(tuple(Place(page.number, page.name, page.credentials, problem=page.problem) for page in found))

    def pages(self, grant: Grant) -> list[Page]:
        """Every Page that was ticked, those of portfolios too."""
        try:
            found = {page.number: page for page in self._listed(grant.token)}
            for number in grant.ticked:
                if number not in found:
                    found[number] = self._alone(grant.token, number)
        except ConnectorError as fault:
            raise self.trouble(fault) from None
        if not found:
            raise LoginTrouble("nothing_found", words.NO_PAGES)
        return list(found.values())

    def _listed(self, token: str) -> Iterator[Page]:
        asked = {"fields": pages.FIELDS, "limit": _A_LIST}
        for _number in range(_MOST_LISTS):
            reported = self.by(token, "me/accounts", **asked)
            yield from map(pages.page_from, reported.get("data") or [])
            paging = reported.get("paging") or {}
            if not paging.get("next"):
                return
            asked["after"] = str((paging.get("cursors") or {}).get("after"))

    def _alone(self, token: str, number: str) -> Page:
        """A Page of a portfolio, asked for by its id; without a token when that is not allowed either."""
        try:
            return pages.page_from({"id": number} | self.by(token, number, fields=pages.FIELDS))
        except ConnectorError as fault:
            if self.trouble(fault).code == "unreachable":
                raise
            return Page(number, number)

    def check_app(self, back: str) -> tuple[Check, ...]:
        """An app's own token is its id and secret: whether Meta takes it."""
        app = {"client_id": self.site["app_id"], "client_secret": self.site["app_secret"]}
        try:
            self.ask("GET", "oauth/access_token", params={**app, "grant_type": "client_credentials"})
        except ConnectorError as fault:
            if self.refused(fault, back).code == "unreachable":
                return (Check(words.APP_UNASKED),)
            return (Check(words.APP_FAILS, {"said": fault.message}, False),)
        return (Check(words.APP_WORKS, well=True), Check(words.MODE))


class InstagramByFacebook(FacebookLogin):
    """Professional Instagram accounts that are linked to Pages; the Page's token speaks for them."""

    needed = (*FacebookLogin.needed, "instagram_basic", "instagram_content_publish")
    rights = (*needed, "business_management", "instagram_manage_comments")

    def places(self, grant: Grant) -> Found:
        places, notes = [], []
        found = self.pages(grant)
        for page in found:
            if page.linked is None:
                notes.append((words.UNLINKED, {"page": page.name}))
                continue
            gram, options = page.linked, {"login": "facebook"}
            places.append(Place(gram.number, gram.name, page.credentials, options=options, problem=page.problem))
        if not places:
            names = ", ".join(page.name for page in found)
            raise LoginTrouble("not_professional", words.NOT_PROFESSIONAL, pages=names)
        return Found(tuple(places), tuple(notes))
