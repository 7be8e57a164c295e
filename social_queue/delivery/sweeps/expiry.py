"""Cancels posts whose item has expired, when they are claimed or while their account may not post."""

from datetime import datetime

from social_queue import states
from social_queue.alerts import ledger
from social_queue.models import Post, PostStatus, QueueItem
from social_queue.workings.deadlocks import again, atomic


def cancel_expired(now: datetime) -> int:
    """Cancel expired posts that nobody claims, their accounts being stopped or resting. Returns how many."""
    open_items = [QueueItem.Status.READY, QueueItem.Status.POSTING]
    expired = Post.objects.filter(
        status=PostStatus.PENDING, item__status__in=open_items, item__publish_at__lte=now, item__expires_at__lte=now
    )
    return sum(_cancel_expired(post, now) for post in expired.select_related("account", "item")[:500])


@again
def _cancel_expired(post: Post, now: datetime) -> bool:
    with atomic(post):
        return too_late(post, now)


def too_late(post: Post, now: datetime) -> bool:
    """Cancel a pending post whose item has expired, in the caller's transaction. False if the post had changed."""
    cancelled = {"error_kind": "too_late", "error": "Too late: it expired."}
    moved = states.move(post, PostStatus.CANCELLED, attempt=post.attempts_made, **cancelled)
    if moved and post.attempts_made:
        ledger.resolve_post(post, now=now)
    return moved
