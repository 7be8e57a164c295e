"""The signing secrets of webhook sources: made here, kept encrypted, changed with a day in which both work."""

import base64
import secrets
from datetime import datetime, timedelta

from social_queue.models import WebhookSource
from social_queue.workings import group_commit

#: So long the old secret still works after a new one was made.
OVERLAP = timedelta(hours=24)
_BYTES = 32


def fresh(scheme: str) -> str:
    """A new secret of 256 random bits as its scheme writes it: ``whsec_`` and base64, or plain text."""
    if scheme == WebhookSource.Scheme.STANDARD:
        return f"whsec_{base64.b64encode(secrets.token_bytes(_BYTES)).decode()}"
    return secrets.token_hex(_BYTES)


def current(source: WebhookSource) -> str:
    """The secret that senders should use; "" when there is none yet. Raises VaultClosed."""
    return _held(source).get("current", "")


def accepted(source: WebhookSource, *, at: datetime) -> list[str]:
    """The secrets that a delivery may be signed with at that moment, the current one first. Raises VaultClosed."""
    held = _held(source)
    good = [held.get("current", "")]
    if old_works(source, now=at):
        good.append(held.get("previous", ""))
    return [secret for secret in good if secret]


def begin(source: WebhookSource) -> str:
    """Give the source, not saved here, its first secret, or a new kind of one; any other stops working at once."""
    secret = fresh(source.scheme)
    source.secrets, source.previous_valid_until = {"current": secret}, None
    return secret


def rotate(source: WebhookSource, *, now: datetime) -> str:
    """Give the source a new secret and save it; the one it replaces works for another 24 hours. Returns the new one."""
    replaced, secret = current(source), fresh(source.scheme)
    source.secrets = {"current": secret, "previous": replaced}
    source.previous_valid_until = now + OVERLAP
    source.save(update_fields=["secrets", "previous_valid_until"])
    return secret


def end_old(source: WebhookSource) -> bool:
    """Let the secret before the current one work no longer, without waiting for its day to pass. False without one."""
    if source.previous_valid_until is None:
        return False
    source.secrets, source.previous_valid_until = {"current": current(source)}, None
    source.save(update_fields=["secrets", "previous_valid_until"])
    return True


def old_works(source: WebhookSource, *, now: datetime) -> bool:
    """Does the secret before the current one work still?"""
    return source.previous_valid_until is not None and now < source.previous_valid_until


def _held(source: WebhookSource) -> dict:
    held = source.secrets
    # A row that was changed and not read again holds its plain value still.
    if isinstance(held, dict):
        return held
    return group_commit.once(("secrets", source.pk), held.open) if held else {}
