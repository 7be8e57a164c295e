"""Throws away events that are old and that every receiver has taken."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Min

from social_queue.events import numbering
from social_queue.models import Event, EventSending, Subscription, SubscriptionStatus

_AT_ONCE = 5000


def prune(now: datetime) -> int:
    """Remove events older than KEEP_LOGS_DAYS, and what was written down of sending them; returns how many events.

    A receiver that is paused for longer loses nothing: what it has not received stays. So does the newest event, from
    whose number the next ones are counted.
    """
    before = now - timedelta(days=settings.KEEP_LOGS_DAYS)
    EventSending.objects.filter(sent_at__lt=before).delete()
    open_still = Subscription.objects.exclude(status=SubscriptionStatus.ENDED).aggregate(least=Min("after"))["least"]
    horizon = numbering.last() - 1 if open_still is None else min(open_still, numbering.last() - 1)
    old = Event.objects.filter(occurred_at__lt=before, sequence__lte=horizon)
    gone = 0
    while ids := list(old.order_by("pk").values_list("pk", flat=True)[:_AT_ONCE]):
        EventSending.objects.filter(event__in=ids).delete()
        Event.objects.filter(pk__in=ids).delete()
        gone += len(ids)
    return gone
