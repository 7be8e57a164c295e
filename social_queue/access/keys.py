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

from social_queue.access import senders
from social_queue.models import ApiKey, QueueItem, Series
from social_queue.sentences import about, said

#: Push content in, and change what came in under the key's own name; read all; change what others pushed in or wrote.
INGEST, READ, MANAGE = "ingest", "read", "manage"
SCOPES = (INGEST, READ, MANAGE)
USUAL_SCOPES = (INGEST, READ)

_USED_EVERY = timedelta(minutes=1)
_NOBODY = hashlib.sha256(b"nobody").hexdigest()


def name_fault(name: str) -> str:
    """A sentence about a name that no new key may have, or "". What editors write in has a source with a colon."""
    longest = ApiKey._meta.get_field("name").max_length
    if not name or (longest and len(name) > longest):
        return said("A name must have 1 to %(most)s characters.", most=longest)
    if ":" in name:
        return said("A name can't have a colon: what people write in here has one in its source.")
    if fault := senders.fault(name, ApiKey):
        return about(name, fault)
    return ""


def issue(name: str, scopes: Iterable[str] = USUAL_SCOPES, *, expires_at: datetime | None = None) -> tuple[ApiKey, str]:
    """A new key and its text, the only copy. Raises IntegrityError when the name is taken, ValueError when bad."""
    if fault := name_fault(name):
        raise ValueError(fault)
    prefix, text = _new()
    key = ApiKey.objects.create(
        name=name, prefix=prefix, key_hash=_hashed(text), scopes=sorted(set(scopes)), expires_at=expires_at
    )
    return key, text


def renew(key: ApiKey, *, now: datetime) -> str:
    """Give the key a new secret, and take a revocation back; the old secret stops working at once.

    An end that has passed goes with the old secret: a key that is renewed shall work.
    """
    key.prefix, text = _new()
    key.key_hash, key.revoked_at = _hashed(text), None
    key.expires_at = None if has_expired(key, now=now) else key.expires_at
    key.save(update_fields=["prefix", "key_hash", "revoked_at", "expires_at"])
    return text


def revoke(key: ApiKey, *, now: datetime) -> bool:
    """Stop the key for good. False when it was stopped before."""
    return ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now) == 1


def find(text: str) -> ApiKey | None:
    """The key that this is, unless it is unknown or revoked. Takes as long whether or not the prefix is known.

    It may have expired: only who holds the right secret learns that, by ``has_expired``.
    """
    parts = text.split("_")
    key = ApiKey.objects.filter(prefix=parts[1]).first() if len(parts) == 3 and parts[0] == "ap" else None
    right = hmac.compare_digest(key.key_hash if key else _NOBODY, _hashed(text))
    return key if key and right and key.revoked_at is None else None


def has_expired(key: ApiKey, *, now: datetime) -> bool:
    """Is the key past its end?"""
    return key.expires_at is not None and key.expires_at <= now


def reaches(key: ApiKey, item: QueueItem | Series) -> bool:
    """May the key change, cancel and retry this: it came in under the key's own name, or the key manages all."""
    # A key of an older release may be called like a person's source, and is nobody's heir.
    return MANAGE in key.scopes or (item.source == key.name and ":" not in key.name)


def note_use(key: ApiKey, *, now: datetime) -> None:
    """Remember when the key was last used, to the minute: a write a request would be dear."""
    if key.last_used_at is None or key.last_used_at < now - _USED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)


def seconds_to_wait(key: ApiKey, *, now: datetime) -> int:
    """Count one request; 0 when it is within API_RATE_LIMIT, else the seconds until the next minute begins."""
    return _seconds_to_wait(key, settings.API_RATE_LIMIT, ("minute_started_at", "minute_requests"), now=now)


def allowance(key: ApiKey, *, now: datetime, spent: bool = False) -> dict[str, str]:
    """The rate-limit figures of a key, after ``seconds_to_wait`` has counted; nothing where there is none.

    By the count that was read with the key: while several requests are under way it is a little behind.
    """
    limit = settings.API_RATE_LIMIT
    if not limit:
        return {}
    made = key.minute_requests if key.minute_started_at == now.replace(second=0, microsecond=0) else 0
    left = 0 if spent else max(0, limit - made - 1)
    return {
        "RateLimit-Limit": str(limit),
        "RateLimit-Remaining": str(left),
        "RateLimit-Reset": str(60 - now.second),
    }


def seconds_to_wait_for_a_card(key: ApiKey, *, now: datetime) -> int:
    """Count one picture card against CARD_RATE_LIMIT, likewise: drawing one takes a tenth of a second of a core."""
    return _seconds_to_wait(key, settings.CARD_RATE_LIMIT, ("cards_minute_started_at", "minute_cards"), now=now)


def _seconds_to_wait(key: ApiKey, limit: int, columns: tuple[str, str], *, now: datetime) -> int:
    """Minutes are those of the clock. The count is a conditional update of one row: all processes count as one."""
    if not limit:
        return 0
    started, counted = columns
    minute = now.replace(second=0, microsecond=0)
    row = ApiKey.objects.filter(pk=key.pk)
    for _look in range(2):  # the second time only when another request began the minute between our two updates
        if row.filter(**{started: minute, f"{counted}__lt": limit}).update(**{counted: F(counted) + 1}):
            return 0
        if row.exclude(**{started: minute}).update(**{started: minute, counted: 1}):
            return 0
    return 60 - now.second


def _new() -> tuple[str, str]:
    prefix = secrets.token_hex(4)
    # Hexadecimal: an underscore in the secret would be taken for the one before it.
    return prefix, f"ap_{prefix}_{secrets.token_hex(32)}"


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
