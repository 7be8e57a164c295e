"""Deciding by hand whether an undecided post (status unknown) was published."""

from datetime import datetime

from connectors.base import Published
from social_queue import states
from social_queue.alerts import ledger
from social_queue.delivery.sweeps import namesakes, reconcile
from social_queue.models import Post, PostStatus
from social_queue.workings import kick
from social_queue.workings.deadlocks import again, atomic


@again
def confirm_published(post: Post, *, now: datetime, external_id: str = "", permalink: str = "") -> bool:
    """“I can see it”: an undecided post is out. Without an id, one says that a human saw it.

    False also for an id that is not its own.
    """
    if post.status != PostStatus.UNKNOWN or why_not_that_one(post, external_id):
        return False
    seen = Published(external_id or f"seen-{post.code}", permalink)
    return reconcile.found_out(post, seen, now=now) == PostStatus.PUBLISHED


def why_not_that_one(post: Post, external_id: str) -> str:
    """Why this post can't be the one with this id on the platform; "" where it can."""
    return namesakes.why_not_its_own(post, external_id)


@again
def deny_published(post: Post, *, now: datetime) -> bool:
    """“It is not there, send it”: an undecided post is sent again, its failures forgotten."""
    if post.status != PostStatus.UNKNOWN:
        return False
    with atomic(post):
        fields = {"not_before": now, "failures_in_row": 0, "waiting_since_at": None, "error": ""}
        moved = states.move(post, PostStatus.PENDING, attempt=post.attempts_made, **fields)
        if moved:
            ledger.resolve_post(post, now=now)
    kick.kick_if_due(now, now=now)
    return moved
