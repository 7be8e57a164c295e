"""Which posts are meant: by item, source, span of time, text or link, and what would become of them."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from django.db.models import BigIntegerField, Q, QuerySet

from social_queue.models import Post, PostStatus
from social_queue.operations.recalling.asking import NOT_OUT, PERHAPS_OUT


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
    named = {
        PostStatus.PUBLISHED: "deleted",
        PostStatus.PUBLISHING: "asked about first",
        PostStatus.UNKNOWN: "asked about first",
    }
    return Counter(named.get(PostStatus(post.status), "cancelled") for post in posts)
