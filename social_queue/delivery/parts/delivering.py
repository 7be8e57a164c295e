"""One attempt at a part, from its words to its outcome; no transaction is open across the network."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from connectors.base import Published
from connectors.errors import Rejected
from social_queue import statements
from social_queue.accounts import speaking, standing
from social_queue.delivery.ending import Ending
from social_queue.delivery.parts import outcomes, words
from social_queue.delivery.places import why_not_ours
from social_queue.models import Attempt, Part, PostStatus
from social_queue.workings import outages
from social_queue.workings.deadlocks import again

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]


class Superseded(Exception):
    """The lease ran out and another attempt holds the part, or nobody does: this worker may not send."""


def deliver(attempt: Attempt, *, clock: Clock) -> Ending | None:
    """Deliver one claimed part and record how it ended. None when a newer attempt has taken over before we sent."""
    part = Part.objects.select_related("post__item", "post__account").get(
        post=attempt.post_id, number=attempt.part_number
    )
    attempt.post = part.post
    what = f"part {part.number} of post {part.post_id}"
    result: Published | Exception
    try:
        # Up to the point of no return everything may be repeated; beyond it nothing is.
        result = outages.outlast(
            lambda: _send(part, attempt, clock),
            seconds=_lease_left(attempt, clock),
            what=what,
            worth=lambda fault: attempt.sent_at is None and outages.is_outage(fault),
        )
    except Superseded:
        logger.warning("%s: attempt %s was superseded before sending", what, attempt.number)
        return None
    except Exception as fault:  # noqa: BLE001 - every way to fail is an outcome, and none may be lost
        result = fault
    answered_at = clock()
    # The answer is known here and nowhere else: as long as nobody else has the part, it is written again.
    return outages.outlast(
        lambda: outcomes.record(part, attempt, result, now=answered_at),
        seconds=_lease_left(attempt, clock),
        what=f"the outcome of {what}",
        worth=lambda fault: isinstance(fault, outages.FAULTS),
    )


def _send(part: Part, attempt: Attempt, clock: Clock) -> Published:
    if reason := why_not_ours(part.post):
        # It would hang below whatever has that id in the other place.
        raise Rejected(reason)
    connector = speaking.connector_for(part.post.account)
    follow_up = words.of(part)
    if not begin_sending(part, attempt, now=clock()):
        raise Superseded
    return connector.follow_up(follow_up)


@again
def begin_sending(part: Part, attempt: Attempt, *, now: datetime) -> bool:
    """Pass the point of no return: from now on the part may be out. False when this attempt lost its hold on it."""
    lease = {"lease_until": now + timedelta(seconds=settings.LEASE_SECONDS)}
    seen = {"id": part.pk, "status": PostStatus.PUBLISHING, "attempts_made": attempt.number}
    with transaction.atomic():
        if not statements.update(Part, lease, where=seen):
            return False
        Attempt.objects.filter(pk=attempt.pk).update(sent_at=now)
        if part.post.account.min_interval_s:
            standing.rest(part.post.account, now)
    attempt.sent_at = now
    return True


def _lease_left(attempt: Attempt, clock: Clock) -> float:
    ends = (attempt.sent_at or attempt.started_at) + timedelta(seconds=settings.LEASE_SECONDS)
    return max(0.0, (ends - clock()).total_seconds())
