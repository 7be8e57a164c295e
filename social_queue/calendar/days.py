"""The days that are looked at: a week, a month with the rest of its weeks, or some days one after another."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from social_queue.reading import moments, wall

VIEWS = WEEK, MONTH, LIST = "week", "month", "list"
_A_WEEK = 7
#: Earlier and later than this some zone has no midnight any more.
_FIRST, _LAST = date(1971, 1, 1), date(moments.LAST_YEAR - 1, 12, 1)


@dataclass(frozen=True)
class Days:
    """``count`` days from ``first`` on, by the clock of a zone; ``day`` is the one that was asked for."""

    view: str
    day: date
    first: date
    count: int
    zone: tzinfo

    @property
    def dates(self) -> list[date]:
        """All of them."""
        return [self.first + timedelta(days=number) for number in range(self.count)]

    @property
    def begins(self) -> datetime:
        """The first moment."""
        return midnight(self.first, self.zone)

    @property
    def ends(self) -> datetime:
        """The first moment after them."""
        return midnight(self.first + timedelta(days=self.count), self.zone)

    @property
    def spans(self) -> list[tuple[datetime, datetime]]:
        """The first moment of each, and the first after it."""
        return [(midnight(day, self.zone), midnight(day + timedelta(days=1), self.zone)) for day in self.dates]

    @property
    def before(self) -> date:
        """A day of what stands before them."""
        return _within(self.first - timedelta(days=1) if self.view == MONTH else self.day - timedelta(days=_A_WEEK))

    @property
    def after(self) -> date:
        """A day of what comes after them."""
        if self.view == MONTH:
            return _within((self.day.replace(day=1) + timedelta(days=32)).replace(day=1))
        return _within(self.day + timedelta(days=_A_WEEK))


def around(day: date, zone: tzinfo, *, view: str) -> Days:
    """The week, the month or the seven days that ``day`` asks for."""
    day = _within(day)
    if view == WEEK:
        return Days(view, day, _monday(day), _A_WEEK, zone)
    if view == LIST:
        return Days(view, day, day, _A_WEEK, zone)
    first = _monday(day.replace(day=1))
    last = (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    weeks = ((last - first).days // _A_WEEK) + 1
    return Days(view, day, first, weeks * _A_WEEK, zone)


def midnight(day: date, zone: tzinfo) -> datetime:
    """When a day begins; where the clock skips midnight, the first moment after."""
    return wall.moment(datetime.combine(day, time.min), zone)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _within(day: date) -> date:
    return min(max(day, _FIRST), _LAST)
