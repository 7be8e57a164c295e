"""What the pretended person allowed: codes, the tokens that they are exchanged for, and the Pages behind those.

https://developers.facebook.com/docs/graph-api/reference/user/accounts
"""

import re
import secrets
from collections.abc import Callable
from time import monotonic

from connectors.sandbox.meta.common import authorise, chosen_fields, graph_answer, missing_node, need, only, refuse
from connectors.sandbox.stage import person
from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.stage.wire import Answer, Refused

HOUR = 3600
#: Seconds for which a code is taken.
CODE_LIVES = 600
#: What an app is told of a person whom it may not serve.
_SAID = {"no_role": "Insufficient developer role", "not_business": "The user is not an Instagram Business"}
_PAGE_FIELDS = ("id", "name", "access_token", "tasks", "instagram_business_account", "category")


def new_code(exchange: Exchange, *, back: str, pages: list[str], scopes: list[str], asked: list[str],
             trouble: str = "", gram: str = "") -> str:  # fmt: skip
    """A code that works once, for ten minutes, with the same address to come back to."""
    code = f"AQ{secrets.token_urlsafe(30)}"
    kept = {"back": back, "pages": pages, "scopes": scopes, "asked": asked, "trouble": trouble, "gram": gram}
    with exchange.world.lock:
        exchange.world.shelves["codes"][code] = kept | {"used": False, "until": monotonic() + CODE_LIVES}
    return code


def spend(exchange: Exchange, code: str, back: str, refuse: Callable[..., Refused] = refuse) -> dict:
    """What the code stands for; raises the vendor's refusal, in the shape that ``refuse`` gives it."""
    with exchange.world.lock:
        kept = exchange.world.shelves["codes"].get(code)
        if kept is None:
            raise refuse(100, "Invalid verification code format.", subcode=36009)
        if kept["used"] or kept["trouble"] == "code_used":
            raise refuse(100, "This authorization code has been used.", subcode=36009)
        if kept["back"] != back:
            message = "Error validating verification code. Please make sure your redirect_uri is identical to the one "
            raise refuse(100, f"{message}you used in the OAuth dialog request", subcode=36008)
        if kept["trouble"] == "code_old" or monotonic() > kept["until"]:
            raise refuse(100, "This authorization code has expired.", subcode=36007)
        if kept["trouble"] in _SAID:
            raise refuse(100, _SAID[kept["trouble"]])
        kept["used"] = kept["trouble"] != "server_error"
    if kept["trouble"] == "slow":
        exchange.pause(person.SLOW_SECONDS)
    if kept["trouble"] == "server_error":
        raise refuse(2, "An unexpected error has occurred. Please retry your request later.", status=500)
    return kept


def for_code(exchange: Exchange, given: dict) -> Answer:
    """GET /oauth/access_token?code=: the person's token of an hour."""
    exchange.concerns("facebook")
    only(given, {"client_id", "client_secret", "redirect_uri", "code"})
    kept = spend(exchange, need(given, "code"), need(given, "redirect_uri"))
    token = f"sandbox-user-{exchange.world.number()}"
    with exchange.world.lock:
        exchange.world.shelves["grants"][token] = kept
    return graph_answer({"access_token": token, "token_type": "bearer", "expires_in": HOUR})


def hand_on(exchange: Exchange, token: str, fresh: str) -> None:
    """A token that was traded stands for the same."""
    with exchange.world.lock:
        held = exchange.world.shelves["grants"]
        if token in held:
            held[fresh] = held[token]


def facts(exchange: Exchange, token: str) -> dict:
    """What /debug_token says of a token that came of a log-in; {} of any other."""
    held = exchange.world.shelves["grants"].get(token)
    if held is None:
        return {}
    granular = [
        {"scope": scope} | ({"target_ids": held["pages"]} if scope.startswith("pages_") else {})
        for scope in held["scopes"]
    ]
    return {"scopes": held["scopes"], "granular_scopes": granular}


def list_pages(exchange: Exchange, _match: re.Match, given: dict) -> Answer:
    """GET /me/accounts"""
    exchange.concerns("facebook")
    held = _held(exchange, authorise(exchange, given))
    only(given, {"fields", "limit", "after", "summary"})
    fields = chosen_fields(given, _PAGE_FIELDS, default="id,name,access_token,tasks,category", node="Page")
    listed = [] if held["trouble"] == "portfolio" or "pages_show_list" not in held["scopes"] else held["pages"]
    return graph_answer({"data": [_page(exchange, held, number, fields) for number in listed]})


def list_rights(exchange: Exchange, _match: re.Match, given: dict) -> Answer:
    """GET /me/permissions"""
    exchange.concerns("facebook")
    held = _held(exchange, authorise(exchange, given))
    only(given, {"limit", "summary"})
    rows = [{"permission": one, "status": "granted" if one in held["scopes"] else "declined"} for one in held["asked"]]
    return graph_answer({"data": rows})


def page_for(exchange: Exchange, token: str, number: str, fields: list[str]) -> dict:
    """One Page with its token, for a person who ticked it."""
    held = exchange.world.shelves["grants"].get(token)
    if held is None or number not in held["pages"] or number not in person.PAGES:
        raise missing_node(number)
    return _page(exchange, held, number, fields)


def _held(exchange: Exchange, token: str) -> dict:
    held = exchange.world.shelves["grants"].get(token)
    if held is None or token.startswith("sandbox-page-"):
        raise refuse(100, "(#100) Tried accessing nonexisting field (accounts) on node type (Page)")
    return held


def _page(exchange: Exchange, held: dict, number: str, fields: list[str]) -> dict:
    page = person.PAGES[number]
    token = f"sandbox-page-{number}-{exchange.world.number()}"
    with exchange.world.lock:
        exchange.world.shelves["grants"][token] = held
    known = {
        "id": number,
        "name": page.name,
        "access_token": token,
        "tasks": list(page.tasks),
        "category": "Media/news company",
        "instagram_business_account": {"id": page.gram, "username": person.GRAMS[page.gram]} if page.gram else None,
    }
    return {name: known[name] for name in dict.fromkeys([*fields, "id"]) if known.get(name) is not None}
