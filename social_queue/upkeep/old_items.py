"""Taking away items that are long finished, with their posts and attempts, where a site wants that."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from time import monotonic

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from social_queue.media import strays
from social_queue.models import Attempt, Errand, ItemStatus, Part, Post, PostStatus, QueueItem
from social_queue.workings.clearing import SHARE_OF_A_TASK, group
from social_queue.workings.deadlocks import again

#: What floors above keep of posts that go: function(ids of posts, now), called in the transaction that removes them.
_keepers: list[Callable[[Collection[int], datetime], None]] = []

_FINISHED = (ItemStatus.POSTED, ItemStatus.PARTIAL, ItemStatus.FAILED, ItemStatus.SKIPPED, ItemStatus.CANCELLED)
_OPEN = [status for status in ItemStatus if status not in _FINISHED]
_SETTLED = (PostStatus.PUBLISHED, PostStatus.FAILED, PostStatus.CANCELLED, PostStatus.RECALLED)
#: Items of one transaction. With their posts and attempts fifty take a tenth of a second, in which nobody else writes
#: on SQLite.
_AT_ONCE = 50


def register(keep: Callable[[Collection[int], datetime], None]) -> None:
    """Let a floor above keep what it needs of posts before they go."""
    _keepers.append(keep)


def prune(now: datetime) -> int:
    """Remove what was finished KEEP_ITEMS_DAYS ago, as much as there is time for; 0 keeps everything.

    Returns how many items went.
    """
    if not settings.KEEP_ITEMS_DAYS:
        return 0
    before, ends = now - timedelta(days=settings.KEEP_ITEMS_DAYS), monotonic() + settings.Q_TIMEOUT * SHARE_OF_A_TASK
    gone = last = 0
    pictures: set[str] = set()
    while monotonic() < ends:
        if not (batch := _next(before, last)):
            break
        with group():
            items, theirs = _remove(batch, before, now)
        gone, last = gone + items, batch[-1]
        pictures |= theirs
    strays.remove(pictures)
    return gone


def _next(before: datetime, last: int) -> list[int]:
    """Some that may go, after the last, in the order of their numbers."""
    rows = _old(before).filter(pk__gt=last).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:_AT_ONCE])


def _old(before: datetime) -> QuerySet[QueueItem]:
    """Nothing of them is open, was touched since, or went out since; nor is anything to be done with what is out."""
    moving = Post.objects.filter(item=OuterRef("pk")).filter(~Q(status__in=_SETTLED) | Q(published_at__gte=before))
    below = Part.objects.filter(post__item=OuterRef("pk")).filter(_is_open() | Q(published_at__gte=before))
    errands = Errand.objects.filter(post__item=OuterRef("pk")).filter(Q(ended_at=None) | Q(ended_at__gte=before))
    tries = Attempt.objects.filter(post__item=OuterRef("pk"), ended_at__gte=before)
    # Asked for those that are finished, SQLite would read all of them for each few: nobody runs ANALYZE there.
    rows = QueueItem.objects.exclude(status__in=_OPEN)
    rows = rows.filter(publish_at__lt=before, updated_at__lt=before, created_at__lt=before)
    return rows.exclude(Exists(moving) | Exists(below) | Exists(errands) | Exists(tries))


def _is_open() -> Q:
    """Parts that go on by themselves or by somebody's word. One without a time waits for whatever stands before it."""
    waits = Q(status=PostStatus.PENDING, not_before__isnull=False)
    return waits | Q(status__in=[PostStatus.PUBLISHING, PostStatus.UNKNOWN])


@again
def _remove(batch: list[int], before: datetime, now: datetime) -> tuple[int, set[str]]:
    """How many went, and the names of the pictures that were uploaded for them alone, as far as they know."""
    with transaction.atomic():
        # Locked, and looked at once more: somebody may have pressed Retry a moment ago.
        list(Post.objects.select_for_update().filter(item__in=batch).order_by("pk").values_list("pk"))
        rows = _old(before).filter(pk__in=batch).values_list("pk", "image", "status")
        # A status that a later version added is none of these.
        images = {pk: image for pk, image, status in rows if status in _FINISHED}
        items = list(images)
        posts = list(Post.objects.filter(item__in=items).values_list("pk", flat=True))
        for keep in _keepers:
            keep(posts, now)
        QueueItem.objects.filter(pk__in=items).delete()
    return len(items), {name for name in images.values() if name.startswith("items/")}
