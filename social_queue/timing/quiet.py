"""Quiet hours: a daily span, in local time, in which an account publishes nothing."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from social_queue.models import PlatformAccount
from social_queue.reading import wall
from social_queue.sentences import said
from social_queue.timing import zones

NONE = "none"
_HOURS = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*[-–]\s*([01]?\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True)
class Quiet:
    """From ``begins`` to ``ends``, past midnight where it begins later than it ends."""

    begins: time
    ends: time

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}-{self.ends:%H:%M}"

    def holds(self, shown: time) -> bool:
        """Is it quiet when the clock shows this?"""
        if self.begins < self.ends:
            return self.begins <= shown < self.ends
        return shown >= self.begins or shown < self.ends

    def end(self, moment: datetime, zone: tzinfo) -> datetime:
        """The moment itself, or where it is quiet then the moment at which that ends."""
        today = wall.shown(moment, zone).date()
        for day in (today - timedelta(days=1), today):
            begins = wall.moment(datetime.combine(day, self.begins), zone)
            until = day if self.begins < self.ends else day + timedelta(days=1)
            ends = wall.moment(datetime.combine(until, self.ends), zone)
            if begins <= moment < ends:
                # Where a gap of the clock swallows what lies between, the next quiet begins as this one ends.
                return self.end(ends, zone)
        return moment


def parse(text: str) -> Quiet | None:
    """None for "none" or nothing. Raises ValueError with a sentence."""
    if text.strip().lower() in ("", NONE):
        return None
    found = _HOURS.fullmatch(text.strip())
    if not found:
        raise ValueError(said("“%(text)s” is no span of the day such as 22:00-07:00.", text=text[:60]))
    first, second, third, fourth = map(int, found.groups())
    quiet = Quiet(time(first, second), time(third, fourth))
    if quiet.begins == quiet.ends:
        raise ValueError(said("From %(time)s to %(time)s nothing is quiet.", time=f"{quiet.begins:%H:%M}"))
    return quiet


def end(account: PlatformAccount, moment: datetime) -> datetime:
    """The moment itself, or the end of the account's quiet hours that it falls into."""
    quiet = parse(account.quiet_hours)
    return quiet.end(moment, zones.of(account)) if quiet else moment


def shown(account: PlatformAccount, moment: datetime) -> time:
    """The time of day on the account's wall."""
    return wall.shown(moment, zones.of(account)).time()
