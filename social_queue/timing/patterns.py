"""What a rule says, taken apart: the repeats that people have words for, and no others."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal

from social_queue.timing import rules

Unit = Literal["day", "week", "month", "year"]
#: Monday is 0, as in ``datetime``.
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LAST = -1
#: Which of its kind in a month: the first to the fifth, or the last.
PLACES = (1, 2, 3, 4, 5, LAST)
_UNITS: dict[str, Unit] = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
_KNOWN = {
    *("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"),
    *("BYDAY", "BYMONTHDAY", "BYMONTH", "BYHOUR", "BYMINUTE", "BYSETPOS"),
}


@dataclass(frozen=True)
class Pattern:
    """Every so many units, on these days of the unit, at these times.

    ``weekdays`` are of a week, ``dates`` and ``nth`` (place, weekday) of a month; ``months`` narrow all of it down.
    """

    unit: Unit
    every: int = 1
    weekdays: tuple[int, ...] = ()
    dates: tuple[int, ...] = ()
    nth: tuple[tuple[int, int], ...] = ()
    months: tuple[int, ...] = ()
    times: tuple[time, ...] = ()
    count: int | None = None


def read(rule: str, begins: datetime) -> Pattern | None:
    """The pattern of a checked rule whose first day the clock on the wall shows as ``begins``; None if it has none.

    What a rule leaves out, it takes from there: https://www.rfc-editor.org/rfc/rfc5545#section-3.3.10
    """
    parts = rules.apart(rule)
    every = int(parts.get("INTERVAL", 1))
    sunday_matters = parts["FREQ"] == "WEEKLY" and every > 1 and parts.get("WKST", "MO") != "MO"
    if not set(parts) <= _KNOWN or sunday_matters:
        return None
    count = int(parts["COUNT"]) if "COUNT" in parts else None
    times = _times(parts, begins)
    months = _numbers(parts, "BYMONTH")
    weekdays, nth = _weekdays(parts, single_time=len(times) == 1)
    dates = _numbers(parts, "BYMONTHDAY")
    unknown = nth is None or any(date < LAST for date in dates) or bool(dates and (weekdays or nth))
    if unknown or nth is None:
        return None
    found = Pattern(_UNITS[parts["FREQ"]], every, weekdays, dates, nth, months, times, count)
    return _SENSE[found.unit](found, begins)


def _day(found: Pattern, begins: datetime) -> Pattern | None:
    if found.dates or found.nth:
        return None
    if not found.weekdays:
        return found
    # Each day that is one of these weekdays: so a week says it.
    return _with(found, unit="week") if found.every == 1 else None


def _week(found: Pattern, begins: datetime) -> Pattern | None:
    if found.dates or found.nth:
        return None
    return found if found.weekdays else _with(found, weekdays=(begins.weekday(),))


def _month(found: Pattern, begins: datetime) -> Pattern | None:
    if found.every > 1 and (found.months or found.weekdays):
        return None
    if found.weekdays:
        return _with(found, unit="week")
    return found if found.dates or found.nth else _with(found, dates=(begins.day,))


def _year(found: Pattern, begins: datetime) -> Pattern | None:
    if not found.months and (found.dates or found.nth) or found.weekdays or len(found.months) > 1:
        return None
    dates = found.dates if found.dates or found.nth else (begins.day,)
    return _with(found, dates=dates, months=found.months or (begins.month,))


_SENSE = {"day": _day, "week": _week, "month": _month, "year": _year}


def _with(found: Pattern, **changes) -> Pattern:
    return Pattern(**{**vars(found), **changes})


def _numbers(parts: dict[str, str], name: str) -> tuple[int, ...]:
    """In their order, the last of a month at the end."""
    found = {int(word) for word in parts[name].split(",")} if name in parts else set()
    return tuple(sorted(found, key=lambda number: (number < 0, number)))


def _times(parts: dict[str, str], begins: datetime) -> tuple[time, ...]:
    hours, minutes = _numbers(parts, "BYHOUR") or (begins.hour,), _numbers(parts, "BYMINUTE") or (begins.minute,)
    return tuple(time(hour, minute, begins.second) for hour in hours for minute in minutes)


def _weekdays(
    parts: dict[str, str], *, single_time: bool
) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...] | None]:
    """Plain weekdays, and those with their place in the month; None in place of these if there are no words for it."""
    given = [(word[:-2], WEEKDAYS.index(word[-2:])) for word in parts.get("BYDAY", "").split(",") if word]
    plain = tuple(sorted({weekday for place, weekday in given if not place}))
    placed = {(int(place), weekday) for place, weekday in given if place}
    if "BYSETPOS" in parts:
        # The first of all Fridays is the first Friday; of several days or times, the places are something else.
        if placed or len(plain) != 1 or not single_time or parts["FREQ"] not in ("MONTHLY", "YEARLY"):
            return plain, None
        placed, plain = {(place, plain[0]) for place in _numbers(parts, "BYSETPOS")}, ()
    if (placed and plain) or any(place not in PLACES for place, _weekday in placed):
        return plain, None
    return plain, tuple(sorted(placed, key=lambda day: (day[0] < 0, *day)))


def written(found: Pattern) -> str:
    """The rule of a pattern whose times are those of its first moment."""
    frequency = next(name for name, unit in _UNITS.items() if unit == found.unit)
    days = [WEEKDAYS[weekday] for weekday in found.weekdays]
    days += [f"{place}{WEEKDAYS[weekday]}" for place, weekday in found.nth]
    parts = {
        "FREQ": frequency,
        "INTERVAL": str(found.every) if found.every > 1 else "",
        "BYMONTH": ",".join(map(str, found.months)),
        "BYMONTHDAY": ",".join(map(str, found.dates)),
        "BYDAY": ",".join(days),
        "COUNT": str(found.count or ""),
    }
    return rules.checked(";".join(f"{name}={value}" for name, value in parts.items() if value))
