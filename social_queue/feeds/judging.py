"""Which entries of a feed are new, and what becomes of each: written down after its items, so nothing is lost."""

from collections import Counter
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, QuerySet

from social_queue.feeds import entries, laying
from social_queue.feeds.entries import Entry
from social_queue.models import Feed, FeedEntry
from social_queue.sentences import said

NEW, KNOWN, BAD = "new", "known", "bad"
_A_DAY = timedelta(days=1)
_LONGEST_TITLE = 300


def lay_all(feed: Feed, found: tuple[Entry, ...], counts: Counter[str], *, now: datetime) -> list[tuple[str, str]]:
    """Every entry that is not known yet, the oldest first; (title, why) of those that can't be used."""
    nameless = [entry for entry in found if not entry.key]
    named = {entry.key: entry for entry in reversed(found) if entry.key}
    known = _known(feed, list(named), now=now)
    fresh = [entry for key, entry in named.items() if key not in known]
    if feed.begun_at is None:
        fresh = _begin(feed, fresh, counts, now=now)
    counts[KNOWN] += len(known)
    bad: list[tuple[str, str]] = [("", said("It has neither an id nor a link nor a title.")) for _entry in nameless]
    for entry in fresh:
        laid = laying.lay(feed, entry, now=now)
        title = entry.title[:_LONGEST_TITLE]
        seen = {"title": title, "item": laid.item, "error": laid.error, "last_seen_at": now}
        FeedEntry.objects.update_or_create(
            feed=feed, key=entry.key, defaults=seen, create_defaults=seen | {"first_seen_at": now}
        )
        counts[BAD if laid.error else NEW] += 1
        bad += [(title, laid.error)] if laid.error else []
    counts[BAD] += len(nameless)
    return bad


def still_shown(feed: Feed, *, now: datetime) -> None:
    """It says nothing new, so it shows what it showed: what was seen within a day of the last that was."""
    rows = FeedEntry.objects.filter(feed=feed)
    if last := rows.aggregate(last=Max("last_seen_at"))["last"]:
        _seen(rows.filter(last_seen_at__gte=last - _A_DAY), now)


def _known(feed: Feed, keys: list[str], *, now: datetime) -> set[str]:
    """Those that were seen and are done with; they are marked as seen again, once a day."""
    rows = FeedEntry.objects.filter(feed=feed, key__in=keys)
    _seen(rows, now)
    return set(rows.filter(error="").values_list("key", flat=True))


def _seen(rows: QuerySet[FeedEntry], now: datetime) -> None:
    rows.filter(last_seen_at__lt=now - _A_DAY).update(last_seen_at=now)


def _begin(feed: Feed, fresh: list[Entry], counts: Counter[str], *, now: datetime) -> list[Entry]:
    """The first look: the newest become items, the others count as known from here on, in one step."""
    newest = entries.newest_first(fresh[::-1])[: feed.newest]
    old = [entry for entry in fresh if entry not in newest]
    rows = [
        FeedEntry(feed=feed, key=one.key, title=one.title[:_LONGEST_TITLE], first_seen_at=now, last_seen_at=now)
        for one in old
    ]
    with transaction.atomic():
        FeedEntry.objects.bulk_create(rows, ignore_conflicts=True, batch_size=200)
        Feed.objects.filter(pk=feed.pk, url=feed.url).update(begun_at=now)
    feed.begun_at = now
    counts[KNOWN] += len(old)
    return newest[::-1]
