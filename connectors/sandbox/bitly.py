"""The pretended Bitly v4: shortening, the user behind a token, and short links that really lead on.

https://dev.bitly.com/api-reference (createBitlink / shorten, getUser, getPlatformLimits)
"""

import hashlib
import re
from collections.abc import Mapping
from urllib.parse import quote

from connectors.sandbox.stage import pictures
from connectors.sandbox.stage.exchange import Exchange, Refusals
from connectors.sandbox.stage.wire import Answer, Refused, json_answer
from connectors.sandbox.stage.world import now

_SHORTEN = {"long_url", "domain", "group_guid", "force_new_link"}
GROUP = "Bsandbox001"


def bitly_error(status: int, code: str, description: str, /, **field: str) -> Answer:
    """The vendor's body; 429 comes without ``errors``."""
    fields: dict[str, object] = {"message": code, "resource": "bitlinks", "description": description}
    if status != 429:
        fields["errors"] = [{"field": name, "error_code": word} for name, word in field.items()]
    return json_answer(status, fields)


def _limited(code: str, description: str) -> Answer:
    return bitly_error(429, code, description)


def _refused_link() -> Answer:
    return bitly_error(400, "INVALID_ARG_LONG_URL", "The value provided is invalid.", long_url="invalid")


REFUSALS: Refusals = {
    "refuse": lambda exchange, day: bitly_error(
        503, "TEMPORARILY_UNAVAILABLE", "The service is temporarily unavailable."
    ),
    "rate_limit": lambda exchange, day: _limited("RATE_LIMIT_EXCEEDED", "You have sent too many requests."),
    "quota": lambda exchange, day: _limited(
        "MONTHLY_ENCODE_LIMIT_EXCEEDED", "You have used up the links of this month."
    ),
    "token_expired": lambda exchange, day: bitly_error(
        403, "FORBIDDEN", "You are currently forbidden to access this resource."
    ),
    "reject": lambda exchange, day: _refused_link(),
    "server_error": lambda exchange, day: bitly_error(500, "INTERNAL_ERROR", "Something is broken."),
}


def answer(exchange: Exchange) -> Answer:
    """Answer one call. The address of a call is its token without ``sandbox-``."""
    request = exchange.request
    token = request.bearer
    exchange.concerns("bitly", token.removeprefix("sandbox-"))
    doors = {
        ("POST", "/v4/shorten"): _shorten,
        ("GET", "/v4/user"): _user,
        ("GET", "/v4/user/platform_limits"): _limits,
    }
    door = doors.get((request.method, request.path.rstrip("/")))
    if door is None:
        raise Refused(bitly_error(404, "NOT_FOUND", "What you are looking for cannot be found."))
    expired = "expired" in token or exchange.take("token_expired").name == "token_expired"
    if not token.startswith("sandbox-") or expired:
        raise Refused(bitly_error(403, "FORBIDDEN", "You are currently forbidden to access this resource."))
    return door(exchange)


def _shorten(exchange: Exchange) -> Answer:
    body = exchange.request.json
    if not isinstance(body, dict):
        raise Refused(bitly_error(400, "INVALID_CONTENT_TYPE", "The body must be a JSON object."))
    for name in body:
        if name not in _SHORTEN:
            raise Refused(bitly_error(400, "INVALID_ARG", f"{name} is not a known field.", **{name: "invalid"}))
    long_url = body.get("long_url")
    if not isinstance(long_url, str) or not pictures.is_http_url(long_url) or re.search(r"\s", long_url):
        raise Refused(_refused_link())
    if "//bit.ly/" in long_url or long_url.startswith(f"{exchange.world.url}/_short/"):
        raise Refused(bitly_error(400, "ALREADY_A_BITLY_LINK", "The link is short already.", long_url="invalid"))
    if body.get("domain", "bit.ly") != "bit.ly":
        raise Refused(bitly_error(400, "INVALID_ARG_DOMAIN", "The value provided is invalid.", domain="invalid"))
    return exchange.create(lambda: _kept(exchange, body), REFUSALS)


def _kept(exchange: Exchange, fields: Mapping) -> Answer:
    world, owner = exchange.world, exchange.call.address
    salt = str(world.number()) if fields.get("force_new_link") else ""
    key = hashlib.sha256(f"{owner} {fields.get('group_guid', GROUP)} {fields['long_url']} {salt}".encode()).hexdigest()[
        :7
    ]
    with world.lock:
        is_new = key not in world.shelves["bitlinks"]
        kept = world.shelves["bitlinks"].setdefault(key, {"long_url": fields["long_url"], "created_at": now()})
    body = {
        "created_at": kept["created_at"].strftime("%Y-%m-%dT%H:%M:%S+0000"),
        "id": f"bit.ly/{key}",
        # On the sandbox' own address, so that nobody is led to a stranger's bit.ly link.
        "link": f"{world.url}/_short/{key}",
        "custom_bitlinks": [],
        "long_url": kept["long_url"],
        "archived": False,
        "tags": [],
        "deeplinks": [],
        "references": {"group": f"https://api-ssl.bitly.com/v4/groups/{fields.get('group_guid', GROUP)}"},
    }
    return json_answer(201 if is_new else 200, body)


def _user(exchange: Exchange) -> Answer:
    name = exchange.call.address or "sandbox"
    emails = [{"email": f"{name}@example.com", "is_primary": True, "is_verified": True}]
    fields = {
        "created": "2026-01-01T00:00:00+0000",
        "modified": "2026-01-01T00:00:00+0000",
        "login": name,
        "name": name,
    }
    more = {
        "is_active": True,
        "is_sso_user": False,
        "is_2fa_enabled": False,
        "default_group_guid": GROUP,
        "emails": emails,
    }
    return json_answer(200, fields | more)


def _limits(exchange: Exchange) -> Answer:
    count = len(exchange.world.shelves["bitlinks"])
    methods = [{"name": "POST", "limit": 100, "count": 100 if exchange.meets("quota") else count}]
    return json_answer(200, {"platform_limits": [{"endpoint": "/shorten", "methods": methods}]})


def follow(exchange: Exchange) -> Answer:
    """GET /_short/<key>: on to the long address."""
    kept = exchange.world.shelves["bitlinks"].get(exchange.request.path.rpartition("/")[2])
    if kept is None:
        return json_answer(404, {"error": "No such short link."})
    return Answer(301, b"", {"Location": quote(kept["long_url"], safe=":/?#[]@!$&'()*+,;=%~")})
