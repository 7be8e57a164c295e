"""What a clock on a wall means: the one place where a day and a time in a zone become a moment.

A time that the clock shows twice is the first of the two; one that it skips is the first moment after the gap.
"""

from datetime import UTC, datetime, timedelta, tzinfo

_STEP = timedelta(seconds=1)


def moment(naive: datetime, zone: tzinfo) -> datetime:
    """The moment in UTC at which a clock in ``zone`` shows ``naive``. Raises OverflowError at the ends of time."""
    shown = naive.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if shown.astimezone(zone).replace(tzinfo=None, fold=0) == naive.replace(fold=0):
        return shown
    return _after_the_gap(naive.replace(microsecond=0), zone)


def shown(moment_: datetime, zone: tzinfo) -> datetime:
    """What a clock in ``zone`` shows at a moment, without its zone."""
    return moment_.astimezone(zone).replace(tzinfo=None, fold=0)


def _after_the_gap(naive: datetime, zone: tzinfo) -> datetime:
    """In a gap ``fold`` chooses the offset before or the one after; the change lies between the two readings."""
    before = naive.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = naive.replace(tzinfo=zone, fold=0).astimezone(UTC)
    old = before.astimezone(zone).utcoffset()
    while after - before > _STEP:
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if middle <= before:
            break
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after
