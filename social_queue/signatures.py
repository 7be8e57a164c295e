"""Is a delivery really from its source? Standard Webhooks, and a plain HMAC-SHA256 in a header.

Standard Webhooks: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
The header that GitHub made common:
https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from social_queue import webhook_secrets
from social_queue.models import WebhookSource

#: A signed moment may be so far from the delivery's arrival, either way.
WINDOW = timedelta(minutes=5)

_STANDARD_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
#: Where senders of plain HMAC put the delivery's own id; the first one found counts.
_DELIVERY_HEADERS = ("x-github-delivery", "x-delivery-id")
#: Longer ids are kept as their hash: the column has an end.
_LONGEST_ID = 150
_STANDARD_SIGNATURE = re.compile(r"v1,[A-Za-z0-9+/]{43}=")
_HMAC_SIGNATURE = re.compile(r"sha256=([0-9a-f]{64})", re.IGNORECASE)


class BadSignature(ValueError):
    """The delivery proves nothing; the message says what is missing or wrong, never what would be right."""


def check(source: WebhookSource, *, headers: Mapping[str, str], body: bytes, at: datetime) -> None:
    """Raise BadSignature unless one of the source's secrets signed these very bytes.

    ``at``: when the delivery came, which decides about the five minutes and about a secret that is being rotated out.
    """
    given = _lower(headers)
    accepted = webhook_secrets.accepted(source, at=at)
    if source.scheme == WebhookSource.Scheme.STANDARD:
        _check_standard(accepted, given, body, at=at)
    else:
        _check_hmac(accepted, given.get(source.header.lower(), ""), body, header=source.header)


def delivery_id(source: WebhookSource, headers: Mapping[str, str], body: bytes) -> str:
    """What makes two deliveries the same one, at most 150 characters.

    A sender of plain HMAC that gives none is known by its bytes: posting the same text twice in public is worse than
    asking such a sender for an id.
    """
    given = _lower(headers)
    names = ("webhook-id",) if source.scheme == WebhookSource.Scheme.STANDARD else _DELIVERY_HEADERS
    named = next((given[name].strip() for name in names if given.get(name, "").strip()), "")
    if not named:
        return f"sha256:{hashlib.sha256(body).hexdigest()}"
    return named if len(named) <= _LONGEST_ID else f"sha256:{hashlib.sha256(named.encode()).hexdigest()}"


class _LibraryAt(Webhook):
    """The published library, asked about the moment a delivery came rather than about this moment.

    A delivery whose worker died is verified minutes later. Should a later release of the library name its own check
    of the time otherwise, then that one holds again, by the machine's clock, and no window is ever left open.
    """

    def __init__(self, secret: str, at: datetime) -> None:
        super().__init__(secret)
        self._at = at

    def _Webhook__verify_timestamp(self, header: str) -> datetime:
        try:
            moment = datetime.fromtimestamp(int(header), tz=UTC)
        except (ValueError, OverflowError, OSError):
            raise WebhookVerificationError("webhook-timestamp is not a time in seconds since 1970.") from None
        if abs(moment - self._at) > WINDOW:
            raise WebhookVerificationError("webhook-timestamp is more than five minutes off.")
        return moment


def _check_standard(accepted: Iterable[str], given: Mapping[str, str], body: bytes, *, at: datetime) -> None:
    missing = [name for name in _STANDARD_HEADERS if not given.get(name)]
    if missing:
        raise BadSignature(f"Missing: {', '.join(missing)}.")
    # The library stumbles over an entry it can't read, though a good one may follow it.
    entries = [entry for entry in given["webhook-signature"].split() if _STANDARD_SIGNATURE.fullmatch(entry)]
    signed = {**{name: given[name] for name in _STANDARD_HEADERS}, "webhook-signature": " ".join(entries) or "none,"}
    reason = "No secret of this source signed these bytes."
    for secret in accepted:
        try:
            _LibraryAt(secret, at).verify(body, signed, json_parse=False)
            return
        except WebhookVerificationError as fault:
            reason = str(fault)
        except UnicodeDecodeError:
            raise BadSignature("The body is not UTF-8, so Standard Webhooks can't have signed it.") from None
    raise BadSignature(reason)


def _check_hmac(accepted: Iterable[str], given: str, body: bytes, *, header: str) -> None:
    if not given:
        raise BadSignature(f"Missing: {header}.")
    named = _HMAC_SIGNATURE.fullmatch(given.strip())
    if not named:
        raise BadSignature(f"{header} must read sha256=, then 64 hexadecimal digits.")
    # Every secret is tried, so that the time taken does not tell which one fits.
    right = [_fits(secret, named[1].lower(), body) for secret in accepted]
    if not any(right):
        raise BadSignature("No secret of this source signed these bytes.")


def _fits(secret: str, digest: str, body: bytes) -> bool:
    return hmac.compare_digest(hmac.new(secret.encode(), body, hashlib.sha256).hexdigest(), digest)


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
