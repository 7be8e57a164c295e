"""Repeats after RFC 5545, by the clock on the wall: https://www.rfc-editor.org/rfc/rfc5545#section-3.3.10

The rule is read without a zone, as a calendar on paper would be; each time it names becomes a moment afterwards. So a
time that the clock shows twice is used once, one that it skips falls to the first moment after, and none is missed.
"""

import itertools
import math
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from dateutil.rrule import rrulestr

from social_queue.reading import wall
from social_queue.sentences import said

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
MOST_TIMES = 1000
MOST_A_DAY = 24
LONGEST = 500
#: Nothing that comes is further away: within so long the twenty-ninth of February falls on every day of the week.
_FAR = timedelta(days=366 * 40)
#: No clock is put forward or back by as much.
_MOST_OF_A_CHANGE = timedelta(days=2)
#: A leap year so near the end of the calendar that a rule which names no day is soon known for one.
_NEAR_THE_END = 9956
_NUMBERS = {"COUNT": (1, 10**9), "INTERVAL": (1, 1000)}
_LISTS = {
    "BYSECOND": (0, 59),
    "BYMINUTE": (0, 59),
    "BYHOUR": (0, 23),
    "BYMONTHDAY": (-31, 31),
    "BYYEARDAY": (-366, 366),
    "BYWEEKNO": (-53, 53),
    "BYMONTH": (1, 12),
    "BYSETPOS": (-366, 366),
}
_DAY = re.compile(r"(?:[+-]?(?:[1-9]|[1-4]\d|5[0-3]))?(?:MO|TU|WE|TH|FR|SA|SU)")
_UNTIL = re.compile(r"\d{8}(?:T\d{6}Z?)?")


def checked(text: str) -> str:
    """The rule in the form it is stored in. Raises ValueError with the reason."""
    parts = apart(text)
    if parts.get("FREQ") not in FREQUENCIES:
        raise ValueError(said("rrule needs FREQ, one of %(known)s.", known=", ".join(FREQUENCIES)))
    for name, value in parts.items():
        if not _sound(name, value):
            raise ValueError(said("rrule has a part that can't be read: %(part)s.", part=f"{name}={value}"[:80]))
    if int(parts.get("COUNT", 1)) > MOST_TIMES:
        raise ValueError(said("rrule may have a COUNT of at most %(most)s.", most=MOST_TIMES))
    if "COUNT" in parts and "UNTIL" in parts:
        raise ValueError(said("rrule may have COUNT or UNTIL, not both."))
    times = [len(set(parts[name].split(","))) for name in ("BYHOUR", "BYMINUTE", "BYSECOND") if name in parts]
    if math.prod(times) > MOST_A_DAY:
        raise ValueError(said("rrule names more than %(most)s times a day.", most=MOST_A_DAY))
    return ";".join(f"{name}={value}" for name, value in parts.items())


def moments(
    rule: str,
    zone: tzinfo,
    *,
    begins: datetime,
    until: datetime | None = None,
    reach: datetime | None = None,
    after: datetime | None = None,
) -> Iterator[datetime]:
    """The moments that a checked rule names from ``begins`` on, in order, each once; ``until`` is the last possible.

    ``reach``: how far is looked, since a rule such as the thirtieth of February would be followed to the year 9999.
    ``after``: only those after it are wanted; of years that are over nothing is made but their days on paper.
    """
    parts = apart(rule)
    end = min(filter(None, [reach or begins + _FAR, until, _until(parts.pop("UNTIL", ""), zone)]))
    times = int(parts.pop("COUNT", 0)) or None
    # A day more than is asked for: which moments are past the end is told by the moments.
    parts["UNTIL"] = f"{wall.shown(end, zone) + timedelta(days=1):%Y%m%dT%H%M%S}"
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    paper: Iterator[datetime] = itertools.islice(
        rrulestr(text, dtstart=wall.shown(begins, zone).replace(microsecond=0)), times
    )
    if after is not None and after > begins:
        long_over = wall.shown(after, zone) - _MOST_OF_A_CHANGE
        paper = itertools.dropwhile(lambda shown: shown < long_over, paper)
    before = after
    for shown in paper:
        moment = wall.moment(shown, zone)
        if moment > end:
            return
        # Two times that a gap throws together are one.
        if before is None or moment > before:
            before = moment
            yield moment


