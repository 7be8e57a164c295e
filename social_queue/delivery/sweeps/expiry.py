"""Cancels posts that have expired or were asked back, when they are claimed or while their account may not post."""

from datetime import datetime

from social_queue import states
from social_queue.alerts import ledger
from social_queue.models import Errand, Post, PostStatus, QueueItem
from social_queue.part_states import ASKED_BACK
from social_queue.sentences import said
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
    cancelled = {"error_kind": "too_late", "error": said("Too late: it expired.")}
    moved = states.move(post, PostStatus.CANCELLED, attempt=post.attempts_made, **cancelled)
    if moved and post.attempts_made:
        ledger.resolve_post(post, now=now)
    return moved


def cancel_asked_back(now: datetime) -> int:
    """Cancel what was asked back while it was under way and is not out after all. Returns how many."""
    over = Errand.objects.filter(kind=Errand.Kind.RECALL, ended_at=None).exclude(
        post__status__in=[PostStatus.PUBLISHED, PostStatus.PUBLISHING, PostStatus.UNKNOWN]
    )
    return sum(_cancel_asked_back(errand.post, now) for errand in over.select_related("post__account")[:500])


@again
def _cancel_asked_back(post: Post, now: datetime) -> bool:
    with atomic(post):
        return asked_back(post, now)


def asked_back(post: Post, now: datetime) -> bool:
    """Cancel a post that somebody wants back and that is not out, in the caller's transaction. False if it is over."""
    Errand.objects.filter(open_key=f"{Errand.Kind.RECALL}:{post.pk}").update(ended_at=now, open_key=None)
    if post.status not in (PostStatus.PENDING, PostStatus.FAILED):
        return False
    cancelled = {"error_kind": ASKED_BACK, "error": said("It was asked back before it was out.")}
    moved = states.move(post, PostStatus.CANCELLED, attempt=post.attempts_made, **cancelled)
    if moved and post.attempts_made:
        ledger.resolve_post(post, now=now)
    return moved
