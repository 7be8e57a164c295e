"""Thinking better of it: what was asked back within the time to undo stays where it is."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from social_queue import part_states, reversals
from social_queue.models import Attempt, Errand, Post, PostStatus
from social_queue.operations.pressing import some
from social_queue.workings.deadlocks import again

_TOGETHER = 250


def put_off(posts: list[int], due: datetime, then: datetime) -> None:
    """Deletions that may begin at one moment begin at another."""
    for numbers in some(posts, _TOGETHER):
        rows = Errand.objects.filter(post__in=numbers, kind=Errand.Kind.RECALL, ended_at=None, not_before=due)
        rows.update(not_before=then)


def call_off(posts: list[int], *, now: datetime) -> Iterator[str]:
    """For each why it can't be called off any more, or "" when nobody is after it now."""
    for numbers in some(posts, _TOGETHER):
        yield from _call_off(numbers, now)


@again
def _call_off(numbers: list[int], now: datetime) -> list[str]:
    with transaction.atomic():
        # Posts first, as whoever takes one up does.
        rows = Post.objects.select_for_update().filter(pk__in=numbers).order_by("pk")
        held = {post.pk: post for post in rows}
        open_still = Errand.objects.filter(post__in=numbers, kind=Errand.Kind.RECALL, ended_at=None)
        asked = {errand.post_id: errand for errand in open_still}
        back = {number: _keep(held.get(number), asked.get(number), now) for number in numbers}
    return ["" if back[number] else _("was changed meanwhile") for number in numbers]


def _keep(post: Post | None, errand: Errand | None, now: datetime) -> bool:
    if post is None:
        return False
    if errand is None:
        return _send_after_all(post)
    # Once it was tried it may be gone.
    if Attempt.objects.filter(post=post, kind=Attempt.Kind.RECALL, started_at__gte=errand.asked_at).exists():
        return False
    errand.delete()
    Post.objects.filter(pk=post.pk).update(recall_asked_at=None)
    part_states.go_on(post.pk, now=now)
    return True


def _send_after_all(post: Post) -> bool:
    """It was under way when it was asked back, came back unsent, and was cancelled: now it waits again."""
    if (post.status, post.error_kind) != (PostStatus.CANCELLED, part_states.ASKED_BACK):
        return False
    fields = {"status": PostStatus.PENDING, "recall_asked_at": None, "error_kind": "", "error": ""}
    return reversals.posts([(post, post.not_before, fields)])[0]
