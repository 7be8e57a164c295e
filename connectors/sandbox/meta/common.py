"""What every pretended Graph answer shares: parameters, tokens, field lists and the shape of an error.

Error shape: https://developers.facebook.com/docs/graph-api/guides/error-handling
Rate limit headers: https://developers.facebook.com/docs/graph-api/overview/rate-limiting
"""

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.stage.scenarios import Day
from connectors.sandbox.stage.wire import Answer, Refused, json_answer
from connectors.sandbox.stage.world import now

APP_ID, APP_SECRET = "sandbox-app", "sandbox-app-secret"
APP_TOKEN = f"{APP_ID}|{APP_SECRET}"
_ALWAYS = {"access_token", "appsecret_proof"}


def graph_answer(content: object) -> Answer:
    """A good Graph answer."""
    return json_answer(200, content, media_type="application/json; charset=UTF-8")


def graph_error(
    code: int,
    message: str,
    *,
    status: int = 400,
    subcode: int | None = None,
    kind: str = "OAuthException",
    title: str = "",
    user_message: str = "",
    transient: bool | None = None,
) -> Answer:
    """The vendor's error body with its ``WWW-Authenticate`` line."""
    error: dict[str, object] = {"message": message, "type": kind, "code": code}
    if subcode is not None:
        error["error_subcode"] = subcode
    if transient is not None:
        error["is_transient"] = transient
    if title:
        error |= {"error_user_title": title, "error_user_msg": user_message or title}
    error["fbtrace_id"] = "A" + secrets.token_urlsafe(16).replace("-", "x").replace("_", "y")
    word = "invalid_token" if code in (102, 104, 190) else "invalid_request"
    challenge = f'OAuth "Facebook Platform" "{word}" "{message[:160]}"'.encode("ascii", "replace").decode()
    answer = json_answer(status, {"error": error}, media_type="application/json; charset=UTF-8")
    answer.headers |= {"WWW-Authenticate": challenge.replace("\r", " ").replace("\n", " "), "Cache-Control": "no-store"}
    return answer


def refuse(code: int, message: str, **details: Any) -> Refused:
    """The same, ready to be raised."""
    return Refused(graph_error(code, message, **details))


def parameters(exchange: Exchange) -> dict[str, str]:
    """Query, form and JSON body as one; nested JSON values become text, as in a form."""
    request = exchange.request
    body = request.json if isinstance(request.json, dict) else {}
    flat = {name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()}
    return request.query | request.form | flat


def token_of(exchange: Exchange, given: Mapping[str, str]) -> str:
    """The access token, from the parameter or the Authorization header."""
    return given.get("access_token", "") or exchange.request.bearer


def authorise(exchange: Exchange, given: Mapping[str, str]) -> str:
    """Return the token if it works for the address of this call; else raise the vendor's refusal."""
    token = token_of(exchange, given)
    if not token:
        raise refuse(104, "An access token is required to request this resource.")
    if token == APP_TOKEN:
        raise refuse(210, "(#210) A page access token is required to request this resource.")
    if not token.startswith("sandbox-"):
        raise refuse(190, "Invalid OAuth access token - Cannot parse access token")
    if "expired" in token or exchange.take("token_expired").name == "token_expired":
        raise expired()
    if exchange.take("account_gone").name == "account_gone":
        raise missing_node(exchange.call.address, exchange.request.method.lower())
    proof = given.get("appsecret_proof")
    expected = hmac.new(APP_SECRET.encode(), token.encode(), hashlib.sha256).hexdigest()
    if proof is not None and not hmac.compare_digest(proof.encode(), expected.encode()):
        raise refuse(100, "Invalid appsecret_proof provided in the API argument", kind="GraphMethodException")
    return token


def expired() -> Refused:
    """A session that ran out: 190/463."""
    stamp = now().strftime("%A, %d-%b-%y %H:%M:%S UTC")
    message = f"Error validating access token: Session has expired on {stamp}. The current time is {stamp}."
    return refuse(190, message, subcode=463)


def only(given: Mapping[str, str], known: Collection[str], *, documented: Collection[str] = ()) -> None:
    """Refuse a parameter that the vendor's page does not name (the vendor would silently ignore it).

    ``documented``: those it does name, but that are not pretended.
    """
    others = sorted(name for name in given if name not in known and name not in _ALWAYS)
    if missing := [name for name in others if name in documented]:
        raise refuse(100, f"(#100) {', '.join(missing)}: documented but not pretended here")
    if others:
        raise refuse(100, f"(#100) Unknown parameter(s): {', '.join(others)}")


def need(given: Mapping[str, str], name: str) -> str:
    """The value of a required parameter."""
    if not given.get(name):
        raise refuse(100, f"(#100) The parameter {name} is required")
    return given[name]


def boolean(given: Mapping[str, str], name: str, *, default: bool) -> bool:
    """A Graph boolean: true, false, 1 or 0."""
    value = given.get(name, "").strip().lower()
    if value not in ("", "true", "false", "1", "0"):
        raise refuse(100, f"(#100) Param {name} must be a boolean")
    return default if not value else value in ("true", "1")


def chosen_fields(given: Mapping[str, str], known: Collection[str], *, default: str, node: str) -> list[str]:
    """The names in ``fields``, sub-selections dropped; an unknown one is refused as the vendor does."""
    flat = given.get("fields", "") or default
    while "{" in flat:
        shorter = re.sub(r"\{[^{}]*\}", "", flat)
        if shorter == flat:
            raise refuse(2500, f"Syntax error \"Expected end of string instead of '{{'.\" at character 1: {flat}")
        flat = shorter
    names = [name.strip().split(".")[0] for name in flat.split(",") if name.strip()]
    for name in names:
        if name not in known:
            raise refuse(100, f"(#100) Tried accessing nonexisting field ({name}) on node type ({node})")
    return names


def missing_node(identifier: str, method: str = "get") -> Refused:
    """100/33: no such object, or none this token may see."""
    message = (
        f"Unsupported {method} request. Object with ID '{identifier}' does not exist, cannot be loaded due to missing "
        "permissions, or does not support this operation."
    )
    return refuse(100, message, subcode=33, kind="GraphMethodException")


def graph_time(moment: datetime) -> str:
    """2019-08-12T03:45:11+0000"""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def service_down(status: int) -> Answer:
    """HTTP 5xx with code 2, which says nothing about whether the post was made."""
    message = "An unexpected error has occurred. Please retry your request later."
    return graph_error(2, message, status=status, transient=True)


def rate_limited(exchange: Exchange, day: Day, *, code: int, use_case: str) -> Answer:
    """80001 or 80002 with the usage header; the wait is given in minutes."""
    message = f"(#{code}) There have been too many calls to this account. Wait a bit and try again."
    answer = graph_error(code, message, transient=True)
    usage = {
        "type": use_case,
        "call_count": 100,
        "total_cputime": 31,
        "total_time": 42,
        "estimated_time_to_regain_access": max(1, round(day.seconds / 60)),
    }
    answer.headers["X-Business-Use-Case-Usage"] = json.dumps({exchange.call.address: [usage]})
    answer.headers["X-App-Usage"] = json.dumps({"call_count": 12, "total_time": 9, "total_cputime": 5})
    return answer
