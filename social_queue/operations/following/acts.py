"""What people may do with a part of a thread that stands: try it again, say what became of it, or skip it."""

from datetime import datetime

from connectors.base import Published
from social_queue import part_states
from social_queue.delivery.parts import asking, telling
from social_queue.models import Part, Post, PostStatus
from social_queue.workings import kick
from social_queue.workings.deadlocks import again, atomic

#: What may be skipped: it is not out, and nobody is sending it.
SKIPPABLE = (PostStatus.PENDING, PostStatus.FAILED, PostStatus.UNKNOWN)


def retry(part: Part, *, now: datetime) -> bool:
    """A failed part is tried again now, its failures forgotten."""
    return part.status == PostStatus.FAILED and _again(part, now)


def deny_published(part: Part, *, now: datetime) -> bool:
    """“It is not there, send it”: an undecided part is sent again; nothing is below a post that is taken back."""
    return part.status == PostStatus.UNKNOWN and _is_below(part, PostStatus.PUBLISHED) and _again(part, now)


def is_gone(part: Part, *, now: datetime) -> bool:
    """“It is not there”, or not any more: nothing is left of a thread that was taken back."""
    return part.status == PostStatus.UNKNOWN and _is_below(part, PostStatus.RECALLED) and skip(part, now=now)


def confirm_published(part: Part, *, now: datetime, external_id: str = "", permalink: str = "") -> bool:
    """“I can see it”: an undecided part is out, and the next may go. Its id need not be known."""
    if part.status != PostStatus.UNKNOWN or not _is_below(part, PostStatus.PUBLISHED):
        return False
    done = asking.found_out(part, Published(external_id, permalink), now=now) == PostStatus.PUBLISHED
    kick.kick_if_due(now, now=now)
    return done


def _is_below(part: Part, status: str) -> bool:
    """How its post stands now, whatever the caller read before."""
    return Post.objects.filter(pk=part.post_id, status=status).exists()


@again
def skip(part: Part, *, now: datetime) -> bool:
    """It will not go out; what comes behind it may."""
    if part.status not in SKIPPABLE:
        return False
    with atomic(part):
        moved = part_states.move(part, PostStatus.CANCELLED, attempt=part.attempts_made, now=now, not_before=None)
        if moved:
            telling.resolve(part, now=now)
    kick.kick_if_due(now, now=now)
    return moved


@again
def _again(part: Part, now: datetime) -> bool:
    fields = {"not_before": now, "failures_in_row": 0, "waiting_since_at": None, "error_kind": "", "error": ""}
    with atomic(part):
        moved = part_states.move(part, PostStatus.PENDING, attempt=part.attempts_made, now=now, **fields)
        if moved:
            telling.resolve(part, now=now)
    kick.kick_if_due(now, now=now)
    return moved
