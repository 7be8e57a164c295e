"""API keys: made once, shown once, kept as a hash; found, limited and revoked.

A key reads ``ap_<prefix>_<secret>``. The prefix finds the row, the SHA-256 of the whole key proves it: the secret is
256 random bits, so a slow password hash would guard nothing and cost every request.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F

from social_queue.models import ApiKey

INGEST, READ = "ingest", "read"
SCOPES = (INGEST, READ)

_USED_EVERY = timedelta(minutes=1)
_NOBODY = hashlib.sha256(b"nobody").hexdigest()


def issue(name: str, scopes: Iterable[str] = SCOPES) -> tuple[ApiKey, str]:
    """A new key and the text that is its only copy. Raises IntegrityError when the name is taken."""
    prefix, text = _new()
    key = ApiKey.objects.create(name=name, prefix=prefix, key_hash=_hashed(text), scopes=sorted(set(scopes)))
    return key, text


def renew(key: ApiKey) -> str:
    """Give the key a new secret, and take a revocation back; the old secret stops working at once."""
    key.prefix, text = _new()
    key.key_hash, key.revoked_at = _hashed(text), None
    key.save(update_fields=["prefix", "key_hash", "revoked_at"])
    return text


def revoke(key: ApiKey, *, now: datetime) -> bool:
    """Stop the key for good. False when it was stopped before."""
    return ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now) == 1


def find(text: str) -> ApiKey | None:
    """The key that this is, unless it is unknown or revoked. Takes as long whether or not the prefix is known."""
    parts = text.split("_")
    key = ApiKey.objects.filter(prefix=parts[1]).first() if len(parts) == 3 and parts[0] == "ap" else None
    right = hmac.compare_digest(key.key_hash if key else _NOBODY, _hashed(text))
    return key if key and right and key.revoked_at is None else None


def note_use(key: ApiKey, *, now: datetime) -> None:
    """Remember when the key was last used, to the minute: a write a request would be dear."""
    if key.last_used_at is None or key.last_used_at < now - _USED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)


def seconds_to_wait(key: ApiKey, *, now: datetime) -> int:
    """Count one request; 0 when it is within API_RATE_LIMIT, else the seconds until the next minute begins.

    Minutes are those of the clock. The count is a conditional update of one row, so processes and hosts count as one.
    """
    if not settings.API_RATE_LIMIT:
        return 0
    minute = now.replace(second=0, microsecond=0)
    row = ApiKey.objects.filter(pk=key.pk)
    for _ in range(2):  # the second time only when another request began the minute between our two updates
        if row.filter(minute_started_at=minute, minute_requests__lt=settings.API_RATE_LIMIT).update(
            minute_requests=F("minute_requests") + 1
        ):
            return 0
        if row.exclude(minute_started_at=minute).update(minute_started_at=minute, minute_requests=1):
            return 0
    return 60 - now.second


def _new() -> tuple[str, str]:
    prefix = secrets.token_hex(4)
    # Hexadecimal: an underscore in the secret would be taken for the one before it.
    return prefix, f"ap_{prefix}_{secrets.token_hex(32)}"


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
