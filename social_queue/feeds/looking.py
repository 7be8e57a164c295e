"""Looking at feeds: what is due, all at once on the network, then one after the other into the queue.

A look that dies leaves its feed due again in a few minutes. Each entry is written down after its items, and its items
have keys made of it, so doing it again makes nothing twice.
"""

import logging
import secrets
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from django.db import DatabaseError, InterfaceError, OperationalError
from django.db.models import F, Q

from social_queue.alerts import ledger
from social_queue.feeds import asking, judging
from social_queue.feeds.asking import Answer, Trouble
from social_queue.feeds.judging import BAD, KNOWN, NEW
from social_queue.models import AlertKind, Feed
from social_queue.sentences import said

logger = logging.getLogger(__name__)

#: One tick looks at so many; the rest is due still at the next.
_AT_ONCE = 8
_CLAIMED = timedelta(minutes=5)
#: After failures in a row the pause grows, up to this.
_LONGEST_PAUSE = timedelta(hours=24)
_MOST_DOUBLINGS = 5
#: So many passing failures in a row are worth an alert.
_TELL_AFTER = 3
_SHOWN_BAD = 3

Look = tuple[Feed, Answer | Trouble | Exception]


def fetch_due(*, clock: Callable[[], datetime]) -> dict[str, Counter[str]]:
    """Look at the feeds that are due; {slug: counts of new, known and bad entries}."""
    claimed = _claim(clock())
    with ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="feed") as pool:
        looks: Iterable[Look] = list(pool.map(_ask, claimed))
    return {feed.slug: _finish(feed, answer, now=clock()) for feed, answer in looks}


def fetch(feed: Feed, *, clock: Callable[[], datetime]) -> Counter[str]:
    """Look at this one now, due or not."""
    return _finish(*_ask(feed), now=clock())


def _claim(now: datetime) -> list[Feed]:
    due = Feed.objects.filter(Q(next_look_at=None) | Q(next_look_at__lte=now), paused=False)
    mine = []
    # Where no time sorts last, a new one would wait for as long as others are due.
    for feed in due.order_by(F("next_look_at").asc(nulls_first=True), "pk")[:_AT_ONCE]:
        still = Feed.objects.filter(pk=feed.pk, next_look_at=feed.next_look_at, paused=False)
        if still.update(next_look_at=now + _CLAIMED):
            mine.append(feed)
    return mine


def _ask(feed: Feed) -> Look:
    """In a thread of its own; asks no database. Whatever is wrong with one feed, the others go on."""
    try:
        return feed, asking.ask(feed)
    except Trouble as trouble:
        return feed, trouble
    except Exception as fault:  # a feed that no parser has met yet
        logger.exception("feed %s: reading it failed", feed.slug)
        return feed, fault


def _finish(feed: Feed, answer: Answer | Trouble | Exception, *, now: datetime) -> Counter[str]:
    counts: Counter[str] = Counter({NEW: 0, KNOWN: 0, BAD: 0})
    try:
        if isinstance(answer, Answer):
            counts.update(_take(feed, answer, now=now))
        elif isinstance(answer, Trouble):
            _failed(feed, answer, now=now)
        else:
            told = said("Autopost itself stumbled over it: %(kind)s.", kind=type(answer).__name__)
            _failed(feed, Trouble(told, passing=False), now=now)
    except (OperationalError, InterfaceError):
        raise
    except (DatabaseError, ValueError):  # drivers give either for a text that can't be kept
        logger.exception("feed %s: its entries could not be written", feed.slug)
    return counts


def _take(feed: Feed, answer: Answer, *, now: datetime) -> Counter[str]:
    counts: Counter[str] = Counter()
    values: dict[str, object] = {"failures": 0, "error": "", "looked_at": now, "next_look_at": _next(feed, now)}
    if answer.found is None:
        judging.still_shown(feed, now=now)
        counts[KNOWN] = feed.last_new + feed.last_known
        _write(feed, values | {"last_new": 0, "last_known": counts[KNOWN]})
        ledger.resolve(AlertKind.FEED_TROUBLE, about=f"feed:{feed.slug}", now=now)
        return counts
    bad = judging.lay_all(feed, answer.found.entries, counts, now=now)
    # Bad ones are tried again each time: what is wrong may be on our side, or mended without a new date.
    again = {"etag": "", "last_modified": ""} if bad else {"etag": answer.etag, "last_modified": answer.last_modified}
    values |= again | {"notes": [str(note) for note in answer.found.notes]}
    values |= {"last_new": counts[NEW], "last_known": counts[KNOWN], "last_bad": counts[BAD]}
    if bad:
        shown = " · ".join(f"“{title}”: {why}" for title, why in bad[:_SHOWN_BAD])
        told = said("%(count)s of its entries can't be used: %(which)s", count=len(bad), which=shown)
        values["error"] = str(told)
        _tell(feed, told, now=now)
    else:
        ledger.resolve(AlertKind.FEED_TROUBLE, about=f"feed:{feed.slug}", now=now)
    _write(feed, values)
    return counts


def _failed(feed: Feed, trouble: Trouble, *, now: datetime) -> None:
    failures = min(feed.failures + 1, 1000)
    told = trouble.sentence
    if trouble.http_status == asking.GONE:
        told = said("It is gone for good (HTTP 410): the feed was paused.")
    values: dict[str, object] = {"failures": failures, "error": str(told), "looked_at": now}
    pause = timedelta(minutes=feed.every_minutes) * 2 ** min(failures - 1, _MOST_DOUBLINGS)
    values["next_look_at"] = now + max(min(pause, _LONGEST_PAUSE), timedelta(minutes=feed.every_minutes))
    if trouble.http_status == asking.GONE:
        values["paused"] = True
    _write(feed, values)
    logger.warning("feed %s: %s", feed.slug, told)
    if not trouble.passing or failures >= _TELL_AFTER:
        _tell(feed, told, now=now)


def _tell(feed: Feed, sentence: str, *, now: datetime) -> None:
    """One alert a feed, until a look goes well."""
    reason = f"Feed {feed.slug}: {sentence}"[:1000]
    ledger.keep(AlertKind.FEED_TROUBLE, about=f"feed:{feed.slug}", reason=reason, now=now)


def _next(feed: Feed, now: datetime) -> datetime:
    """A tenth earlier or later, so that a hundred feeds are not asked in the same second."""
    seconds = 60 * feed.every_minutes
    return now + timedelta(seconds=seconds * (900 + secrets.randbelow(201)) / 1000)


def _write(feed: Feed, values: dict[str, object]) -> None:
    # What came of a look says nothing of the address that it was given meanwhile.
    Feed.objects.filter(pk=feed.pk, url=feed.url).update(**values)
    for name, value in values.items():
        setattr(feed, name, value)
