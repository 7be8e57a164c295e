"""What is still to come of a series."""

from datetime import datetime

from social_queue.models import Series
from social_queue.timing import rules, zones


def moment(series: Series, *, now: datetime) -> datetime | None:
    """Its next moment; None when it is over."""
    if series.cancelled_at is not None:
        return None
    zone = zones.named(series.zone)
    return rules.following(series.rule, zone, begins=series.begins_at, until=series.until, after=now)
