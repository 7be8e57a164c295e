"""What stands when: an entry for each item and time, with the posts that go, or went, at that time."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Q, QuerySet

from social_queue import states
from social_queue.models import ItemStatus, Post, PostStatus, QueueItem

#: An entry's state is that of an item, or this: nobody can tell yet whether it is out.
UNDECIDED = PostStatus.UNKNOWN
STATES = (*ItemStatus, UNDECIDED)
#: What an editor typed in; the rest of the source is the person's name.
BY_HAND = "admin:"
#: Posts of an item that are so near in time are one entry.
_TOGETHER = timedelta(minutes=30)
_WITHOUT_POSTS = (ItemStatus.DRAFT, ItemStatus.SKIPPED, ItemStatus.CANCELLED)
_NOT_OUT = [status for status in PostStatus if status != PostStatus.PUBLISHED]
_OPEN_STATES = (ItemStatus.READY, ItemStatus.DRAFT, ItemStatus.SKIPPED)


@dataclass(frozen=True)
class Wish:
    """What shall be seen: of one account, in one state, from one source; empty is all of it but what is cancelled."""

    account: int | None = None
    state: str = ""
    source: str = ""


class Standing(NamedTuple):
    """A post, as far as the calendar needs it."""

    item: int
    account: int
    status: str
    attempts: int
    at: datetime


@dataclass
class Entry:
    """An item at a time. ``details`` fills in the words, for those that are shown."""

    item: int
    at: datetime
    state: str
    posts: list[Standing] = field(default_factory=list)
    title: str = ""
    planned: datetime | None = None
    movable: bool = False


def between(begins: datetime, ends: datetime, wish: Wish) -> list[Entry]:
    """The entries from ``begins`` to before ``ends``, in order; three queries, however many there are."""
    entries = [*_of_posts(begins, ends, wish), *_of_items(begins, ends, wish)]
    if wish.state:
        entries = [entry for entry in entries if entry.state == wish.state]
    else:
        entries = [entry for entry in entries if entry.state != ItemStatus.CANCELLED]
    return sorted(entries, key=lambda entry: (entry.at, entry.item))


def details(entries: Iterable[Entry]) -> None:
    """Title, plan, and whether nobody has claimed anything of it yet; two queries."""
    by_item: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_item[entry.item].append(entry)
    touched = set(
        Post.objects.filter(item__in=by_item, attempts_made__gt=0).order_by().values_list("item", flat=True).distinct()
    )
    rows = QueueItem.objects.filter(pk__in=by_item).order_by().values_list("pk", "title", "publish_at")
    for number, title, planned in rows:
        for entry in by_item[number]:
            entry.title, entry.planned = title, planned
            entry.movable = number not in touched and entry.state in _OPEN_STATES


def _of_posts(begins: datetime, ends: datetime, wish: Wish) -> list[Entry]:
    waiting = Post.objects.filter(status__in=_NOT_OUT, not_before__gte=begins, not_before__lt=ends)
    out = Post.objects.filter(status=PostStatus.PUBLISHED, published_at__gte=begins, published_at__lt=ends)
    by_item: dict[int, list[Standing]] = defaultdict(list)
    for rows, at in ((waiting, "not_before"), (out, "published_at")):
        chosen = _chosen(rows, wish, account="account", source="item__source")
        for row in chosen.order_by().values_list("item", "account", "status", "attempts_made", at):
            by_item[row[0]].append(Standing(*row))
    return [entry for posts in by_item.values() for entry in _entries(posts)]


def _entries(posts: list[Standing]) -> list[Entry]:
    posts.sort(key=lambda post: post.at)
    groups: list[list[Standing]] = []
    for post in posts:
        if groups and post.at - groups[-1][0].at <= _TOGETHER:
            groups[-1].append(post)
        else:
            groups.append([post])
    return [Entry(group[0].item, group[0].at, _state(group), group) for group in groups]


def _state(posts: list[Standing]) -> str:
    if any(post.status == PostStatus.UNKNOWN for post in posts):
        return UNDECIDED
    return states.verdict((post.status, post.attempts) for post in posts)


def _of_items(begins: datetime, ends: datetime, wish: Wish) -> list[Entry]:
    if wish.account is not None:
        # Which accounts it will be for is decided when it gets its posts.
        return []
    rows = QueueItem.objects.filter(status__in=_WITHOUT_POSTS, publish_at__gte=begins, publish_at__lt=ends, posts=None)
    # Where a draft goes that is for the next slots, nobody knows before it is let go.
    rows = rows.exclude(status=ItemStatus.DRAFT, next_slot=True)
    chosen = _chosen(rows, wish, account="", source="source").order_by()
    return [Entry(number, at, state) for number, at, state in chosen.values_list("pk", "publish_at", "status")]


def _chosen(rows: QuerySet, wish: Wish, *, account: str, source: str) -> QuerySet:
    asked = Q()
    if wish.account is not None and account:
        asked &= Q(**{account: wish.account})
    if wish.source == BY_HAND:
        asked &= Q(**{f"{source}__startswith": BY_HAND})
    elif wish.source:
        asked &= Q(**{source: wish.source})
    return rows.filter(asked)
