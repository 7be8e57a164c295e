"""The pretended dialog of Facebook Login: which Pages, which rights, yes or no, and what goes wrong afterwards.

https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow
"""

import re

from connectors.sandbox.meta import grants
from connectors.sandbox.meta.common import APP_ID, refuse
from connectors.sandbox.stage import person
from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.stage.wire import Answer

_PARAMETERS = {"client_id", "redirect_uri", "state", "response_type", "scope", "return_scopes", "auth_type"}
_BUTTONS = (
    ("allow", "Continue"),
    ("refuse", "Cancel"),
    ("wrong_page", "Continue with the wrong Page"),
    ("leave_out", "Continue without the right to publish"),
)
_TROUBLES = ("", "code_used", "code_old", "no_role", "server_error", "slow", "portfolio")
_WRONG_PAGE = "104000000000003"
_PUBLISHING = ("pages_manage_posts", "instagram_content_publish")


def show(exchange: Exchange, _match: re.Match, _given: dict) -> Answer:
    """GET /{version}/dialog/oauth"""
    exchange.concerns("facebook")
    query = _checked(exchange)
    pages = person.boxes("page", ((number, page.name) for number, page in person.PAGES.items()))
    rights = person.boxes("scope", ((one, one) for one in query["scope"].split(",")))
    body = f"<p><b>Pages</b></p>{pages}<p><b>Rights</b></p>{rights}{person.troubles(_TROUBLES)}"
    return person.page("Log in with Facebook", body, _BUTTONS)


def decide(exchange: Exchange, _match: re.Match, _given: dict) -> Answer:
    """The same page, its form sent."""
    exchange.concerns("facebook")
    query, fields = _checked(exchange), person.chosen(exchange.request)
    back, state = query["redirect_uri"], query.get("state", "")
    choice = fields.get("choice", ["refuse"])[0]
    if choice == "refuse":
        refused = {"error": "access_denied", "error_code": "200", "error_description": "Permissions error"}
        return person.sent_back(back, **refused, error_reason="user_denied", state=state)
    scopes = [one for one in fields.get("scope", []) if choice != "leave_out" or one not in _PUBLISHING]
    pages = [_WRONG_PAGE] if choice == "wrong_page" else fields.get("page", [])
    asked = query["scope"].split(",")
    code = grants.new_code(
        exchange, back=back, pages=pages, scopes=scopes, asked=asked, trouble=fields.get("trouble", [""])[0]
    )
    answer = {"code": code, "state": state}
    if query.get("return_scopes") == "true":
        denied = ",".join(one for one in asked if one not in scopes)
        answer |= {"granted_scopes": ",".join(scopes), "denied_scopes": denied}
    return person.sent_back(back, **answer)


def _checked(exchange: Exchange) -> dict[str, str]:
    query = exchange.request.query
    if others := sorted(set(query) - _PARAMETERS):
        raise refuse(100, f"(#100) Unknown parameter(s): {', '.join(others)}")
    if query.get("client_id") != APP_ID:
        raise refuse(101, "Error validating application. Invalid application ID.")
    if query.get("response_type", "code") != "code" or not query.get("redirect_uri") or not query.get("scope"):
        raise refuse(100, "(#100) response_type, redirect_uri and scope are needed")
    return query
