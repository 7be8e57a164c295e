"""One try at taking a post back or correcting it, from its point of no return to its end; no transaction is open."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import transaction

from connectors.errors import NotCorrectable, NotRecallable
from social_queue import fenced
from social_queue.accounts import speaking
from social_queue.delivery.ending import Ending
from social_queue.delivery.errands import correcting, doubts, taking, unwritten, vanished
from social_queue.delivery.places import why_not_ours
from social_queue.delivery.sweeps import leases
from social_queue.models import Attempt, Errand, Part, Post, PostStatus
from social_queue.sentences import said
from social_queue.workings import log_marks, outages
from social_queue.workings.deadlocks import again

logger = logging.getLogger(__name__)

#: For so long an outcome is written again while the database is away; by then somebody else will have done it, too.
_PATIENCE_S = 90


class Superseded(Exception):
    """The lease ran out and another worker has taken it up."""


def carry_out(attempt: Attempt, *, clock: Callable[[], datetime]) -> Ending | None:
    """Do what ``attempt`` was taken up for and record how it ended; None when another worker has taken over."""
    with log_marks.about(attempt.post_id):
        key = attempt.errand_key or f"{attempt.kind}:{attempt.post_id}"
        errand = Errand.objects.select_related("part").filter(open_key=key).first()
        fault: Exception | None = None
        try:
            _ACTS[attempt.kind](attempt, errand, clock)
        except Superseded:
            logger.warning("post %s: attempt %s was superseded before it acted", attempt.post_id, attempt.number)
            return None
        except Exception as met:  # noqa: BLE001 - every way to fail is an outcome, and none may be lost
            fault = met
        answered_at = clock()
        return outages.outlast(
            lambda: unwritten.record(attempt, errand, fault, now=answered_at),
            seconds=_PATIENCE_S,
            what=f"the outcome of post {attempt.post_id}",
            worth=lambda met: isinstance(met, outages.FAULTS),
        )


def _take_back(attempt: Attempt, errand: Errand | None, clock: Callable[[], datetime]) -> None:
    post = attempt.post
    connector = speaking.connector_for(post.account)
    if vanished.wore_out_workers(attempt):
        raise NotRecallable(_worn_out())
    if reason := why_it_stays(post, now=clock()):
        raise NotRecallable(reason)
    if not begin(attempt, now=clock()):
        raise Superseded
    doubt = None
    if connector.follow_ups_stay:
        doubt = doubts.settle(post, connector, tries=errand.failures_in_row if errand else 0, now=clock())
        # The newest first, so that none is left below something that is gone. What is gone already is as good.
        for follow_up in _out_below(post):
            connector.take_back(follow_up)
    connector.take_back(post.external_id or "")
    if doubt:
        raise doubt


def _worn_out() -> str:
    return said("%(count)s workers vanished one after the other while they were at it.", count=leases.MOST_VANISHED)


def _out_below(post: Post) -> list[str]:
    """The ids of what follows the post and is out; one that only a person saw has none and stays."""
    rows = Part.objects.filter(post=post, status=PostStatus.PUBLISHED).exclude(external_id="")
    return list(rows.order_by("-number").values_list("external_id", flat=True))


def _correct(attempt: Attempt, errand: Errand | None, clock: Callable[[], datetime]) -> None:
    post = attempt.post
    if errand is None:
        # Called off, or done by another, since it was taken up.
        raise Superseded
    connector = speaking.connector_for(post.account)
    if vanished.wore_out_workers(attempt):
        raise NotCorrectable(_worn_out())
    if reason := why_not_corrected(post, errand.part):
        raise NotCorrectable(reason)
    correction = correcting.correction_of(post, errand, connector)
    if not begin(attempt, now=clock()):
        raise Superseded
    correcting.put_there(attempt, errand, connector, correction)


def why_not_corrected(post: Post, part: Part | None = None) -> str:
    """Why the text of a post that is out, or of this part, can't be changed from here; "" where it may be asked for."""
    if part is not None and not part.external_id:
        return said("A person has seen it there, and nobody knows its id on the platform.")
    return correcting.why_not_offered(post, below=part is not None) or why_not_ours(post)


def why_it_stays(post: Post, *, now: datetime) -> str:
    """Why a post that is out can't be deleted from here; "" where the platform may be asked. Raises VaultClosed."""
    if reason := why_not_ours(post):
        return reason
    age = now - (post.published_at or now)
    return said(reason) if (reason := speaking.connector_for(post.account).why_it_stays(age)) else ""


@again
def begin(attempt: Attempt, *, now: datetime) -> bool:
    """Pass the point of no return. False when this attempt lost its hold on the post."""
    values: Mapping[str, object] = {"lease_until": now + taking.LEASE}
    with transaction.atomic():
        if vanished.ended_as(attempt) is not None:
            return False
        held = fenced.write(attempt.post_id, values, status=PostStatus.PUBLISHED, attempt=attempt.number)
        if held:
            Attempt.objects.filter(pk=attempt.pk).update(sent_at=now)
    if held:
        attempt.sent_at = now
    return held


_ACTS = {Attempt.Kind.RECALL.value: _take_back, Attempt.Kind.CORRECT.value: _correct}
