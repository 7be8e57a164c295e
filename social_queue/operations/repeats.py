"""Series: the sweep that stores their next occurrences, and cancelling."""

import logging
from datetime import datetime

from django.db import transaction

from social_queue.intake import ingest, series
from social_queue.models import ItemStatus, QueueItem, Series
from social_queue.operations import items
from social_queue.operations.done import Done
from social_queue.workings.deadlocks import again

logger = logging.getLogger(__name__)

_AT_ONCE = 100
#: An item of which nothing has gone.
_UNTOUCHED = (ItemStatus.READY, ItemStatus.DRAFT)


def lay_due(now: datetime) -> int:
    """Store the due occurrences of every series. Returns the number of items. Runs may overlap: each is stored once."""
    due = Series.objects.filter(cancelled_at=None, lay_not_before__lte=now).order_by("lay_not_before", "pk")
    return sum(_lay(row, now) for row in due[:_AT_ONCE])


def cancel(begun: Series, *, now: datetime) -> Done | None:
    """End the series and cancel its items that have not been sent. None when it had ended before.

    ``taken`` counts the items.
    """
    if not _end(begun.pk, now):
        return None
    done = Done()
    for item in QueueItem.objects.filter(series=begun.pk, status__in=_UNTOUCHED).order_by("pk"):
        done.add("" if items.cancel_item(item, now=now).taken else item.get_status_display())
    return done


def _lay(row: Series, now: datetime) -> int:
    try:
        return series.lay(row, now=now, enqueue=ingest.enqueue)
    except Exception:
        # One series that can't be laid down must not keep the others from it.
        logger.exception("series %s could not be laid down", row.pk)
        return 0


@again
def _end(pk: int, now: datetime) -> bool:
    # Whoever lays down a time holds this row: it is done and cancelled with the others, or sees that it is over.
    with transaction.atomic():
        list(Series.objects.select_for_update().filter(pk=pk).values_list("pk", flat=True))
        return Series.objects.filter(pk=pk, cancelled_at=None).update(cancelled_at=now, lay_not_before=None) == 1
