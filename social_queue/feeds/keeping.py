"""How long it is remembered that an entry was seen: as long as its feed shows it, and a good while longer."""

from datetime import datetime, timedelta

from social_queue.models import FeedEntry
from social_queue.workings.clearing import clear

#: A feed that was down for so long and comes back shows its old entries again.
_KEEP = timedelta(days=180)


def prune(now: datetime) -> int:
    """Forget entries that no feed has shown for half a year, those of feeds that were not looked at since aside."""
    rows = FeedEntry.objects.filter(last_seen_at__lt=now - _KEEP, feed__failures=0, feed__paused=False)
    return clear(rows.filter(feed__looked_at__gt=now - timedelta(days=7)))
