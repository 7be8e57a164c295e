"""The zone an account lives in: its own, or else the site's."""

import difflib
import functools
import zoneinfo
from collections.abc import Iterable
from datetime import tzinfo

from django.utils import timezone

from social_queue.models import PlatformAccount
from social_queue.sentences import said

#: Names that the machine has beside those of places.
_NO_PLACES = ("posix/", "right/", "SystemV/")
_NO_NAMES = {"localtime", "posixrules", "Factory"}


def named(name: str) -> zoneinfo.ZoneInfo:
    """The zone of an IANA name. Raises ValueError with a sentence that names the nearest one."""
    if name in known():
        return zoneinfo.ZoneInfo(name)
    if near := nearest(name):
        raise ValueError(said("There is no zone %(name)s; did you mean %(near)s?", name=name[:100], near=near))
    raise ValueError(said("There is no zone %(name)s; one is called like Asia/Jakarta.", name=name[:100]))


@functools.cache
def known() -> frozenset[str]:
    """Every name there is."""
    names = zoneinfo.available_timezones() - _NO_NAMES
    return frozenset(name for name in names if not name.startswith(_NO_PLACES))


def nearest(name: str) -> str:
    """The name most like this one, whatever its case, with or without the continent; "" when none is."""
    wanted = name.strip().lower().replace(" ", "_")[:100]
    whole = {full.lower(): full for full in sorted(known())}
    if wanted in whole:
        return whole[wanted]
    cities: dict[str, str] = {}
    for full in sorted(known(), key=lambda full: (full.startswith(("Etc/", "US/")), full)):
        cities.setdefault(full.rpartition("/")[2].lower(), full)
    city = wanted.rpartition("/")[2]
    if city in cities:
        return cities[city]
    for word, names in ((wanted, whole), (city, cities)):
        if near := difflib.get_close_matches(word, names, n=1, cutoff=0.7):
            return names[near[0]]
    near = difflib.get_close_matches(wanted, whole, n=1, cutoff=0.4)
    return whole[near[0]] if near else ""


def of(account: PlatformAccount) -> tzinfo:
    """The zone of the account. A name that this machine's tz database lacks falls back to the site's."""
    return named(account.zone) if account.zone and account.zone in known() else timezone.get_default_timezone()


def shared(accounts: Iterable[PlatformAccount]) -> tzinfo:
    """The zone of all of them when they share one, else the site's."""
    found = {str(zone): zone for zone in map(of, accounts)}
    return next(iter(found.values())) if len(found) == 1 else timezone.get_default_timezone()
