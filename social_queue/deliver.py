"""One attempt, from wording to outcome; called in a thread of its own, with no transaction open across the network."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from connectors.base import Published
from social_queue import accounts, claim, log_marks, outcomes, wording
from social_queue.deadlocks import again, turn
from social_queue.models import Attempt, Post

logger = logging.getLogger("social_queue.deliver")

Clock = Callable[[], datetime]


class Superseded(Exception):
    """The lease ran out and somebody else has the post now: this worker may not send."""


def deliver(attempt: Attempt, *, clock: Clock) -> outcomes.Delivery | None:
    """Deliver one claimed post and record how it ended. None when a newer attempt has taken over before we sent."""
    with log_marks.about(attempt.post_id):
        return _deliver(attempt, clock)


def _deliver(attempt: Attempt, clock: Clock) -> outcomes.Delivery | None:
    try:
        result = _send(attempt, clock)
    except Superseded:
        logger.warning("post %s: attempt %s was superseded before sending", attempt.post_id, attempt.number)
        return None
    except Exception as fault:  # noqa: BLE001 - every way to fail is an outcome, and none may be lost
        result = fault
    return outcomes.record(attempt, result, now=clock())


def _send(attempt: Attempt, clock: Clock) -> Published:
    post = attempt.post
    connector = accounts.connector_for(post.account)
    outgoing = wording.word(post, connector)
    draft = connector.prepare(outgoing, post.draft_ref)
    if draft != post.draft_ref:
        _keep_draft(post, draft)
    if not begin_sending(attempt, now=clock()):
        raise Superseded
    return connector.publish(outgoing, draft)


def _keep_draft(post: Post, draft: str) -> None:
    with turn():
        Post.objects.filter(pk=post.pk, attempts_made=post.attempts_made).update(draft_ref=draft)
    post.draft_ref = draft


@again
def begin_sending(attempt: Attempt, *, now: datetime) -> bool:
    """Pass the point of no return: from now on the post may be out. False when this attempt lost its hold on it."""
    post = attempt.post
    with transaction.atomic():
        held = Post.objects.filter(pk=post.pk, status=Post.Status.PUBLISHING, attempts_made=attempt.number)
        if held.update(lease_until=now + timedelta(seconds=settings.LEASE_SECONDS)) != 1:
            return False
        Attempt.objects.filter(pk=attempt.pk).update(sent_at=now)
        if post.account.min_interval_s:
            claim.rest(post.account, now)
    attempt.sent_at = now
    return True
