"""Numbers events in the order in which they were committed, so that who has read up to a number has missed none.

The rows' own ids can't serve: a transaction that took a lower id may be committed after one with a higher. So each row
gets its sequence later, when it can be seen, by one process at a time.
"""

from django.db import transaction
from django.db.models import F, Max

from social_queue.events import signing
from social_queue.models import Event, QueueItem, Subscription
from social_queue.workings import named_locks
from social_queue.workings.deadlocks import again

#: Held while events are numbered, and while it is decided that a receiver has heard all.
LOCK = "events"
_MOST_AT_ONCE = 1000


def number() -> int:
    """Number what was committed since the last time; returns how many. Cheap when there is nothing."""
    numbered = 0
    while Event.objects.filter(sequence=None).exists():
        named_locks.lay([LOCK])
        numbered += (done := _number())
        if done < _MOST_AT_ONCE:
            break
    return numbered


def last() -> int:
    """The highest number given; all up to it can be read."""
    return Event.objects.aggregate(last=Max("sequence"))["last"] or 0


@again
def _number() -> int:
    with transaction.atomic():
        named_locks.hold([LOCK])
        fresh = list(
            Event.objects.filter(sequence=None).order_by("pk").values_list("pk", "item_number")[:_MOST_AT_ONCE]
        )
        if not fresh:
            return 0
        before = last()
        # In the order of ids, and all of them above what was given before: rows that came late are moved up together.
        shift = max(0, before + 1 - fresh[0][0])
        Event.objects.filter(pk__in=[pk for pk, _ in fresh], sequence=None).update(sequence=F("pk") + shift)
        _call_back({item for _, item in fresh if item is not None}, before)
    return len(fresh)


def _call_back(items: set[int], before: int) -> None:
    """Lay a row for each item that names a callback address; it goes when all its events were delivered."""
    lacking = (
        QueueItem.objects.filter(pk__in=items, callback=None).exclude(callback_url="").values_list("pk", flat=True)
    )
    if not (numbers := list(lacking)):
        return
    # Held: whoever changes an address either did so before, or finds the row.
    wanted = QueueItem.objects.select_for_update().filter(pk__in=numbers).exclude(callback_url="").order_by("pk")
    Subscription.objects.bulk_create(
        Subscription(item_id=pk, url=url, host=signing.host_of(url), after=before)
        for pk, url in wanted.values_list("pk", "callback_url")
    )
