"""The one door through which the status of a part is written; its arrows are those of posts.

A part in flight is in flight on its post's ``in_flight_account``, which is unique: one call an account, posts included.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from social_queue import follow_ups, statements
from social_queue.arrows import ARROWS, NoSuchArrow
from social_queue.models import Attempt, Errand, Part, Post, PostStatus

logger = logging.getLogger(__name__)

#: The kind of trouble of what was asked back while it was under way.
ASKED_BACK = "asked_back"
#: Whatever comes behind may go on.
DONE = (PostStatus.PUBLISHED, PostStatus.CANCELLED, PostStatus.RECALLED)


def move(part: Part, to: str, *, attempt: int, now: datetime, **fields: Any) -> bool:
    """One step of one part, fenced by the ``attempts_made`` that the caller read; say whether its row changed.

    When it is out or skipped, the next gets its turn in the same transaction. What would wait again below a post that
    was asked back, and can't be taken back, is cancelled. Raises NoSuchArrow.
    """
    if (part.status, to) not in ARROWS:
        raise NoSuchArrow(f"A part can't go from {part.status} to {to}.")
    released = {} if to == PostStatus.PUBLISHING else {"lease_until": None}
    values = released | fields | {"status": to}
    with transaction.atomic(savepoint=False):
        # Whoever moves a part of a thread waits here for whoever moves another one of it, or wants the thread back.
        lock = Post.objects.select_for_update().filter(pk=part.post_id)
        [asked_back] = lock.values_list("recall_asked_at", flat=True)
        if asked_back and to == PostStatus.PENDING:
            values |= _below_what_is_wanted_back(part.post_id)
        seen = {"id": part.pk, "status": part.status, "attempts_made": attempt}
        if not statements.update(Part, values, where=seen):
            return False
        if part.status == PostStatus.PUBLISHING:
            Post.objects.filter(pk=part.post_id).exclude(status=PostStatus.PUBLISHING).update(in_flight_account=None)
        if to in DONE and not asked_back:
            _give_the_next_its_turn(part.post_id, now)
    became, about = values["status"], {"post": part.post_id}
    logger.info("post %s, part %s: %s → %s", part.post_id, part.number, part.status, became, extra=about)
    for name, value in values.items():
        setattr(part, name, value)
    return True


def hold(parts: Sequence[Part], *, lease_until: datetime) -> None:
    """Claim: all of ``parts`` go from pending to publishing, inside the caller's transaction.

    The caller holds the locks of their posts and rows; each account appears once, or the unique column refuses.
    """
    Part.objects.filter(pk__in=[part.pk for part in parts]).update(
        status=PostStatus.PUBLISHING, attempts_made=F("attempts_made") + 1, lease_until=lease_until
    )
    Post.objects.filter(pk__in=[part.post_id for part in parts]).update(in_flight_account=F("account_id"))
    for part in parts:
        part.status, part.attempts_made, part.lease_until = PostStatus.PUBLISHING, part.attempts_made + 1, lease_until


def is_its_turn(part: Part) -> bool:
    """Is every part before it out or skipped? Asked under the lock of its post."""
    if part.post.status != PostStatus.PUBLISHED or part.post.recall_asked_at:
        return False
    return not Part.objects.filter(post=part.post_id, number__lt=part.number).exclude(status__in=DONE).exists()


def hold_back(posts: Sequence[int]) -> None:
    """Somebody wants these back: nothing more follows them. In the transaction that asks."""
    Part.objects.filter(post__in=posts, status=PostStatus.PENDING).update(not_before=None)


def go_on(post: int, *, now: datetime) -> None:
    """It stays after all, and so what follows it goes on. In the transaction that calls it off."""
    _give_the_next_its_turn(post, now)


def drop(post: int, **fields: Any) -> None:
    """It can't be taken back, but nothing more follows it. In the transaction that says so."""
    open_still = Part.objects.filter(post=post, status__in=[PostStatus.PENDING, PostStatus.FAILED])
    open_still.update(status=PostStatus.CANCELLED, not_before=None, **fields)


def follow(changed: Sequence[tuple[Post, Mapping[str, Any]]]) -> None:
    """Posts were moved by these columns: what follows is laid for one that is out, and goes with one taken back.

    Call it in the transaction that moves them.
    """
    follow_ups.lay((post, values) for post, values in changed if values["status"] == PostStatus.PUBLISHED)
    back = [post.pk for post, values in changed if values["status"] == PostStatus.RECALLED]
    if back:
        open_still = (PostStatus.PENDING, PostStatus.FAILED, PostStatus.UNKNOWN)
        rows = Part.objects.filter(post__in=back)
        for_a_human = Q(status=PostStatus.UNKNOWN, error_kind=Attempt.Outcome.NOT_RECALLABLE)
        rows.filter(for_a_human).update(not_before=None)
        gone = rows.exclude(for_a_human).filter(status__in=open_still)
        gone.update(status=PostStatus.CANCELLED, not_before=None)
        rows.filter(status=PostStatus.PUBLISHED).update(status=PostStatus.RECALLED)


def _below_what_is_wanted_back(post: int) -> dict[str, Any]:
    """Of a part that would wait again: it has no turn, and where its post can't be taken back it never will."""
    if Errand.objects.filter(post=post, kind=Errand.Kind.RECALL, ended_at=None).exists():
        return {"not_before": None}
    return {"not_before": None, "status": PostStatus.CANCELLED, "error_kind": ASKED_BACK}


def _give_the_next_its_turn(post: int, now: datetime) -> None:
    for pk, status, due in Part.objects.filter(post=post).order_by("number").values_list("pk", "status", "not_before"):
        if status in DONE:
            continue
        if status == PostStatus.PENDING and due is None:
            Part.objects.filter(pk=pk).update(not_before=now)
        return
