"""Every change of clocks of the IANA zones from 2020 to 2037, and what a clock shows, told by walking along."""

import functools
import zoneinfo
from datetime import UTC, datetime, timedelta

FROM, TO = datetime(2020, 1, 1, tzinfo=UTC), datetime(2038, 1, 1, tzinfo=UTC)
_NO_PLACES = ("posix/", "right/", "SystemV/")


@functools.cache
def zones() -> list[zoneinfo.ZoneInfo]:
    """All of them."""
    names = zoneinfo.available_timezones() - {"localtime", "posixrules", "Factory"}
    return [zoneinfo.ZoneInfo(name) for name in sorted(names) if not name.startswith(_NO_PLACES)]


@functools.cache
def changes() -> list[tuple[zoneinfo.ZoneInfo, datetime]]:
    """(zone, the moment at which its clock jumps); zones that are the same by another name stand here once."""
    found: dict[tuple, zoneinfo.ZoneInfo] = {}
    for zone in zones():
        found.setdefault((FROM.astimezone(zone).utcoffset(), *_jumps(zone)), zone)
    return [(zone, moment) for key, zone in found.items() for moment in key[1:]]


def _jumps(zone: zoneinfo.ZoneInfo) -> tuple[datetime, ...]:
    jumps, moment, step = [], FROM, timedelta(days=5)
    while moment < TO:
        if _offset(moment, zone) != _offset(moment + step, zone):
            jumps.append(_between(moment, moment + step, zone))
        moment += step
    return tuple(jumps)


def _between(before: datetime, after: datetime, zone: zoneinfo.ZoneInfo) -> datetime:
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        before, after = (middle, after) if _offset(middle, zone) == _offset(before, zone) else (before, middle)
    return after


def _offset(moment: datetime, zone: zoneinfo.ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset()


def first_shown(naive: datetime, zone: zoneinfo.ZoneInfo) -> datetime:
    """The first moment at which the clock shows this or a later time, to the minute: found by walking along."""
    moment = naive.replace(tzinfo=UTC) - timedelta(hours=27)
    while moment.astimezone(zone).replace(tzinfo=None, fold=0) < naive - timedelta(hours=6):
        moment += timedelta(hours=3)
    for step in (timedelta(minutes=15), timedelta(minutes=1), timedelta(seconds=1)):
        while (moment + step).astimezone(zone).replace(tzinfo=None, fold=0) < naive:
            moment += step
    return moment + timedelta(seconds=1)
