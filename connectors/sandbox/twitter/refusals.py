"""How the pretended X says no: problem+json or an ``errors`` list.

https://docs.x.com/x-api/fundamentals/response-codes-and-errors · https://docs.x.com/x-api/fundamentals/rate-limits
"""

import time

from connectors.sandbox.stage.exchange import Exchange, Refusals
from connectors.sandbox.stage.scenarios import Day
from connectors.sandbox.stage.wire import Answer, Refused, json_answer

_PROBLEMS = "https://api.x.com/2/problems"


def problem(status: int, title: str, detail: str, *, kind: str = "about:blank", **more: object) -> Answer:
    """An answer of type application/problem+json; ``kind`` is the last path part of its type."""
    answer = {"title": title, "type": kind if kind == "about:blank" else f"{_PROBLEMS}/{kind}", "status": status}
    return json_answer(status, answer | {"detail": detail} | more, media_type="application/problem+json")


def invalid(message: str, /, **parameters: object) -> Refused:
    """400 invalid-request with one entry in ``errors``."""
    entry: dict[str, object] = {"message": message}
    if parameters:
        entry["parameters"] = {name: [str(value)] for name, value in parameters.items()}
    answer = {
        "errors": [entry],
        "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
        "type": f"{_PROBLEMS}/invalid-request",
    }
    return Refused(json_answer(400, answer))


def unauthorized() -> Refused:
    """401 as for every kind of bad credentials."""
    return Refused(problem(401, "Unauthorized", "Unauthorized"))


def forbidden() -> Answer:
    """403 without a reason: too long, spam, reply rule; X does not tell them apart."""
    return problem(403, "Forbidden", "You are not permitted to perform this action.")


def duplicate() -> Answer:
    """403 for a text this user has posted before."""
    return problem(403, "Forbidden", "You are not allowed to create a Tweet with duplicate content.")


def absent(parameter: str, value: str, *, what: str = "user") -> dict:
    """The entry in ``errors`` for a named thing that is not there."""
    return {
        "value": value,
        "detail": f"Could not find {what} with {parameter}: [{value}].",
        "title": "Not Found Error",
        "resource_type": what,
        "parameter": parameter,
        "resource_id": value,
        "type": f"{_PROBLEMS}/resource-not-found",
    }


def missing(parameter: str, value: str, *, what: str = "user") -> Answer:
    """200 with ``errors``: the way X says of a reading that a named thing is not there."""
    return json_answer(200, {"errors": [absent(parameter, value, what=what)]})


def not_found(what: str, value: str) -> Answer:
    """404 for what is to be changed and is not there."""
    detail = f"Could not find {what} with id: [{value}]."
    return problem(404, "Not Found Error", detail, kind="resource-not-found", resource_type=what, resource_id=value)


def rate_headers(limit: int, remaining: int, reset: float) -> dict[str, str]:
    """The three documented headers; ``reset`` in seconds since 1970."""
    answer = {"limit": limit, "remaining": remaining, "reset": int(reset)}
    return {f"x-rate-limit-{name}": str(value) for name, value in answer.items()}


def _rate_limited(_exchange: Exchange, day: Day) -> Answer:
    answer = problem(429, "Too Many Requests", "Too Many Requests")
    answer.headers |= rate_headers(100, 0, time.time() + day.seconds)
    return answer


def _no_write_permission(_exchange: Exchange, _day: Day) -> Answer:
    detail = "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint."
    answer = problem(403, "Forbidden", detail, kind="oauth1-permissions")
    answer.headers["x-access-level"] = "read"
    return answer


REFUSALS: Refusals = {
    "refuse": lambda exchange, day: problem(503, "Service Unavailable", "Service Unavailable"),
    "rate_limit": _rate_limited,
    "token_expired": lambda exchange, day: unauthorized().answer,
    "reject": lambda exchange, day: forbidden(),
    "server_error": lambda exchange, day: problem(500, "Internal Server Error", "Something is broken."),
    "blocked": lambda exchange, day: problem(
        403,
        "Forbidden",
        "Your account is suspended and is not permitted to access this feature.",
        kind="user-suspended",
    ),
    "billing": lambda exchange, day: problem(
        402,
        "CreditsDepleted",
        "Your enrolled account does not have any credits to fulfill this request.",
        kind="credits",
    ),
    "duplicate": lambda exchange, day: duplicate(),
    "quota": lambda exchange, day: problem(
        429,
        "UsageCapExceeded",
        "Usage cap exceeded: Monthly product cap",
        kind="usage-capped",
        period="Monthly",
        scope="Product",
    ),
    "no_permission": _no_write_permission,
}
