"""Alerts about a part: they name the post that it follows, and end by themselves."""

from datetime import datetime

from social_queue.alerts import ledger
from social_queue.models import Alert, AlertKind, Part

_ABOUT_ACCOUNTS = (AlertKind.TOKEN_INVALID, AlertKind.ACCOUNT_BLOCKED)


def tell(kind: str, part: Part, *, reason: str, now: datetime) -> Alert | None:
    """Open an alert about the part, or about its account where that is concerned; None when it is open already."""
    if kind in _ABOUT_ACCOUNTS:
        return ledger.raise_for_post(kind, part.post, reason=reason, now=now)
    said = f"Follow-up {part.number - 1}: {reason} What comes behind it waits."
    about = f"part:{part.pk}"
    return ledger.raise_alert(kind, about=about, reason=said, now=now, account=part.post.account, post=part.post)


def resolve(part: Part, *, now: datetime) -> int:
    """The part is out or given up by a human. Returns how many alerts ended."""
    return sum(ledger.resolve(kind, about=f"part:{part.pk}", now=now) for kind in AlertKind.values)
