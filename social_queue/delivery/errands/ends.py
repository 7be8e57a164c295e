"""How a try at taking a post back, or correcting it, ended: written down once."""

import logging
from datetime import datetime

from connectors.errors import AddressMoved, TokenInvalid
from social_queue import fenced, part_states, states
from social_queue.accounts import speaking, standing
from social_queue.alerts import ledger
from social_queue.delivery import consequences
from social_queue.delivery.ending import Ending, told
from social_queue.delivery.errands import correcting, doubts, vanished
from social_queue.delivery.errands.decisions import Decision, decide
from social_queue.models import AccountStatus, Alert, Attempt, Errand, Outcome, PostStatus
from social_queue.part_states import ASKED_BACK
from social_queue.sentences import said
from social_queue.vault import VaultClosed
from social_queue.workings.deadlocks import again, atomic

logger = logging.getLogger(__name__)

#: How one ends that is left to a human.
_GIVEN_UP = {
    Attempt.Kind.RECALL.value: Outcome.NOT_RECALLABLE,
    Attempt.Kind.CORRECT.value: Outcome.NOT_CORRECTABLE,
}
_FREE: dict[str, object] = {"in_flight_account": None, "lease_until": None}


def record(
    attempt: Attempt, errand: Errand | None, fault: Exception | None, *, now: datetime, alone: bool = False
) -> Ending:
    """Write down how ``attempt`` ended; ``attempt.post`` is the post as it was taken up.

    ``alone``: of a failed one nothing but that, whatever else would follow from it.
    """
    post, error = attempt.post, TokenInvalid(str(fault)) if isinstance(fault, VaultClosed) else fault
    if error is None:
        outcome = _done(attempt, errand, now)
    else:
        outcome = _failed(attempt, errand, error, now, alone=alone)
    return told(post, attempt, outcome, error, external_id=post.external_id, logger=logger)


def _done(attempt: Attempt, errand: Errand | None, now: datetime) -> str:
    if attempt.kind == Attempt.Kind.CORRECT:
        return _corrected(attempt, errand, now)
    return _gone(attempt, errand, now)


@again
def _gone(attempt: Attempt, errand: Errand | None, now: datetime) -> str:
    """It is gone: what a platform says of that holds whoever holds the row by now, who will hear the same of it."""
    post = attempt.post
    with atomic(post):
        _end(attempt, Outcome.RECALLED, now)
        gone: dict[str, object] = {"recalled_at": now, "error_kind": "", "error": ""}
        if states.move(post, PostStatus.RECALLED, attempt=attempt.number, **gone):
            close(errand, Outcome.RECALLED, now)
            # Nobody reads the text that it was to have.
            no_more = Errand.objects.filter(post=post, kind=Errand.Kind.CORRECT, ended_at=None)
            no_more.update(ended_at=now, open_key=None)
            ledger.resolve_post(post, now=now)
            doubts.tell(post, now=now)
    return str(Outcome.RECALLED)


@again
def _corrected(attempt: Attempt, errand: Errand | None, now: datetime) -> str:
    with atomic(attempt.post):
        was = vanished.ended_as(attempt)
        _end(attempt, Outcome.CORRECTED, now)
        # When the answer to a commit was lost it stands already, and is told once.
        if errand is not None and was != Outcome.CORRECTED:
            correcting.keep(attempt, errand, now, free=_FREE if was is None else {})
    return str(Outcome.CORRECTED)


@again
def _failed(attempt: Attempt, errand: Errand | None, error: Exception, now: datetime, *, alone: bool) -> str:
    post, kind = attempt.post, consequences.kind_of(error)
    decision = decide(error, failures=errand.failures_in_row if errand else 0)
    words = speaking.words_of(error, post.account)
    if decision.over:
        kind, words = _given_up(attempt, kind, words)
    if errand is not None and errand.part is not None:
        words = said("Follow-up %(place)s: %(why)s", place=errand.part.number - 1, why=words)
    with atomic(post):
        if decision.no_token and speaking.is_outdated(post.account):
            # Nothing is known of the token that it has now: with that it is tried again at once.
            decision = Decision(failures=errand.failures_in_row if errand else 0)
        if decision.no_token:
            # The account before its post, as whoever takes one up does.
            standing.stop(post.account_id, AccountStatus.NEEDS_TOKEN, words)
        was = vanished.ended_as(attempt)
        _end(attempt, kind, now, error=error)
        values = (_FREE if was is None else {}) | {"error_kind": kind, "error": words}
        if not fenced.write(post.pk, values, status=PostStatus.PUBLISHED, attempt=attempt.number):
            return kind
        _put_off(errand, decision, kind, now)
        if not alone:
            _follow(attempt, decision, words, now)
    for name, value in values.items():
        setattr(post, name, value)
    return kind


def _given_up(attempt: Attempt, kind: str, words: str) -> tuple[str, str]:
    """What is out stays as it is, whatever kept it so: one word for it, and why."""
    outcome = _GIVEN_UP[attempt.kind]
    if kind in (outcome, Outcome.REJECTED, AddressMoved.kind):
        return str(outcome), words
    if attempt.kind == Attempt.Kind.CORRECT:
        return str(outcome), said("Its text was not changed in a day of tries. The last answer: %(why)s", why=words)
    return str(outcome), said("It was not deleted in a day of tries. The last answer: %(why)s", why=words)


def _put_off(errand: Errand | None, decision: Decision, kind: str, now: datetime) -> None:
    if errand is None:
        return
    if decision.over:
        close(errand, kind, now)
        return
    moment = now + decision.wait
    rows = Errand.objects.filter(ended_at=None)
    rows.filter(pk=errand.pk).update(not_before=moment, failures_in_row=decision.failures)
    if decision.all_wait:
        # The platform's patience with deletions is no reason to keep posts waiting, nor theirs to keep deletions.
        rows.filter(account=errand.account_id, not_before__lt=moment).update(not_before=moment)


def _follow(attempt: Attempt, decision: Decision, words: str, now: datetime) -> None:
    post = attempt.post
    if decision.over and attempt.kind == Attempt.Kind.RECALL:
        part_states.drop(post.pk, error_kind=ASKED_BACK, error=said("Its post was asked back, and could not be."))
    if decision.over:
        ledger.raise_for_post(Alert.Kind(_GIVEN_UP[attempt.kind]), post, reason=words, now=now)
    elif decision.no_token:
        ledger.raise_for_post(Alert.Kind.TOKEN_INVALID, post, reason=words, now=now)


def close(errand: Errand | None, outcome: str, now: datetime) -> None:
    """It is over; the row stays and tells how it ended."""
    if errand is not None:
        rows = Errand.objects.filter(pk=errand.pk, ended_at=None)
        rows.update(ended_at=now, outcome=str(outcome), open_key=None)


def _end(attempt: Attempt, outcome: str, now: datetime, *, error: Exception | None = None) -> None:
    words = "" if error is None else speaking.words_of(error, attempt.post.account, with_detail=True)
    Attempt.objects.filter(pk=attempt.pk).update(
        ended_at=now, outcome=outcome, http_status=getattr(error, "http_status", None), error=words
    )
