"""What X's error answers mean to us.

Facts and where they stand:
- an error is a problem (``type``, ``title``, ``detail``), a list ``errors`` of ``{code, message}`` or a single
  ``{code, message}``; ``type`` names api.twitter.com or api.x.com, only its last part tells:
  https://docs.x.com/x-api/fundamentals/response-codes-and-errors
- 429 comes with ``x-rate-limit-reset``, seconds since 1970: https://docs.x.com/x-api/fundamentals/rate-limits
- 402 ``credits``: the prepaid credits are used up, nothing works until a person tops up: https://docs.x.com/x-api/pricing
- ``usage-capped`` (429): the cap of the account's plan or budget for ``period`` is reached
- 403 "duplicate content": the same text was posted not long ago, perhaps by our own call whose answer was lost
- ``x-access-level: read``: the keys were made before the app was allowed to write and must be created again:
  https://docs.x.com/fundamentals/developer-apps
"""

import re
import time
from dataclasses import dataclass
from typing import Any

import requests

from connectors.errors import (
    PERHAPS_OURS,
    AccountBlocked,
    ConnectorError,
    NotReady,
    RateLimited,
    Rejected,
    RepeatRefused,
    TokenInvalid,
)
from connectors.http import retry_after
from connectors.wire.letters import decoded

#: A draft reference that says: X no longer has the uploaded picture: upload it again.
UPLOAD_AGAIN = "upload-again"
#: Code of a refusal that is none of the API's: a page, mostly.
GATE = "gate"
#: A daily cap ends within a day; the hour is not documented.
DAILY_CAP_WAIT = 24 * 3600

_BLOCKED = {"user-suspended": "policy", "account-locked": "checkpoint", 64: "policy", 326: "checkpoint"}
_PERMISSION = ("oauth1-permissions", "client-forbidden", "not-authorized-for-resource", "client-not-enrolled", 453, 261)


@dataclass(frozen=True)
class _Problem:
    """One error answer taken apart."""

    status: int
    kind: str
    title: str
    words: str
    codes: frozenset[int]
    period: str
    access: str


def classify(response: requests.Response) -> ConnectorError | None:
    """One of our errors for an error of the API v2; None for answers that are none, and for 5xx and 408."""
    if response.status_code < 400 or response.status_code >= 500 or response.status_code == 408:
        return None
    problem = _read(response)
    said = f"X: {problem.words or f'HTTP {problem.status}.'}"
    error = _of_limits(problem, said, response) or _of_credentials(problem, said) or _of_content(problem, said)
    error.code = error.code or problem.kind or ",".join(map(str, sorted(problem.codes)))
    return error


def _of_limits(problem: _Problem, said: str, response: requests.Response) -> ConnectorError | None:
    if problem.status == 402 or problem.kind == "credits":
        return AccountBlocked(f"{said} Somebody must top up the credits at X.", reason="billing")
    if problem.kind == "usage-capped" or problem.title == "UsageCapExceeded":
        if problem.period == "daily":
            return RateLimited(f"{said} The cap of this day is reached.", retry_after=DAILY_CAP_WAIT)
        hint = "Somebody must raise the cap at X, or free the account when the next period begins."
        return AccountBlocked(f"{said} {hint}", reason="billing")
    if problem.status == 429 or problem.kind == "rate-limit-exceeded" or 88 in problem.codes:
        return RateLimited(f"{said} X counts calls in windows of 15 minutes and a day.", retry_after=_wait(response))
    return None


def _of_credentials(problem: _Problem, said: str) -> ConnectorError | None:
    if problem.status == 401 or problem.kind == "unsupported-authentication" or problem.codes & {32, 89}:
        return TokenInvalid(f"{said} The four keys are not accepted.")
    for sign in (problem.kind, *problem.codes):
        if sign in _BLOCKED:
            return AccountBlocked(said, reason=_BLOCKED[sign])
    if problem.status != 403 or _is_duplicate(problem):
        return None
    if problem.access == "read":
        hint = "The keys may only read: allow the app to write, then make the access token and its secret anew."
        return AccountBlocked(f"{said} {hint}", reason="permission")
    if (
        problem.kind in _PERMISSION
        or problem.codes.intersection(_PERMISSION)
        or "access this feature" in problem.words.lower()
    ):
        return AccountBlocked(said, reason="permission")
    return None


def _of_content(problem: _Problem, said: str) -> ConnectorError:
    if _is_duplicate(problem):
        return RepeatRefused(f"{said} {PERHAPS_OURS}", code="duplicate")
    if "media ids are invalid" in problem.words.lower():
        return NotReady(f"{said} The picture is uploaded anew.", retry_after=0, draft=UPLOAD_AGAIN)
    if problem.status in (403, 404) and not problem.words:
        why = "That is no answer of X's API: X's gate or something in between refused the call."
        return Rejected(f"{said} {why}", code=GATE)
    if problem.status == 403:
        why = "the text may be too long, look like spam, name two cashtags or break a reply rule"
        return Rejected(f"{said} X does not say why: {why}.")
    if problem.status == 413:
        return Rejected(f"{said} The picture is too large for X.")
    return Rejected(said)


def _is_duplicate(problem: _Problem) -> bool:
    return 187 in problem.codes or (problem.status == 403 and "duplicate" in problem.words.lower())


def _read(response: requests.Response) -> _Problem:
    try:
        body = decoded(response)
    except ValueError:
        body = None
    body = body if isinstance(body, dict) else {}
    listed = body.get("errors")
    rows = [row for row in [body, *(listed if isinstance(listed, list) else [])] if isinstance(row, dict)]
    kind = _first(rows, "type").rpartition("/")[2]
    # The list says what exactly is wrong, the problem's own detail often only that something is.
    words = _first(rows[1:], "message", "detail") or _first(rows, "detail", "message", "title")
    return _Problem(
        response.status_code,
        "" if kind == "about:blank" else kind,
        _first(rows, "title"),
        words if re.search(r"[.!?]$", words) or not words else f"{words}.",
        frozenset(row["code"] for row in rows if isinstance(row.get("code"), int)),
        _first(rows, "period").lower(),
        response.headers.get("x-access-level", ""),
    )


def _first(rows: list[dict[str, Any]], *names: str) -> str:
    return next((str(row[name]) for row in rows for name in names if row.get(name)), "")


def _wait(response: requests.Response) -> float | None:
    """Seconds until the latest of the windows that are used up opens again; at least one."""
    headers = response.headers
    used_up = [
        name for name in ("x-user-limit-24hour", "x-app-limit-24hour") if headers.get(f"{name}-remaining") == "0"
    ]
    resets = [headers.get(f"{name}-reset", "") for name in ("x-rate-limit", *used_up)]
    moments = [float(reset) for reset in resets if reset.isascii() and reset.isdigit()]
    return max(1.0, max(moments) - time.time()) if moments else retry_after(response)
