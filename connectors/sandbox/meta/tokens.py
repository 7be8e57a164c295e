"""Tokens of the pretended Graph API: what one is worth, and trading it for a younger one.

https://developers.facebook.com/docs/graph-api/reference/debug_token
https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived
https://developers.facebook.com/docs/instagram-platform/reference/refresh_access_token
"""

import re
from datetime import timedelta

from connectors.sandbox.meta import grants
from connectors.sandbox.meta.common import (
    APP_ID,
    APP_SECRET,
    APP_TOKEN,
    authorise,
    chosen_fields,
    expired,
    graph_answer,
    need,
    only,
    refuse,
    token_of,
)
from connectors.sandbox.meta.nodes import describe_place
from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.stage.wire import Answer
from connectors.sandbox.stage.world import now

SIXTY_DAYS = 5_184_000
_POSTING_SCOPES = ("pages_manage_posts", "instagram_content_publish", "instagram_business_content_publish")
#: A token with ``no-comments`` in its name lacks them.
_COMMENTING_SCOPES = ("pages_manage_engagement", "instagram_manage_comments", "instagram_business_manage_comments")
_READING_SCOPES = (
    "pages_show_list",
    "pages_read_engagement",
    "instagram_basic",
    "instagram_business_basic",
    "public_profile",
)
_ME_FIELDS = (
    "id",
    "user_id",
    "username",
    "account_type",
    "name",
    "profile_picture_url",
    "followers_count",
    "media_count",
)


def debug_token(exchange: Exchange, _match: re.Match, given: dict) -> Answer:
    """GET /debug_token. A scenario set for the token itself, or for an address named in it, shows here too."""
    exchange.concerns("facebook", address_in(given.get("input_token", "")))
    inspecting = token_of(exchange, given)
    if inspecting != APP_TOKEN and not inspecting.startswith("sandbox-"):
        raise refuse(190, "Invalid OAuth access token - Cannot parse access token")
    only(given, {"input_token"})
    token = need(given, "input_token")
    if not token.startswith("sandbox-"):
        # Of a token that nobody issued nothing is known.
        error = {"code": 190, "message": "Invalid OAuth access token - Cannot parse access token"}
        return graph_answer({"data": {"error": error, "is_valid": False, "scopes": []}})
    found = _facts(exchange, token) | grants.facts(exchange, token)
    return graph_answer({"data": found | _fault(exchange, token)})


def address_in(token: str) -> str:
    """``sandbox-<address>`` speaks for that address; the token as a whole stands in for an unknown one."""
    return re.sub(r"-r\d+$", "", token.removeprefix("sandbox-"))


def _fault(exchange: Exchange, token: str) -> dict:
    if _is_expired(exchange, token):
        error = {"code": 190, "message": "Error validating access token: Session has expired.", "subcode": 463}
        return {"is_valid": False, "error": error, "expires_at": int((now() - timedelta(hours=1)).timestamp())}
    return {}


def _is_expired(exchange: Exchange, token: str) -> bool:
    if "expired" in token or exchange.meets("token_expired", token):
        return True
    return exchange.take("token_expired").name == "token_expired"


def _facts(exchange: Exchange, token: str) -> dict:
    moment = now()
    lacking = exchange.meets("no_permission") or exchange.meets("no_permission", token)
    comments = () if "no-comments" in token else _COMMENTING_SCOPES
    scopes = list(_READING_SCOPES) if lacking else [*_POSTING_SCOPES, *_READING_SCOPES, *comments]
    return {
        "app_id": APP_ID,
        "application": "Sandbox",
        "type": "PAGE",
        "is_valid": True,
        "issued_at": int((moment - timedelta(days=1)).timestamp()),
        "expires_at": 0,
        "data_access_expires_at": int((moment + timedelta(days=90)).timestamp()),
        "scopes": scopes,
        "granular_scopes": [{"scope": scope} for scope in scopes],
        "user_id": "10000000000000001",
        "profile_id": address_in(token),
    }


def exchange_token(exchange: Exchange, _match: re.Match, given: dict) -> Answer:
    """GET /oauth/access_token: a code for a token, a short user token for a long one, or the app's own."""
    if "code" in given:
        _check_app(given)
        return grants.for_code(exchange, given)
    if given.get("grant_type") == "client_credentials":
        _check_app(given)
        return graph_answer({"access_token": APP_TOKEN, "token_type": "bearer"})
    only(given, {"grant_type", "client_id", "client_secret", "fb_exchange_token"})
    if given.get("grant_type") != "fb_exchange_token":
        raise refuse(1, "Invalid grant_type: " + given.get("grant_type", ""))
    _check_app(given)
    return _traded(exchange, need(given, "fb_exchange_token"), expires_in=SIXTY_DAYS - 56)


def exchange_instagram_token(exchange: Exchange, _match: re.Match, given: dict) -> Answer:
    """GET /access_token?grant_type=ig_exchange_token: an hour's token for one of 60 days."""
    exchange.concerns("instagram")
    only(given, {"grant_type", "client_secret"})
    if given.get("grant_type") != "ig_exchange_token":
        raise refuse(100, "Invalid grant_type", kind="IGApiException")
    if need(given, "client_secret") != APP_SECRET:
        raise refuse(1, "Error validating client secret.")
    return _traded(exchange, need(given, "access_token"), expires_in=SIXTY_DAYS)


def refresh_instagram_token(exchange: Exchange, _match: re.Match, given: dict) -> Answer:
    """GET /refresh_access_token?grant_type=ig_refresh_token: sixty more days for a token that still lives."""
    exchange.concerns("instagram")
    only(given, {"grant_type"})
    if given.get("grant_type") != "ig_refresh_token":
        raise refuse(100, "Invalid grant_type", kind="IGApiException")
    return _traded(exchange, need(given, "access_token"), expires_in=SIXTY_DAYS)


def me(exchange: Exchange, _match: re.Match, given: dict) -> Answer:
    """GET /me: the account a token speaks for; ``sandbox-<digits>`` speaks for that id."""
    token = token_of(exchange, given)
    exchange.concerns("instagram", address_in(token))
    authorise(exchange, given)
    only(given, {"fields"})
    fields = chosen_fields(given, _ME_FIELDS, default="id,name", node="User")
    return graph_answer(describe_place(address_in(token), fields))


def _check_app(given: dict) -> None:
    if need(given, "client_id") != APP_ID:
        raise refuse(101, "Error validating application. Cannot get application info due to a system error.")
    if need(given, "client_secret") != APP_SECRET:
        raise refuse(1, "Error validating client secret.")


def _traded(exchange: Exchange, token: str, *, expires_in: int) -> Answer:
    exchange.call.address = address_in(token)
    if not token.startswith("sandbox-"):
        raise refuse(190, "Invalid OAuth access token - Cannot parse access token")
    if _is_expired(exchange, token):
        raise expired()
    kept = re.sub(r"-r\d+$", "", token)
    fresh = f"{kept}-r{exchange.world.number() % 10**6}"
    grants.hand_on(exchange, token, fresh)
    return graph_answer({"access_token": fresh, "token_type": "bearer", "expires_in": expires_in})
