"""Throws away events that are old and that every receiver has taken."""

from datetime import datetime, timedelta
from time import monotonic

from django.conf import settings
from django.db import transaction
from django.db.models import Min, OuterRef, Q, QuerySet

from social_queue import statements
from social_queue.events import numbering
from social_queue.models import Event, EventSending, Subscription, SubscriptionStatus
from social_queue.workings.clearing import SHARE_OF_A_TASK, clear, group, remove
from social_queue.workings.deadlocks import again

_AT_ONCE = 500


def prune(now: datetime) -> int:
    """Remove events older than KEEP_LOGS_DAYS, and what was written down of sending them, as far as there is time.

    Returns how many events went. A receiver that is paused for longer loses nothing: what it has not received stays.
    So does the newest event, from whose number the next ones are counted.
    """
    before, ends = now - timedelta(days=settings.KEEP_LOGS_DAYS), monotonic() + settings.Q_TIMEOUT * SHARE_OF_A_TASK
    clear(EventSending.objects.filter(sent_at__lt=before))
    old, gone, last = _old(before), 0, 0
    while monotonic() < ends:
        # Onwards, for what stays need not be looked at again.
        ids = list(old.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:_AT_ONCE])
        if not ids:
            break
        with group():
            _remove(ids)
        gone, last = gone + len(ids), ids[-1]
    return gone


@again
def _remove(ids: list[int]) -> None:
    with transaction.atomic():
        remove(EventSending.objects.filter(event__in=ids))
        remove(Event.objects.filter(pk__in=ids))


def _old(before: datetime) -> QuerySet[Event]:
    waiting = _hear(before)
    least = waiting.filter(item=None).aggregate(least=Min("after"))["least"]
    newest = numbering.last() - 1
    old = Event.objects.filter(occurred_at__lt=before, sequence__lte=newest if least is None else min(least, newest))
    # A callback hears of its item and of nothing else, so it keeps nothing else: one dead address must not keep all.
    its_own = waiting.filter(item=OuterRef("item_number"), after__lt=OuterRef("sequence"))
    return old.exclude(statements.has_one(its_own))


def _hear(before: datetime) -> QuerySet[Subscription]:
    """Whoever still hears of something, or may again. Of a key that ended as long ago nobody will."""
    ended = Q(key__revoked_at__lt=before) | Q(key__expires_at__lt=before)
    return Subscription.objects.exclude(status=SubscriptionStatus.ENDED).exclude(ended)
