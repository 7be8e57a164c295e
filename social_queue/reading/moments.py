"""Moments as they come in and go out: ISO 8601 text, in TIME_ZONE when it names no offset."""

import re
from datetime import UTC, datetime, tzinfo

from django.utils import timezone

from social_queue.reading import wall
from social_queue.sentences import said

_DATE = r"\d{4}-\d{2}-\d{2}|\d{8}|\d{4}-W\d{2}-\d|\d{4}W\d{3}"
_TIME = r"\d{2}(?::?\d{2}(?::?\d{2}(?:[.,]\d{1,9})?)?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?"
_DAY = re.compile(_DATE, re.IGNORECASE)
_ISO = re.compile(rf"(?:{_DATE})(?:[T ]{_TIME})?", re.IGNORECASE)
#: Databases and offsets reach no further; beyond it is a slip of the keyboard anyway.
LAST_YEAR = 9000


def parse(text: object, zone: tzinfo | None = None) -> datetime:
    """A moment in UTC from ISO 8601 text; a date alone is its midnight. Raises ValueError with a sentence.

    ``zone`` is that of a text without an offset, TIME_ZONE when left out.
    """
    if not isinstance(text, str):
        raise ValueError(said("must be ISO 8601 text, such as 2026-12-01T19:00:00+07:00."))
    if not _ISO.fullmatch(text.strip()) or not text.isascii():
        raise ValueError(said("is not ISO 8601, such as 2026-12-01T19:00:00+07:00."))
    try:
        moment = datetime.fromisoformat(text.strip().upper())
        if moment.tzinfo is None:
            moment = wall.moment(moment, zone or timezone.get_default_timezone())
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(said("is not a moment that exists.")) from None
    if moment.year > LAST_YEAR:
        raise ValueError(said("is too far away: the year must be at most %(last)s.", last=LAST_YEAR))
    return moment


def parse_last(text: object, zone: tzinfo | None = None) -> datetime:
    """The last moment that is meant: as `parse`, but a date alone is meant with all its hours."""
    if isinstance(text, str) and _DAY.fullmatch(text.strip()):
        text = f"{text.strip()}T23:59:59"
    return parse(text, zone)


def is_local(text: object) -> bool:
    """Is it the text of a moment that leaves the zone to whoever reads it?"""
    try:
        return isinstance(text, str) and datetime.fromisoformat(text.strip().upper()).tzinfo is None
    except ValueError:
        return False


def show(moment: datetime | None) -> str | None:
    """ISO 8601 in TIME_ZONE, ``Z`` for UTC; None stays None."""
    if moment is None:
        return None
    text = moment.astimezone(timezone.get_default_timezone()).isoformat()
    return f"{text.removesuffix('+00:00')}Z" if text.endswith("+00:00") else text
