"""Signs events after Standard Webhooks, with secrets that are made here, shown once and kept encrypted.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from social_queue.models import Event, Subscription
from social_queue.vault import Sealed

#: So long the old secret signs beside a new one.
OVERLAP = timedelta(hours=24)
_BYTES = 32


def fresh() -> str:
    """A new secret of 256 random bits: ``whsec_`` and base64."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(_BYTES)).decode()}"


def rotated(held: Mapping[str, str]) -> dict[str, str]:
    """A new secret in the place of the current one, which becomes the previous one."""
    return {"current": fresh(), "previous": held.get("current", "")}


def in_force(held: Mapping[str, str], previous_until: datetime | None, *, now: datetime) -> list[str]:
    """The secrets to sign with, the current one first."""
    both = [held.get("current", "")]
    if previous_until is not None and now < previous_until:
        both.append(held.get("previous", ""))
    return [secret for secret in both if secret]


def rotate(subscription: Subscription, *, now: datetime) -> str:
    """Give a subscription a new secret and save it; the one it replaces signs beside it for a day. Raises VaultClosed.

    Returns the new one.
    """
    held = secrets_of(subscription)
    fresh_ones = rotated(held)
    subscription.secrets, subscription.previous_valid_until = fresh_ones, now + OVERLAP
    subscription.save(update_fields=["secrets", "previous_valid_until"])
    return fresh_ones["current"]


def secrets_of(subscription: Subscription) -> dict[str, str]:
    """What is kept of its secrets. Raises VaultClosed."""
    return opened(subscription.secrets)


def opened(held: Sealed | dict[str, str]) -> dict[str, str]:
    """The secrets of a column. Raises VaultClosed."""
    # A row that was changed and not read again holds its plain value still.
    return held.open() if isinstance(held, Sealed) else dict(held or {})


def headers(uid: str, body: bytes, keys: Iterable[str], *, now: datetime) -> dict[str, str]:
    """The three headers, with a signature for each secret."""
    moment = str(int(now.timestamp()))
    signed = b".".join((uid.encode(), moment.encode(), body))
    signatures = [base64.b64encode(hmac.new(_key(key), signed, hashlib.sha256).digest()).decode() for key in keys]
    return {
        "webhook-id": uid,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
        "Content-Type": "application/json",
    }


def as_told(event: Event) -> dict[str, object]:
    """An event as it is pulled and pushed."""
    return {
        "id": event.uid,
        "sequence": event.sequence,
        "type": event.type,
        "occurred_at": event.occurred_at.isoformat().replace("+00:00", "Z"),
        "data": event.data,
    }


def as_bytes(payload: Mapping[str, object]) -> bytes:
    """The body that is signed."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def host_of(url: str) -> str:
    """Host and port of an address that was checked before."""
    return urlsplit(url).netloc.lower()[:300]


def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix("whsec_"))
