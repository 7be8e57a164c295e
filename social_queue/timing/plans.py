"""What an account's timetable may say, read from text that people type: the clean text, or a sentence why not."""

from collections.abc import Callable

from social_queue.models import PlatformAccount
from social_queue.sentences import said
from social_queue.timing import quiet, weekly, zones

NONE = "none"
_MOST_DIGITS = 9
LONGEST_LATE = 60 * 24 * 31


def zone(text: str) -> str:
    """An IANA name; "" means the site's zone."""
    return str(zones.named(text.strip())) if text.strip() else ""


def slots(text: str) -> str:
    """Weekly slots in their shortest form; "" for none."""
    return weekly.written(weekly.parse(text))


def quiet_hours(text: str) -> str:
    """A span of the day; "" for none."""
    found = quiet.parse(text)
    return str(found) if found else ""


def late_policy(text: str) -> str:
    """What becomes of what was missed."""
    known = PlatformAccount.LatePolicy.values
    if text.strip().lower() not in known:
        raise ValueError(said("“%(text)s” is none of %(known)s.", text=text[:60], known=", ".join(known)))
    return text.strip().lower()


def late_after(text: str) -> int:
    """Minutes."""
    minutes = number(text.strip())
    if minutes is None or not 1 <= minutes <= LONGEST_LATE:
        raise ValueError(said("must be a number of minutes from 1 to %(most)s.", most=LONGEST_LATE))
    return minutes


def number(text: str) -> int | None:
    """A whole number as it stands there, all of its digits; None where it is none, or of more than a column holds."""
    digits = text.lstrip("0") or text[-1:]
    return int(digits) if text.isdecimal() and len(digits) <= _MOST_DIGITS else None


#: Column of an account: how its text is read.
READERS: dict[str, Callable[[str], object]] = {
    "zone": zone,
    "slots": slots,
    "quiet_hours": quiet_hours,
    "late_policy": late_policy,
    "late_after": late_after,
}


def clash(account: PlatformAccount) -> str:
    """A sentence when no slot of the account lies outside its quiet hours."""
    places, silent = weekly.parse(account.slots), quiet.parse(account.quiet_hours)
    if places and silent and all(silent.holds(place.time) for place in places):
        return said("Every slot falls into the quiet hours %(hours)s.", hours=silent)
    return ""
