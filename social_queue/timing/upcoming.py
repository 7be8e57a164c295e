"""What is still to come of a series."""

import itertools
from datetime import datetime, timedelta

from social_queue.models import Series
from social_queue.timing import rules, zones

#: Even a leap day that must be a Monday comes five times within so long.
_FAR = timedelta(days=366 * 140)


def moment(series: Series, *, now: datetime) -> datetime | None:
    """Its next moment; None when it is over."""
    if series.cancelled_at is not None:
        return None
    zone = zones.named(series.zone)
    return rules.following(series.rule, zone, begins=series.begins_at, until=series.until, after=now)


def several(series: Series, count: int, *, now: datetime) -> list[datetime]:
    """Its next moments, so many at most."""
    if series.cancelled_at is not None:
        return []
    zone = zones.named(series.zone)
    reach = max(series.begins_at, now) + _FAR
    found = rules.moments(series.rule, zone, begins=series.begins_at, until=series.until, reach=reach, after=now)
    return list(itertools.islice(found, count))
