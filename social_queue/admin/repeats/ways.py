"""The common ways to repeat: what a form for them is filled with, and the rule that comes of it."""

from datetime import datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from social_queue.calendar.repeating import Rule
from social_queue.reading import wall
from social_queue.timing import patterns, rules, zones
from social_queue.timing.patterns import LAST, Pattern, Unit

NEVER, DAY, WEEK, DATE, PLACE, TEXT = "never", "day", "week", "date", "place", "text"
ENDLESS, TIMES, UNTIL = "endless", "times", "until"
WAYS = (
    (DAY, _("Every so many days")),
    (WEEK, _("On certain weekdays")),
    (DATE, _("On certain days of the month")),
    (PLACE, _("E.g. the last Friday of the month")),
    (TEXT, _("By a rule in the text of RFC 5545")),
)
PLACES = (
    (1, _("the first")),
    (2, _("the second")),
    (3, _("the third")),
    (4, _("the fourth")),
    (5, _("the fifth, if there is one")),
    (LAST, _("the last")),
)
ENDS = ((ENDLESS, _("It goes on")), (TIMES, _("After so many times")), (UNTIL, _("After a day")))
_UNITS: dict[str, Unit] = {DAY: "day", WEEK: "week", DATE: "month", PLACE: "month"}


def written(way: str, given: dict[str, Any], count: int | None) -> str:
    """The rule of what was given. Raises ValueError with the reason."""
    if way == TEXT:
        return rules.checked(f"{given['rrule']};COUNT={count}" if count else given["rrule"])
    dates = (*given["dates"], *([LAST] if given["last_day"] else [])) if way == DATE else ()
    pattern = Pattern(
        _UNITS[way],
        given["every"],
        weekdays=tuple(sorted(given["weekdays"])) if way == WEEK else (),
        dates=dates,
        nth=((given["place"], given["weekday"]),) if way == PLACE else (),
        count=count,
    )
    return patterns.written(pattern)


def filled(held: Rule | None, *, begins: datetime, zone: str) -> dict[str, Any]:
    """The fields of a rule as it stands, or else of a week from the item's day on."""
    name = held.zone if held else zone
    shown = wall.shown(begins, zones.named(name))
    usual = {
        "way": WEEK,
        "every": 1,
        "weekdays": [shown.weekday()],
        "dates": str(shown.day),
        "place": (shown.day - 1) // 7 + 1,
        "weekday": shown.weekday(),
        "ends": ENDLESS,
        "zone": name,
    }
    if held is None:
        return usual
    pattern = patterns.read(held.text, shown)
    last = rules.last(held.text, zones.named(name), held.until)
    if pattern is None or not _has_fields(pattern, shown) or (pattern.count and last):
        until = wall.shown(held.until, zones.named(name)).date() if held.until else None
        return usual | {"way": TEXT, "rrule": held.text, "until": until, "ends": UNTIL if until else ENDLESS}
    return usual | _of(pattern) | _end(pattern, wall.shown(last, zones.named(name)) if last else None)


def _has_fields(pattern: Pattern, shown: datetime) -> bool:
    """Neither months, nor years, nor several times a day or places in a month."""
    alone = len(pattern.nth) + bool(pattern.dates) <= 1
    return alone and not pattern.months and pattern.unit != "year" and pattern.times == (time(*_clock(shown)),)


def _clock(shown: datetime) -> tuple[int, int, int]:
    return shown.hour, shown.minute, shown.second


def _of(pattern: Pattern) -> dict[str, Any]:
    if pattern.unit == "day":
        fields: dict[str, Any] = {"way": DAY}
    elif pattern.unit == "week":
        fields = {"way": WEEK, "weekdays": list(pattern.weekdays)}
    elif pattern.nth:
        ((place, weekday),) = pattern.nth
        fields = {"way": PLACE, "place": place, "weekday": weekday}
    else:
        dates = ", ".join(str(day) for day in pattern.dates if day != LAST)
        fields = {"way": DATE, "dates": dates, "last_day": LAST in pattern.dates}
    return fields | {"every": pattern.every, "count": pattern.count}


def _end(pattern: Pattern, last: datetime | None) -> dict[str, Any]:
    """After so many times, or after a day."""
    if pattern.count:
        return {"ends": TIMES}
    if last is None:
        return {}
    # An end before the day's time leaves that day out.
    return {"ends": UNTIL, "until": last.date() - timedelta(days=last.time() < max(pattern.times))}
