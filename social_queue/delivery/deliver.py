"""One attempt, from wording to outcome; called in a thread of its own, with no transaction open across the network."""

import logging
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from connectors.base import Published
from connectors.errors import NotReady, Rejected
from social_queue import approvals, fenced
from social_queue.accounts import speaking
from social_queue.delivery import outcomes
from social_queue.delivery.beginning import begin_sending
from social_queue.delivery.claims.ready import Ready, frozen
from social_queue.delivery.ending import Ending
from social_queue.delivery.parts import delivering
from social_queue.models import Attempt, PostStatus
from social_queue.sentences import said
from social_queue.wording import outgoing as wording
from social_queue.wording.templates.finding import Shelf
from social_queue.workings import log_marks, outages

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]
#: What has passed its point of no return passes it again if it is not sent within so long: the process stood still.
_FRESH = timedelta(seconds=5)


class Superseded(Exception):
    """The lease ran out and another attempt holds the post: this worker may not send."""


@dataclass
class Delivering:
    """One attempt under way. ``held``: the values of ``wording.FROZEN`` when the post was claimed."""

    attempt: Attempt
    clock: Clock
    shelf: Shelf
    held: dict[str, object]

    def news(self) -> dict[str, object]:
        """The frozen columns (caption, link, draft …) that were set since the claim and are not stored yet."""
        if self.attempt.sent_at is not None:
            return {}
        return {name: now for name, now in frozen(self.attempt.post).items() if now != self.held[name]}

    def keep(self, draft: str) -> None:
        """Store a draft that has grown, at once: another attempt goes on there.

        Raises Superseded, or NotReady when preparing has taken its time: a long upload goes on in the next attempt,
        before the worker is taken for dead.
        """
        post = self.attempt.post
        post.draft_ref = draft
        number = self.attempt.number
        if not fenced.write(post.pk, {"draft_ref": draft}, status=PostStatus.PUBLISHING, attempt=number):
            raise Superseded
        self.held["draft_ref"] = draft
        if self.clock() - self.attempt.started_at > timedelta(seconds=settings.PREPARE_BUDGET):
            words = said("Its upload to the platform goes on in the next attempt.")
            raise NotReady(words, retry_after=1, draft=draft)

    def lease_left(self) -> float:
        """Seconds for which nobody else will touch the post."""
        ends = (self.attempt.sent_at or self.attempt.started_at) + timedelta(seconds=settings.LEASE_SECONDS)
        return max(0.0, (ends - self.clock()).total_seconds())


@dataclass(frozen=True)
class Answer:
    """What came of an attempt, read and not written down yet: it is known here and nowhere else."""

    way: Delivering
    result: Published | Exception
    at: datetime
    news: dict[str, object]

    def record(self) -> Ending:
        """Write it down; as long as nobody else has the post, it is written again."""
        attempt = self.way.attempt
        return outages.outlast(
            lambda: outcomes.record(attempt, self.result, now=self.at, news=self.news),
            seconds=self.way.lease_left(),
            what=f"the outcome of post {attempt.post_id}",
            worth=lambda fault: isinstance(fault, outages.FAULTS),
        )


def deliver(attempt: Attempt, *, clock: Clock, shelf: Shelf | None = None) -> Ending | None:
    """Deliver one claimed post and record how it ended. None when a newer attempt has taken over before we sent.

    ``shelf`` holds the editors' wordings for all posts of one claim.
    """
    with log_marks.about(attempt.post_id):
        if attempt.part_number > 1:
            return delivering.deliver(attempt, clock=clock)
        came = answer(attempt, clock=clock, shelf=shelf)
        return came.record() if came else None


def answer(attempt: Attempt, *, clock: Clock, shelf: Shelf | None = None, ready: Ready | None = None) -> Answer | None:
    """The same without its end: whoever calls it must record the answer.

    ``ready``: its claim has worded it and was its point of no return.
    """
    way = Delivering(attempt, clock, shelf or Shelf(), frozen(attempt.post))
    result: Published | Exception
    try:
        # Up to the point of no return everything may be repeated; beyond it nothing is.
        if ready and attempt.sent_at and abs(way.clock() - attempt.sent_at) <= _FRESH:
            result = ready.connector.publish(ready.outgoing, attempt.post.draft_ref)
        else:
            attempt.sent_at = None
            result = outages.outlast(
                lambda: _send(way),
                seconds=way.lease_left(),
                what=f"post {attempt.post_id}",
                worth=lambda fault: attempt.sent_at is None and outages.is_outage(fault),
            )
    except Superseded:
        logger.warning("post %s: attempt %s was superseded before sending", attempt.post_id, attempt.number)
        return None
    except Exception as fault:  # noqa: BLE001 - every way to fail is an outcome, and none may be lost
        result = fault
    return Answer(way, result, clock(), way.news())


def _send(way: Delivering) -> Published:
    post = way.attempt.post
    if approvals.is_overtaken(post.item):
        raise Rejected(said("It was changed after it was approved. Approve it again."), code="not_approved")
    connector = speaking.connector_for(post.account)
    post.sent_to = post.account.address
    with ExitStack() as room:
        outgoing = wording.word(post, connector, way.shelf, room)
        post.draft_ref = connector.prepare(outgoing, post.draft_ref, way.keep)
        if not begin_sending(way.attempt, now=way.clock(), news=way.news()):
            raise Superseded
        return connector.publish(outgoing, post.draft_ref)
