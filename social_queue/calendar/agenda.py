"""What stands when: an entry for each item and time, with the posts that go, or went, at that time."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from social_queue import states
from social_queue.models import ItemStatus, Post, PostStatus, QueueItem
from social_queue.timing import rules_in_words

#: An entry's state is that of an item, or this: nobody can tell yet whether it is out.
UNDECIDED = PostStatus.UNKNOWN
STATES = (*ItemStatus, UNDECIDED)
#: What an editor typed in; the rest of the source is the person's name.
BY_HAND = "admin:"
#: Posts of an item that are so near in time are one entry.
_TOGETHER = timedelta(minutes=30)
_WITHOUT_POSTS = (ItemStatus.DRAFT, ItemStatus.SKIPPED, ItemStatus.CANCELLED)
_WAITS, _OUT = (PostStatus.PENDING,), (PostStatus.PUBLISHED,)
_TROUBLED = tuple(status for status in PostStatus if status not in (*_WAITS, *_OUT))
#: Of the posts of an entry in a state at least one has one of these.
_MARKS: dict[str, tuple[str, ...]] = defaultdict(tuple) | {
    "": (*_WAITS, PostStatus.PUBLISHING, PostStatus.UNKNOWN, PostStatus.FAILED, *_OUT),
    ItemStatus.READY: _WAITS,
    ItemStatus.POSTING: (*_WAITS, PostStatus.PUBLISHING),
    UNDECIDED: (PostStatus.UNKNOWN,),
    ItemStatus.POSTED: _OUT,
    ItemStatus.PARTIAL: (PostStatus.FAILED,),
    ItemStatus.FAILED: (PostStatus.FAILED,),
    ItemStatus.CANCELLED: (PostStatus.CANCELLED, PostStatus.RECALLED),
}
_OPEN_STATES = (ItemStatus.READY, ItemStatus.DRAFT, ItemStatus.SKIPPED)


#: From a moment to before another.
Span = tuple[datetime, datetime]


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
    """An item at a time. ``details`` fills in the words, how it repeats among them, for those that are shown."""

    item: int
    at: datetime
    state: str
    posts: list[Standing] = field(default_factory=list)
    title: str = ""
    planned: datetime | None = None
    movable: bool = False
    repeats: str = ""


@dataclass(frozen=True)
class Kind:
    """Rows of one kind in the order of their time: first of each is the item's number, last the time.

    ``once``: no item has two of them.
    """

    rows: QuerySet
    at: str
    once: bool

    def within(self, begin: datetime, end: datetime) -> QuerySet:
        """From a moment to before another."""
        return self.rows.filter(**{f"{self.at}__gte": begin, f"{self.at}__lt": end})


def posts(wish: Wish) -> list[Kind]:
    """Item and time of the posts that an entry in the wished state must have."""
    found = []
    for statuses, at in ((_WAITS, "not_before"), (_TROUBLED, "not_before"), (_OUT, "published_at")):
        if marks := [status for status in statuses if status in _MARKS[wish.state]]:
            # What is out is found by its time: given its status, a database that never counted reads all that is out.
            others = [status for status in PostStatus if status not in marks]
            rows = (
                Post.objects.exclude(status__in=others)
                if at == "published_at"
                else Post.objects.filter(status__in=marks)
            )
            rows = _chosen(rows, wish, account="account", source="item__source")
            found.append(Kind(rows.order_by(at, "pk").values_list("item", at), at, once=wish.account is not None))
    return found


def entries_of(items: Collection[int], spans: Sequence[Span], wish: Wish) -> list[Entry]:
    """An entry for each of these items and each time of its posts within the days."""
    begins, ends = spans[0][0], spans[-1][1]
    rows = _chosen(Post.objects.filter(item__in=items), wish, account="account", source="").order_by()
    by_item: dict[int, list[Standing]] = defaultdict(list)
    told = rows.values_list("item", "account", "status", "attempts_made", "not_before", "published_at")
    for item, account, status, attempts, planned, out in told.iterator():
        at = out if status == PostStatus.PUBLISHED else planned
        if at and begins <= at < ends:
            by_item[item].append(Standing(item, account, status, attempts, at))
    return [entry for posts in by_item.values() for entry in _entries(posts)]


def without_posts(wish: Wish) -> list[Kind]:
    """Number, state and time of items that have no posts, or none yet."""
    states = [state for state in _WITHOUT_POSTS if state == (wish.state or state)]
    if wish.account is not None or not states:
        # Which accounts it will be for is decided when it gets its posts.
        return []
    if not wish.state:
        states.remove(ItemStatus.CANCELLED)
    rows = QueueItem.objects.filter(~Exists(Post.objects.filter(item=OuterRef("pk"))), status__in=states)
    # Where a draft goes that is for the next slots, nobody knows before it is let go.
    rows = rows.exclude(status=ItemStatus.DRAFT, next_slot=True)
    chosen = _chosen(rows, wish, account="", source="source").order_by("publish_at", "pk")
    return [Kind(chosen.values_list("pk", "status", "publish_at"), "publish_at", once=True)]


def details(entries: Iterable[Entry]) -> None:
    """Title, plan, whether nobody has claimed anything of it yet, and how it repeats; three queries at most."""
    by_item: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_item[entry.item].append(entry)
    touched = set(
        Post.objects.filter(item__in=by_item, attempts_made__gt=0).order_by().values_list("item", flat=True).distinct()
    )
    rows = QueueItem.objects.filter(pk__in=by_item).order_by().values_list("pk", "title", "publish_at", "series")
    words = rules_in_words.of_many({series for *_item, series in rows if series})
    for number, title, planned, series in rows:
        for entry in by_item[number]:
            entry.title, entry.planned, entry.repeats = title, planned, words.get(series, "")
            entry.movable = number not in touched and entry.state in _OPEN_STATES


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


def _chosen(rows: QuerySet, wish: Wish, *, account: str, source: str) -> QuerySet:
    asked = Q()
    if wish.account is not None and account:
        asked &= Q(**{account: wish.account})
    if not source:
        return rows.filter(asked)
    if wish.source == BY_HAND:
        asked &= Q(**{f"{source}__startswith": BY_HAND})
    elif wish.source:
        asked &= Q(**{source: wish.source})
    return rows.filter(asked)
