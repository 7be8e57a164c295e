"""Weekly slots as people write them: ``mon-fri 09:00 19:30; sat 10:00``."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from social_queue.reading import wall
from social_queue.sentences import said

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FULL = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WHOLE_WEEK = {"daily", "every", "mon-sun"}
NONE = "none"
#: What the column holds.
LONGEST = 1000
_TIME = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")


@dataclass(frozen=True, order=True)
class Place:
    """One place in the week: a weekday (0 is Monday) and what the clock on the wall shows."""

    day: int
    time: time


def parse(text: str) -> tuple[Place, ...]:
    """The places, in the order of the week; none for "none" or nothing. Raises ValueError naming what can't be read."""
    if text.strip().lower() in ("", NONE):
        return ()
    found: set[Place] = set()
    for part in filter(None, (part.strip() for part in text.split(";"))):
        found |= set(_part(part))
    places = tuple(sorted(found))
    if len(written(places)) > LONGEST:
        raise ValueError(said("These are too many slots: written out they may take %(most)s letters.", most=LONGEST))
    return places


def written(places: Iterable[Place]) -> str:
    """The shortest way to write them, which ``parse`` reads back."""
    times: dict[int, list[str]] = defaultdict(list)
    for place in sorted(places):
        times[place.day].append(f"{place.time:%H:%M}")
    together: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for day, shown in times.items():
        together[tuple(shown)].append(day)
    return "; ".join(f"{_spans(days)} {' '.join(shown)}" for shown, days in together.items())


def moments(places: Iterable[Place], zone: tzinfo, after: datetime) -> Iterator[datetime]:
    """The moments of the places after ``after``, each once, without end (so long as there are any places).

    Two places that a gap of the clock throws together are one moment.
    """
    week: dict[int, list[time]] = defaultdict(list)
    for place in sorted(places):
        week[place.day].append(place.time)
    day, last = wall.shown(after, zone).date() - timedelta(days=1), after
    while week:
        for shown in week.get(day.weekday(), ()):
            moment = wall.moment(datetime.combine(day, shown), zone)
            if moment > last:
                last = moment
                yield moment
        day += timedelta(days=1)


def _part(part: str) -> Iterator[Place]:
    words = part.lower().split()
    first = next((place for place, word in enumerate(words) if word[0].isdigit()), len(words))
    if not first:
        raise ValueError(said("“%(part)s” names no day; write it like “mon-fri 09:00 19:30”.", part=part[:60]))
    if first == len(words):
        raise ValueError(said("“%(part)s” names no time; write it like “mon-fri 09:00 19:30”.", part=part[:60]))
    days = {day for word in words[:first] for day in _days(word)}
    yield from (Place(day, _time(word)) for word in words[first:] for day in days)


def _time(word: str) -> time:
    found = _TIME.fullmatch(word.strip(","))
    if not found:
        raise ValueError(said("“%(word)s” is no time from 00:00 to 23:59.", word=word[:60]))
    return time(int(found[1]), int(found[2]))


def _days(words: str) -> Iterator[int]:
    for word in filter(None, words.split(",")):
        if word in _WHOLE_WEEK:
            yield from range(7)
            continue
        first, dash, last = word.partition("-")
        begins, ends = _day(first, word), _day(last if dash else first, word)
        yield from ((begins + step) % 7 for step in range((ends - begins) % 7 + 1))


def _day(name: str, word: str) -> int:
    for names in (DAYS, _FULL):
        if name in names:
            return names.index(name)
    known = ", ".join(DAYS)
    raise ValueError(said("“%(word)s” is no day: those are %(known)s, as in mon-fri.", word=word[:60], known=known))


def _spans(days: list[int]) -> str:
    spans: list[list[int]] = []
    for day in days:
        if spans and spans[-1][-1] == day - 1:
            spans[-1].append(day)
        else:
            spans.append([day])
    return ",".join(DAYS[span[0]] + (f"-{DAYS[span[-1]]}" if len(span) > 1 else "") for span in spans)
