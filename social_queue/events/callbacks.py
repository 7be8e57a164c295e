"""The secrets that sign callbacks: each API key has one of its own, made when it is first needed."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from social_queue.events import signing
from social_queue.models import ApiKey


def secret_of(key: ApiKey) -> str:
    """The key's callback secret. Raises VaultClosed."""
    return _held(key)["current"]


def renew(key: ApiKey, *, now: datetime) -> str:
    """Another secret; the one before it signs beside it for a day. Raises VaultClosed."""
    fresh_ones = signing.rotated(_held(key))
    key.callback_secrets, key.callback_previous_until = fresh_ones, now + signing.OVERLAP
    key.save(update_fields=["callback_secrets", "callback_previous_until"])
    return fresh_ones["current"]


def in_force(source: str, *, now: datetime) -> list[str]:
    """What signs the callbacks of items that came in under this name; empty when no such key works any more."""
    works = Q(expires_at=None) | Q(expires_at__gt=now)
    key = ApiKey.objects.filter(works, name=source, revoked_at=None).first()
    return signing.in_force(_held(key), key.callback_previous_until, now=now) if key else []


def _held(key: ApiKey) -> dict[str, str]:
    with transaction.atomic():
        row = ApiKey.objects.select_for_update().only("callback_secrets").get(pk=key.pk)
        held = signing.opened(row.callback_secrets)
        if not held:
            row.callback_secrets = held = {"current": signing.fresh()}
            row.save(update_fields=["callback_secrets"])
        return held
