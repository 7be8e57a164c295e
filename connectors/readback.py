"""Reading a place back: is one of its posts the one we sent?

A post is known by its marker, the link that only this post carries; one without a link is known by its whole text. A
post that is shown without what it could be known by is not somebody else's: it may be ours.
"""

import contextlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from connectors.base import Outgoing
from connectors.errors import AccountBlocked, ConnectorError, Evidence, OutcomeUnknown, RateLimited, TokenInvalid

#: What may not follow a marker: a character that would make it a longer link. A full stop ends a sentence unless a
#: letter follows it. ASCII only: a link ends where Chinese or an emoji begins, without a space.
_GOES_ON = r"(?![\w/=&#%~+-]|[.,:;!?@]\w)"
#: How far the platform's clock may be behind ours. A marker is unique, so there an hour costs nothing; the same words
#: may well have been posted an hour ago.
_SLACK_BY_MARKER = timedelta(hours=1)
_SLACK_BY_TEXT = timedelta(minutes=3)
#: So much further back is looked before a post counts as absent: our own clock may have been ahead when it was sent,
#: by as much as a zone where the machine's clock was set to local time.
_AHEAD = timedelta(hours=15)


def holds(text: str, marker: str) -> bool:
    """Is the marker in the text as a whole? ``/go/ab1`` is not in ``/go/ab12``."""
    if not marker:
        return False
    starts = r"(?<!\w)" if re.match(r"\w", marker) else ""
    ends = _GOES_ON if re.search(r"[\w=]$", marker) else ""
    return re.search(starts + re.escape(marker) + ends, text, re.ASCII) is not None


def same_text(one: str, other: str) -> bool:
    """Do two texts read alike? Platforms trim ends and rewrite line breaks and composed letters."""
    return bool(one.strip()) and _plain(one) == _plain(other)


def is_ours(outgoing: Outgoing, text: str, links: Iterable[str] = ()) -> bool:
    """Is a post with this text and these attached links the one we sent?"""
    if outgoing.marker:
        return any(holds(candidate, outgoing.marker) for candidate in (text, *links))
    return same_text(outgoing.text, text)


def look_back_to(outgoing: Outgoing) -> datetime | None:
    """The moment before which the post cannot be, allowing for clocks that differ; None when it was never sent."""
    if outgoing.sent_at is None:
        return None
    return outgoing.sent_at - (_SLACK_BY_MARKER if outgoing.marker else _SLACK_BY_TEXT)


def look_far_back_to(outgoing: Outgoing) -> datetime | None:
    """Where reading ends before it is said that the post is not there; None when it was never sent.

    A marker found there is ours. The same words there are perhaps: they prove neither.
    """
    return outgoing.sent_at - _AHEAD if outgoing.sent_at else None


def moment_of(stamp: object) -> datetime | None:
    """A moment as platforms write it, such as 2019-08-12T03:45:11+0000; None where none can be read."""
    try:
        moment = datetime.fromisoformat(str(stamp))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def made_before(outgoing: Outgoing, moment: datetime | None) -> bool:
    """True if a post of that moment existed before our first try: then it is not ours and need not be compared."""
    return bool(outgoing.sent_at and moment and moment < outgoing.sent_at - _SLACK_BY_TEXT)


@contextlib.contextmanager
def undecided() -> Iterator[None]:
    """Whatever keeps us from looking leaves the outcome unknown, with the platform's evidence.

    What concerns the account as a whole (its token, its limits, a block) is passed on as it is.
    """
    try:
        yield
    except (OutcomeUnknown, TokenInvalid, RateLimited, AccountBlocked):
        raise
    except ConnectorError as error:
        evidence: Evidence = {"http_status": error.http_status, "code": error.code, "detail": error.detail}
        raise OutcomeUnknown(f"Could not look whether it is out: {error.message}", **evidence) from error


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