def first(rule: str, zone: tzinfo, *, begins: datetime, until: datetime | None = None) -> datetime:
    """The first moment. Raises ValueError when there is none."""
    try:
        ever = _ever(rule, wall.shown(begins, zone))
        found = next(moments(rule, zone, begins=begins, until=until), None) if ever else None
    except (ValueError, OverflowError, TypeError, KeyError, IndexError) as fault:
        raise ValueError(said("rrule can't be read: %(reason)s.", reason=str(fault)[:100])) from fault
    if found is None:
        raise ValueError(said("rrule yields nothing: no day from publish_at on answers to it."))
    return found


def following(rule: str, zone: tzinfo, *, begins: datetime, until: datetime | None, after: datetime) -> datetime | None:
    """The first moment after ``after``, or None when the rule has come to its end."""
    return next(moments(rule, zone, begins=begins, until=until, reach=max(begins, after) + _FAR, after=after), None)


def rest(rule: str, *, over: int) -> str:
    """The rule when so many of its COUNT are over: what is left of it, one at least."""
    parts = apart(rule)
    parts["COUNT"] = str(max(1, int(parts["COUNT"]) - over))
    return ";".join(f"{name}={value}" for name, value in parts.items())


def last(rule: str, zone: tzinfo, until: datetime | None) -> datetime | None:
    """The last possible moment: the earlier of the rule's own UNTIL and ``until``; None when it has no end by date."""
    return min(filter(None, [until, _until(apart(rule).get("UNTIL", ""), zone)]), default=None)


def _ever(rule: str, start: datetime) -> bool:
    """Does the rule yield any day at all, whatever its start? dateutil would search until the year 9999."""
    parts = {name: value for name, value in apart(rule).items() if name not in ("INTERVAL", "COUNT", "UNTIL")}
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    return next(iter(rrulestr(text, dtstart=start.replace(year=_NEAR_THE_END, microsecond=0))), None) is not None


def apart(text: str) -> dict[str, str]:
    """The parts of a rule, by name. Raises ValueError when the text is none."""
    if len(text) > LONGEST:
        raise ValueError(said("rrule may have at most %(most)s letters.", most=LONGEST))
    given = text.strip().upper().removeprefix("RRULE:")
    pairs = [part.partition("=") for part in given.split(";") if part]
    names = [name.strip() for name, _, _ in pairs]
    if not names or any(not separator for _, separator, _ in pairs) or len(set(names)) < len(names):
        raise ValueError(said("rrule must be text such as FREQ=WEEKLY;BYDAY=MO,TH, with no part twice."))
    return {name.strip(): value.replace(" ", "") for name, _, value in pairs}


def _sound(name: str, value: str) -> bool:
    if name == "FREQ":
        return value in FREQUENCIES
    if name == "WKST":
        return value in ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
    if name == "UNTIL":
        return bool(_UNTIL.fullmatch(value)) and _until(value, UTC) is not None
    if name == "BYDAY":
        return all(map(_DAY.fullmatch, value.split(",")))
    least, most = _NUMBERS.get(name) or _LISTS.get(name) or (1, 0)
    values = value.split(",") if name in _LISTS else [value]
    numbers = [int(word) for word in values if re.fullmatch(r"[+-]?\d{1,9}", word)]
    zero = name in ("BYSECOND", "BYMINUTE", "BYHOUR")
    return len(numbers) == len(values) and all(least <= number <= most and (number or zero) for number in numbers)


def _until(text: str, zone: tzinfo) -> datetime | None:
    """A day alone is meant with all its hours; without a Z it is what the clock in the zone shows."""
    if not text:
        return None
    try:
        if "T" not in text:
            return wall.moment(datetime.combine(date.fromisoformat(text), time(23, 59, 59)), zone)
        moment = datetime.fromisoformat(text.removesuffix("Z"))
        return moment.replace(tzinfo=UTC) if text.endswith("Z") else wall.moment(moment, zone)
    except (ValueError, OverflowError):
        return None
