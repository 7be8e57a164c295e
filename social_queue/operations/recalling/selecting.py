"""Which posts are meant: by item, source, span of time, text or link, and what becomes of them."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, Q, QuerySet

from social_queue.models import Post, PostStatus
from social_queue.operations.done import Done
from social_queue.operations.pressing import Pressing
from social_queue.operations.recalling import asking
from social_queue.operations.recalling.asking import NOT_OUT, PERHAPS_OUT

#: So often it is looked again; an edit and a claim each change a post once.
_LOOKS = 5


def selected(
    *,
    items: Iterable[int] = (),
    source: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    text: str = "",
    link: str = "",
) -> QuerySet[Post]:
    """The posts that all of it is true of: published, or planned, in that span; with that text or link in them."""
    rows = Post.objects.filter(status__in=[*NOT_OUT, *PERHAPS_OUT]).select_related("item", "account").order_by("pk")
    if items:
        # No row has a number beyond these, and SQLite takes none that is longer.
        rows = rows.filter(item__in=[number for number in items if 0 < number <= BigIntegerField.MAX_BIGINT])
    if source:
        rows = rows.filter(item__source=source)
    if since:
        rows = rows.filter(Q(published_at__gte=since) | Q(published_at=None, not_before__gte=since))
    if until:
        rows = rows.filter(Q(published_at__lt=until) | Q(published_at=None, not_before__lt=until))
    if text:
        rows = rows.filter(
            Q(caption__icontains=text) | Q(item__title__icontains=text) | Q(item__summary__icontains=text)
        )
    return rows.filter(Q(item__link__icontains=link) | Q(tracked_url__icontains=link)) if link else rows


def foreseen(posts: Iterable[Post]) -> Counter[str]:
    """How many would be cancelled, deleted, or asked about first."""
    return Counter(_foreseen(posts).values())


def _foreseen(posts: Iterable[Post]) -> dict[int, str]:
    named = {
        PostStatus.PUBLISHED: "deleted",
        PostStatus.PUBLISHING: "asked about first",
        PostStatus.UNKNOWN: "asked about first",
    }
    return {post.pk: named.get(PostStatus(post.status), "cancelled") for post in posts}


def open_still(**chosen: Any) -> list[Post]:
    """Those ``selected`` that are not being taken back already."""
    waiting = asking.waiting()
    return [post for post in selected(**chosen) if post.pk not in waiting]


def recall(*, now: datetime, **chosen: Any) -> tuple[Done, Counter[str]]:
    """Take back all that is meant, and how many of it are cancelled, deleted, or asked about first.

    It is looked for until nothing is left: what an edit lays down meanwhile is meant as well, and what went out
    meanwhile is deleted.
    """
    press, done, counts = Pressing(now), Done(), Counter[str]()
    for _look in range(_LOOKS):
        if not (posts := open_still(**chosen)):
            return Done(done.taken), counts
        before = _foreseen(posts)
        one = asking.recall(posts, now=now, press=press)
        taken = {*press.posts, *press.asked}
        counts += Counter(before[post.pk] for post in posts if post.pk in taken)
        done = Done(done.taken + one.taken, one.skipped)
    return done, counts
