"""One request, one classification, secrets masked: the only place where connectors touch the network."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests
import urllib3.exceptions

from connectors.errors import ConnectorError, OutcomeUnknown, RateLimited, Rejected, TokenInvalid, TransientError
from connectors.masking import MaskingFilter, mask
from connectors.wire import line
from connectors.wire.faults import innermost, never_built, surely_unsent
from connectors.wire.letters import all_storable, decoded, storable

logger = logging.getLogger(__name__)
# At DEBUG it prints whole addresses, and some vendors want tokens there.
logging.getLogger("urllib3.connectionpool").addFilter(MaskingFilter())

#: (connect, read) seconds. The read time-out is per socket read, so a dripping answer can take longer.
TIMEOUT = (5.0, 30.0)

Classify = Callable[[requests.Response], ConnectorError | None]


@dataclass(frozen=True)
class Answer:
    """A good answer (2xx). ``data`` is the decoded JSON object, anything else stands under "value" in it.

    ``headers`` are case-insensitive.
    """

    status: int
    data: dict[str, Any]
    headers: Mapping[str, str]


def call(
    method: str,
    url: str,
    *,
    creates: bool = False,
    classify: Classify | None = None,
    secrets: Iterable[str] = (),
    timeout: tuple[float, float] = TIMEOUT,
    auth: line.Auth | None = None,
    decode: Callable[[requests.Response], Any] = decoded,
    **request: Any,
) -> Answer:
    """Make one request and return its JSON answer, or raise one of ``connectors.errors``.

    ``creates``: the call has an irreversible effect, so unless a failure proves that it had none, it is OutcomeUnknown.
    ``request`` takes requests' own ``params``, ``data``, ``json``, ``files``, ``headers``; ``decode`` reads an answer
    that is no JSON. No redirects, no retries, a fresh connection each time: one that died looks like a lost answer.
    """
    secrets = tuple(secrets)
    where = mask(f"{method} {url.partition('://')[2].partition('?')[0]}", secrets)
    started = time.monotonic()
    try:
        response = line.send(method, url, timeout=timeout, auth=auth, **request)
    except line.NobodyVouches as fault:
        raise TransientError(f"{where} could not be called: {fault}", unreachable=True) from None
    except (requests.RequestException, urllib3.exceptions.HTTPError, ValueError) as fault:
        error = _from_fault(fault, where, creates=creates, secrets=secrets)
        logger.info("%s: no answer after %.0f ms: %s", where, 1000 * (time.monotonic() - started), error.message)
        # Not chained: requests' own exceptions print the address, and Telegram carries its token there.
        raise error from None
    logger.debug("%s: HTTP %s in %.0f ms", where, response.status_code, 1000 * (time.monotonic() - started))
    return _judge(response, where, creates=creates, classify=classify, secrets=secrets, decode=decode)


def lost(message: str, *, creates: bool, http_status: int | None = None) -> ConnectorError:
    """The error for an answer that tells too little: unknown after a creating call, transient after any other."""
    return (OutcomeUnknown if creates else TransientError)(message, http_status=http_status)


def require(answer: Answer, field: str, *, creates: bool = False) -> str:
    """A field of the answer as text, or the error for a 2xx that lacks it."""
    value = answer.data.get(field)
    if value in (None, ""):
        raise lost(f"The platform answered without {field!r}.", creates=creates, http_status=answer.status)
    return str(value)


def retry_after(response: requests.Response) -> float | None:
    """Seconds named by a Retry-After header (a number or a date), or None."""
    value = response.headers.get("Retry-After", "").strip()
    if not value:
        return None
    # A header may hold ² as well, which is a digit and no number.
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def excerpt(response: requests.Response, secrets: Iterable[str] = ()) -> str:
    """The beginning of an answer, masked, for the attempt's record."""
    return storable(mask(response.text[:500], secrets))


def _judge(
    response: requests.Response,
    where: str,
    *,
    creates: bool,
    classify: Classify | None,
    secrets: tuple[str, ...],
    decode: Callable[[requests.Response], object],
) -> Answer:
    error = (classify(response) if classify else None) or _general_rule(response, where, creates=creates)
    if error is None:
        try:
            data = all_storable(decode(response))
        except (ValueError, RecursionError):
            error = lost(f"{where} answered {response.status_code} with something that is not JSON.", creates=creates)
        else:
            return Answer(response.status_code, data if isinstance(data, dict) else {"value": data}, response.headers)
    error.http_status = response.status_code
    error.message = mask(error.message, secrets)
    error.detail = error.detail or excerpt(response, secrets)
    # Also its code, a draft or a new address: all of it is the platform's word, and is written down.
    vars(error).update(all_storable(vars(error)))
    error.args = (error.message,)
    logger.info("%s: HTTP %s: %s: %s", where, response.status_code, error.kind, error.message)
    raise error


def _general_rule(response: requests.Response, where: str, *, creates: bool) -> ConnectorError | None:
    status = response.status_code
    said = f"{where} answered HTTP {status}"
    if 200 <= status < 300:
        return None
    if status == 429:
        return RateLimited(f"{said}: too many requests.", retry_after=retry_after(response))
    if status == 401:
        return TokenInvalid(f"{said}: the credentials are not accepted.")
    if status >= 500 or status == 408:  # what takes too long for a proxy may be done all the same
        return lost(f"{said}.", creates=creates)
    return Rejected(f"{said}.")


def _from_fault(fault: Exception, where: str, *, creates: bool, secrets: tuple[str, ...]) -> ConnectorError:
    cause = storable(mask(innermost(fault), secrets))
    if never_built(fault):
        return Rejected(f"{where} could not be called: {cause}")
    if surely_unsent(fault):
        return TransientError(f"{where} could not be reached: {cause}", unreachable=True)
    return lost(f"{where} gave no full answer: {cause}", creates=creates)
