"""One attempt, from wording to outcome; called in a thread of its own, with no transaction open across the network."""

import logging
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from connectors.base import Published
from connectors.errors import NotReady, Rejected
from social_queue import approvals, fenced, kept
from social_queue.accounts import speaking, standing
from social_queue.delivery import outcomes
from social_queue.delivery.ending import Ending
from social_queue.delivery.parts import delivering
from social_queue.models import Attempt, Post, PostStatus
from social_queue.sentences import said
from social_queue.wording import outgoing as wording
from social_queue.wording.templates.finding import Shelf
from social_queue.workings import log_marks, outages
from social_queue.workings.deadlocks import again
from social_queue.workings.group_commit import Together

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]


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
        return {name: now for name, now in _frozen(self.attempt.post).items() if now != self.held[name]}

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


def answer(attempt: Attempt, *, clock: Clock, shelf: Shelf | None = None) -> Answer | None:
    """The same without its end: whoever calls it must record the answer."""
    way = Delivering(attempt, clock, shelf or Shelf(), _frozen(attempt.post))
    result: Published | Exception
    try:
        # Up to the point of no return everything may be repeated; beyond it nothing is.
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


def _frozen(post: Post) -> dict[str, object]:
    return {name: getattr(post, name) for name in wording.FROZEN}


def begin_sending(attempt: Attempt, *, now: datetime, news: Mapping[str, object] | None = None) -> bool:
    """Pass the point of no return: from now on the post may be out. False when this attempt lost its hold on it.

    ``news``: columns of the post that are written in the same stroke.
    """
    if held := _begin((attempt, now, dict(news or {}))):
        attempt.sent_at = now
    return held


@again
def _begin_all(asked: list[tuple[Attempt, datetime, dict[str, Any]]]) -> list[bool]:
    moment = max(now for _, now, _ in asked)
    lease_until = moment + timedelta(seconds=settings.LEASE_SECONDS)
    writes = [
        fenced.Write(attempt.post_id, {"lease_until": lease_until, **news}, PostStatus.PUBLISHING, attempt.number)
        for attempt, _, news in asked
    ]
    with transaction.atomic():
        held = fenced.write_all(writes)
        sending = [attempt for (attempt, _, _), holds in zip(asked, held, strict=True) if holds]
        _are_sent(ids=[attempt.pk for attempt in sending], moment=moment)
        for attempt in sending:
            if attempt.post.account.min_interval_s:
                standing.rest(attempt.post.account, moment)
    return held


@kept.change
def _are_sent(*, ids: list[int], moment: datetime) -> kept.Change:
    return kept.Change(Attempt.objects.filter(pk__in=ids), sent_at=moment)


_begin = Together(_begin_all)
