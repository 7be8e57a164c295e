"""The lines of a report's charts, how long they are drawn, and the days they are about."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.formats import date_format

#: The period shown when none is asked for, and the longest one may ask for, in days.
USUAL, LONGEST = 30, 3660
#: So many columns are told apart on a telephone; longer periods are drawn by week or month.
_MOST_DAYS, _MOST_WEEKS = 62, 60
_FIRST_DAY = date(2000, 1, 1)
#: Days written under the columns.
_TICKS = 6

#: An hour as the clock shows it, the people and the robots in it.
Hour = tuple[datetime, int, int]


@dataclass(frozen=True)
class Period:
    """Days by the clock of the current zone, both included: in the desk the reader's, else the site's."""

    first: date
    last: date

    @classmethod
    def read(cls, asked: Mapping[str, str], *, today: date) -> "Period":
        """From ``from`` and ``to`` (ISO days); what is missing or makes no sense becomes the last 30 days."""
        last = min(_day(asked.get("to", "")) or today, today)
        first = _day(asked.get("from", "")) or last - timedelta(days=USUAL - 1)
        first = max(first, last - timedelta(days=LONGEST)) if first <= last else last
        return cls(first, last)

    @classmethod
    def told(cls, first: date | None, last: date | None, *, today: date) -> "Period | None":
        """The days asked for, usually the last 30, without those that have no figures yet; None when none is left."""
        last = min(last or today, today)
        if last < _FIRST_DAY:
            return None
        first = max(first or last - timedelta(days=USUAL - 1), _FIRST_DAY)
        return cls(first, last) if first <= last else None

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def begin(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.first, time.min))

    @property
    def end(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.last + timedelta(days=1), time.min))

    @classmethod
    def ending_now(cls, days: int, *, today: date) -> "Period":
        """The last so many days."""
        return cls(today - timedelta(days=days - 1), today)

    @property
    def before(self) -> "Period":
        """The same number of days just before."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))


@dataclass(frozen=True)
class Line:
    """One bar: ``share`` is its length in percent of the longest, ``key`` what it stands for."""

    label: str
    humans: int
    robots: int = 0
    share: float = 0.0
    robot_share: float = 0.0
    key: object = None
    note: str = ""
    tick: str = ""


def scaled(lines: Iterable[Line], *, stacked: bool = False) -> list[Line]:
    """Every line with its length in percent of the longest; most clicks first, or as they come when stacked."""
    lines = list(lines) if stacked else sorted(lines, key=lambda line: -line.humans)
    most = max((line.humans + (line.robots if stacked else 0) for line in lines), default=0) or 1
    return [
        replace(line, share=round(100 * line.humans / most, 1), robot_share=round(100 * line.robots / most, 1))
        for line in lines
    ]


def columns(period: Period, hours: Iterable[Hour]) -> list[Line]:
    """One line a day; a week or a month when the days are too many to be told apart."""
    step, pattern = _step(period)
    counts = {step(period.first + timedelta(days=number)): [0, 0] for number in range(period.days)}
    for hour, humans, robots in hours:
        both = counts[step(hour.date())]
        both[0] += humans
        both[1] += robots
    every = max(1, -(-len(counts) // _TICKS))
    return scaled(
        (
            Line(
                date_format(day, "D j M Y"),
                humans,
                robots,
                key=day,
                tick="" if place % every else date_format(day, pattern),
            )
            for place, (day, (humans, robots)) in enumerate(counts.items())
        ),
        stacked=True,
    )


def _step(period: Period) -> tuple[Callable[[date], date], str]:
    if period.days <= _MOST_DAYS:
        return (lambda day: day), "j M"
    if period.days <= _MOST_WEEKS * 7:
        return (lambda day: day - timedelta(days=day.weekday())), "j M"
    return (lambda day: day.replace(day=1)), "M Y"


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    # Nobody clicked before, and the calendar's first days have no days before them to compare with.
    return max(day, _FIRST_DAY)
