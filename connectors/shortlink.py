"""Short links by Bitly (API v4); no connector, since nothing is published here.

Facts and where they stand:
- POST /v4/shorten answers 201 for a new link and 200 for one that exists; the same address, group and domain give the
  same link, so the call may be repeated: https://dev.bitly.com/api-reference/#createBitlink
- errors are ``{message: CODE, description, resource, errors}``; a bad token is 403 FORBIDDEN, and a 403 with
  ``X-Ratelimit-Reason`` is a limit; no Retry-After is sent: https://dev.bitly.com/docs/getting-started/rate-limits
- the allowance of a month ends with it; the free plan's is a handful of links: https://bitly.com/pages/pricing
- API v3, with the token in the address, is gone and answers 410: https://dev.bitly.com/v4_documentation
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import requests

from connectors import http
from connectors.errors import ConnectorError, RateLimited, Rejected, TokenInvalid, TransientError
from connectors.wire.letters import decoded

API_BASE = "https://api-ssl.bitly.com"
#: A link must not hold up a post: whoever waits longer is better served with the long one.
TIMEOUT = (3.0, 7.0)
_LIMIT_WAIT = 60
_QUOTA = ("USAGE_LIMIT", "MONTHLY")


class QuotaUsedUp(RateLimited):
    """The month's allowance is used up: ``retry_after`` reaches to the first of the next month, UTC."""


class _AlreadyShort(Rejected):
    """The address is a Bitly link itself and is used as it is."""


@dataclass(frozen=True)
class ShortLink:
    """``url`` is what goes into the post; equal to ``long_url`` when nothing was shortened."""

    url: str
    long_url: str
    #: Bitly's id ("bit.ly/3xYz"); empty when nothing was shortened.
    id: str = ""

    @property
    def shortened(self) -> bool:
        return bool(self.id)

    def __str__(self) -> str:
        return self.url


def shorten(
    long_url: str,
    token: str,
    *,
    api_base: str = API_BASE,
    domain: str = "",
    group: str = "",
    timeout: tuple[float, float] = TIMEOUT,
) -> ShortLink:
    """The short link for an address; with an empty token the address itself, without asking anybody.

    ``domain``: a branded domain instead of bit.ly. ``group``: the group's guid, else the token owner's default. Raises
    TokenInvalid, QuotaUsedUp (the month's allowance), RateLimited, Rejected or TransientError; never OutcomeUnknown.
    """
    token = token.strip()
    if not token:
        return ShortLink(long_url, long_url)
    asked = {"long_url": long_url, "domain": domain, "group_guid": group}
    try:
        answer = http.call(
            "POST",
            f"{api_base.rstrip('/')}/v4/shorten",
            classify=classify,
            secrets=[token],
            timeout=timeout,
            headers={"Authorization": f"Bearer {token}"},
            json={name: value for name, value in asked.items() if value},
        )
    except _AlreadyShort:
        return ShortLink(long_url, long_url)
    return ShortLink(_full(http.require(answer, "link")), long_url, http.require(answer, "id"))


def classify(response: requests.Response) -> ConnectorError | None:
    """One of our errors for an error of Bitly's; None for answers that are none."""
    status = response.status_code
    if status < 400:
        return None
    code, words = _read(response)
    said = f"Bitly: {words or code or f'HTTP {status}'}"
    limited = response.headers.get("X-Ratelimit-Reason", "")
    if status == 429 or (status == 403 and limited):
        if any(sign in f"{code} {limited}".upper() for sign in _QUOTA):
            return QuotaUsedUp(said, retry_after=_until_next_month(datetime.now(UTC)), code=code)
        return RateLimited(said, retry_after=http.retry_after(response) or _LIMIT_WAIT, code=code)
    if status in (401, 403):
        return TokenInvalid(f"{said} Bitly does not accept the token.", code=code)
    if status >= 500:
        return TransientError(said, code=code)
    return (_AlreadyShort if code == "ALREADY_A_BITLY_LINK" else Rejected)(said, code=code)


def _read(response: requests.Response) -> tuple[str, str]:
    """(code, sentence with the fields that are wrong)"""
    try:
        body = decoded(response)
    except ValueError:
        return "", ""
    if not isinstance(body, dict):
        return "", ""
    listed = body.get("errors")
    rows = listed if isinstance(listed, list) else []
    fields = [f"{row.get('field')}: {row.get('error_code')}" for row in rows if isinstance(row, dict)]
    code = str(body.get("message") or "")
    words = f"{code} {body.get('description') or ''}".strip()
    return code, f"{words} ({', '.join(fields)})" if fields else words


def _until_next_month(now: datetime) -> float:
    """Seconds to the first of the next month."""
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = first.replace(year=now.year + now.month // 12, month=now.month % 12 + 1)
    return (following - now).total_seconds()


def _full(link: str) -> str:
    """Bitly answers with https://…; an id without a scheme would be no link in a post."""
    return link if "://" in link else f"https://{link}"
