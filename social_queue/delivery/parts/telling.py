"""Alerts about a part: they name the post that it follows, and end by themselves."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from connectors.errors import NotReady, RateLimited
from social_queue.accounts import speaking
from social_queue.alerts import ledger
from social_queue.delivery.consequences import WAITING_LONG
from social_queue.delivery.retry import Decision
from social_queue.models import Alert, AlertKind, Part, PlatformAccount, PostStatus

_ABOUT_ACCOUNTS = (AlertKind.TOKEN_INVALID, AlertKind.ACCOUNT_BLOCKED)


def tell(kind: str, part: Part, *, reason: str, now: datetime) -> Alert | None:
    """Open an alert about the part, or about its account where that is concerned; None when it is open already."""
    if kind in _ABOUT_ACCOUNTS:
        return ledger.raise_for_post(kind, part.post, reason=reason, now=now)
    said = f"Follow-up {part.number - 1}: {reason} What comes behind it waits."
    about = f"part:{part.pk}"
    return ledger.raise_alert(kind, about=about, reason=said, now=now, account=part.post.account, post=part.post)


def trouble(part: Part, error: Exception, decision: Decision, *, now: datetime) -> None:
    """The alert that the decision asks for, and one for a part that has been waiting for over an hour."""
    reason = speaking.words_of(error, part.post.account)
    if decision.alert:
        tell(decision.alert, part, reason=reason, now=now)
    waited = part.waiting_since_at and now - part.waiting_since_at >= WAITING_LONG
    if waited and isinstance(error, RateLimited | NotReady):
        tell(AlertKind.WAITING_LONG, part, reason=reason, now=now)


def long_waits(now: datetime) -> int:
    """Raise the alert for parts that wait for a limit which lasts longer than an hour: nobody tries them meanwhile."""
    resting = PlatformAccount.objects.filter(paused_until__gt=now).values_list("pk", flat=True)
    # An alert of a part names its post, of whose parts one waits at a time.
    alerted = Alert.objects.filter(post=OuterRef("post"), kind=AlertKind.WAITING_LONG, open_key__isnull=False)
    waiting = Part.objects.filter(
        account__in=list(resting), status=PostStatus.PENDING, waiting_since_at__lte=now - WAITING_LONG
    ).exclude(Exists(alerted))
    parts = list(waiting.select_related("post__account", "post__item")[:100])
    for part in parts:
        tell(AlertKind.WAITING_LONG, part, reason=part.error, now=now)
    return len(parts)


def resolve(part: Part, *, now: datetime) -> int:
    """The part is out or given up by a human. Returns how many alerts ended."""
    return sum(ledger.resolve(kind, about=f"part:{part.pk}", now=now) for kind in AlertKind.values)
