"""How an attempt at a part ended, written down once; its post and its item stay as they are."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from connectors.base import Published
from connectors.errors import AddressMoved, OutcomeUnknown
from social_queue import part_states, states
from social_queue.accounts import platforms, speaking
from social_queue.delivery import consequences, late_answers, retry
from social_queue.delivery.ending import Ending, told
from social_queue.delivery.outcomes import in_our_words, tell_platforms
from social_queue.delivery.parts import refusals, telling
from social_queue.models import Alert, Attempt, Outcome, Part, Post, PostStatus
from social_queue.workings.deadlocks import again, atomic

logger = logging.getLogger(__name__)


def record(part: Part, attempt: Attempt, result: Published | Exception, *, now: datetime) -> Ending:
    """Write down how ``attempt`` ended and move its part accordingly; ``part`` is as it was claimed."""
    error = None if isinstance(result, Published) else in_our_words(attempt, result)
    if isinstance(result, Published):
        outcome, on_time = str(Outcome.PUBLISHED), _published(part, attempt, result, now)
    else:
        outcome, on_time = consequences.kind_of(error or result), _went_wrong(part, attempt, error or result, now)
    if not on_time:
        _late(part, attempt, result, now)
    post = part.post
    tell_platforms(post.platform, error or result, now)
    name = result.external_id if isinstance(result, Published) else ""
    return told(post, attempt, str(outcome), error, external_id=name, part=part.number, logger=logger)


@again
def _published(part: Part, attempt: Attempt, result: Published, now: datetime) -> bool:
    with atomic(part):
        _end(attempt, Outcome.PUBLISHED, now)
        moved = part_states.move(
            part, PostStatus.PUBLISHED, attempt=attempt.number, now=now, **states.proof(result, now)
        )
        if moved:
            refusals.over(part.post.account, now=now)
        if moved and attempt.number > 1:
            telling.resolve(part, now=now)
    return moved


@again
def _went_wrong(part: Part, attempt: Attempt, error: Exception, now: datetime) -> bool:
    account = part.post.account
    with atomic(part):
        decision = retry.decide(
            error,
            failures=part.failures_in_row,
            sent=attempt.sent_at is not None,
            ask_after=timedelta(seconds=settings.RECONCILE_AFTER),
            waited=part.waiting_since_at is not None,
            paused=platforms.met(attempt, error, now=now),
        )
        decision = consequences.as_of_now(account, decision)
        fields = {
            "not_before": consequences.due(part, decision, now=now),
            "failures_in_row": decision.failures,
            "error_kind": consequences.kind_of(error),
            "error": speaking.words_of(error, account),
            "waiting_since_at": consequences.waiting_since(part, error, decision, now=now),
        }
        # The account before its posts, as whoever claims does: two transactions must not wait for each other.
        consequences.for_account(account, error, decision, now=now)
        if not Attempt.objects.filter(pk=attempt.pk, outcome=consequences.kind_of(error)).exists():
            # Else it is written once more, as its commit was not answered, and was counted.
            refusals.met(account, error, now=now)
        if isinstance(error, AddressMoved):
            # Its post has its id in the old place; so the next try is refused, whatever has that id in the new one.
            Post.objects.filter(pk=part.post_id, sent_to="").update(sent_to=account.address)
        _end(attempt, consequences.kind_of(error), now, error=error)
        moved = part_states.move(part, decision.to, attempt=attempt.number, now=now, **fields)
        if moved:
            telling.trouble(part, error, decision, now=now)
    return moved


@again
@transaction.atomic
def _late(part: Part, attempt: Attempt, result: Published | Exception, now: datetime) -> None:
    """An answer that came after the lease ran out and the part was moved: what it proves still counts."""
    held = Part.objects.select_related("post__item", "post__account").get(pk=part.pk)
    newest = held.attempts_made == attempt.number
    if isinstance(result, Published):
        if held.status in (PostStatus.PUBLISHED, PostStatus.RECALLED) and held.external_id == result.external_id:
            return
        if newest and _names_what_was_seen(held, result):
            return
        if newest and held.status in (PostStatus.UNKNOWN, PostStatus.PENDING):
            number, columns = attempt.number, states.proof(result, now)
            if part_states.move(held, PostStatus.PUBLISHED, attempt=number, now=now, **columns):
                telling.resolve(held, now=now)
                return
        telling.tell(Alert.Kind.DOUBLE_RISK, held, reason=late_answers.out_after_all(held, result), now=now)
        return
    # A fault of ours proves nothing.
    surely_absent = consequences.kind_of(result) != Outcome.OUR_FAULT and not isinstance(result, OutcomeUnknown)
    if surely_absent and newest and held.status == PostStatus.UNKNOWN:
        part_states.move(
            held, PostStatus.PENDING, attempt=attempt.number, now=now, not_before=now, waiting_since_at=None
        )


def _names_what_was_seen(held: Part, result: Published) -> bool:
    """A person has seen it there, and nobody knew its id: with it, it can be taken back and corrected."""
    seen = Part.objects.filter(pk=held.pk, status=PostStatus.PUBLISHED, attempts_made=held.attempts_made)
    named = {"external_id": result.external_id[:200], "permalink": result.permalink[:500] or held.permalink}
    return seen.filter(external_id="").update(**named) == 1


def _end(attempt: Attempt, outcome: str, now: datetime, *, error: Exception | None = None) -> None:
    words = "" if error is None else speaking.words_of(error, attempt.post.account, with_detail=True)
    Attempt.objects.filter(pk=attempt.pk).update(
        ended_at=now, outcome=outcome, http_status=getattr(error, "http_status", None), error=words
    )
