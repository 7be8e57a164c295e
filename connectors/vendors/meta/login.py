"""Facebook Login: a person picks Pages in Facebook's dialog; their tokens and linked Instagram accounts come of it.

Facts and where they stand:
- dialog and code: ``connectors.vendors.meta.dialog``
- from a long-lived token of a person come Page tokens without an end:
  https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived
- an app for businesses gets all rights it asks for or none:
  https://developers.facebook.com/docs/facebook-login/facebook-login-for-business
- Pages that are held through a business portfolio are not always in /me/accounts, though ``granular_scopes`` of
  /debug_token names them: then each is asked for by its id
- what may be done on a Page stands in ``tasks``: https://developers.facebook.com/docs/pages-api/overview
"""

from collections.abc import Iterator, Mapping

from connectors.errors import ConnectorError
from connectors.login import Check, Found, Grant, LoginTrouble, Place
from connectors.texts import log_in_words as words
from connectors.vendors.meta.dialog import MetaLogin

PAGE_FIELDS = "id,name,access_token,tasks,instagram_business_account{id,username}"
PUBLISHING = "CREATE_CONTENT"
#: So many Pages are looked through; nobody picks from more.
_MOST_LISTS, _A_LIST = 10, "100"


class FacebookLogin(MetaLogin):
    """Pages."""

    name = "facebook"
    label = "Facebook Login"
    platform_label = "Facebook"
    needed = ("pages_show_list", "pages_manage_posts", "pages_read_engagement")
    rights = (*needed, "business_management")

    def exchange(self, query: Mapping[str, str], back: str, *, kept: Mapping[str, str]) -> Grant:
        """Code for token, token for one of sixty days, and what was allowed."""
        code = self.code_in(query)
        app = {"client_id": self.site["app_id"], "client_secret": self.site["app_secret"]}
        try:
            asked = {**app, "redirect_uri": back, "code": code}
            short = str(self.ask("GET", "oauth/access_token", params=asked, secrets=(code,)).get("access_token"))
            asked = {**app, "grant_type": "fb_exchange_token", "fb_exchange_token": short}
            told = self.ask("GET", "oauth/access_token", params=asked, secrets=(short,))
        except ConnectorError as fault:
            raise self.refused(fault, back) from None
        token = str(told.get("access_token") or "")
        if not token:
            raise LoginTrouble("code", words.NO_CODE, platform=self.platform_label)
        facts = self._facts(token)
        self.need(facts["granted"])
        return Grant(token, facts)

    def _facts(self, token: str) -> dict:
        """Rights that were given, and the Pages that they were given for."""
        app = f"{self.site['app_id']}|{self.site['app_secret']}"
        try:
            rights = self.by(token, "me/permissions").get("data") or []
            told = self.ask("GET", "debug_token", params={"input_token": token, "access_token": app}, secrets=(token,))
        except ConnectorError as fault:
            raise self.trouble(fault) from None
        granted = {str(row.get("permission")) for row in rights if row.get("status") == "granted"}
        shares = (told.get("data") or {}).get("granular_scopes") or []
        ticked = [str(one) for row in shares for one in row.get("target_ids") or () if "pages" in str(row.get("scope"))]
        return {"granted": granted, "ticked": tuple(dict.fromkeys(ticked))}

    def places(self, grant: Grant) -> Found:
        pages = self.pages(grant)
        return Found(tuple(Place(page["id"], page.get("name") or page["id"], _credentials(page), problem=_problem(page))
                           for page in pages))  # fmt: skip

    def pages(self, grant: Grant) -> list[dict]:
        """Every Page that was ticked, those of portfolios too."""
        try:
            pages = {str(page["id"]): page for page in self._listed(grant.token)}
            for number in grant.facts.get("ticked", ()):
                if number not in pages:
                    pages[number] = {"id": number} | self._alone(grant.token, number)
        except ConnectorError as fault:
            raise self.trouble(fault) from None
        if not pages:
            raise LoginTrouble("nothing_found", words.NO_PAGES)
        return list(pages.values())

    def _listed(self, token: str) -> Iterator[dict]:
        asked = {"fields": PAGE_FIELDS, "limit": _A_LIST}
        for _number in range(_MOST_LISTS):
            told = self.by(token, "me/accounts", **asked)
            yield from told.get("data") or []
            paging = told.get("paging") or {}
            if not paging.get("next"):
                return
            asked["after"] = str((paging.get("cursors") or {}).get("after"))

    def _alone(self, token: str, number: str) -> dict:
        """A Page of a portfolio, asked for by its id; without a token when that is not allowed either."""
        try:
            return self.by(token, number, fields=PAGE_FIELDS)
        except ConnectorError as fault:
            if self.trouble(fault).code == "unreachable":
                raise
            return {"name": number}

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
    rights = (*needed, "business_management")

    def places(self, grant: Grant) -> Found:
        places, notes = [], []
        pages = self.pages(grant)
        for page in pages:
            linked = page.get("instagram_business_account")
            if not isinstance(linked, dict) or not linked.get("id"):
                notes.append((words.UNLINKED, {"page": str(page.get("name") or page["id"])}))
                continue
            name = str(linked.get("username") or linked["id"])
            options = {"login": "facebook"}
            places.append(Place(str(linked["id"]), name, _credentials(page), options=options, problem=_problem(page)))
        if not places:
            names = ", ".join(str(page.get("name") or page["id"]) for page in pages)
            raise LoginTrouble("not_professional", words.NOT_PROFESSIONAL, pages=names)
        return Found(tuple(places), tuple(notes))


def _credentials(page: Mapping) -> dict[str, str]:
    return {"access_token": str(page.get("access_token") or "")}


def _problem(page: Mapping) -> str:
    if not page.get("access_token"):
        return words.NO_PAGE_TOKEN
    tasks = page.get("tasks")
    return words.NO_TASK if isinstance(tasks, list) and PUBLISHING not in tasks else ""
