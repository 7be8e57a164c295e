"""Finds out whether undecided parts are out, by asking their platforms; what nobody can tell is a human's to say."""

import logging
from collections import Counter
from datetime import datetime, timedelta

from django.conf import settings

from connectors.base import Published
from connectors.errors import ConnectorError, OutcomeUnknown, SiteFault
from social_queue import part_states, states
from social_queue.accounts import platforms, speaking
from social_queue.alerts import ledger
from social_queue.delivery import consequences, retry
from social_queue.delivery.parts import telling, words
from social_queue.delivery.places import why_not_ours
from social_queue.delivery.sweeps.reconcile import ASK_EVERY, MOST_REPEATED, ask_again
from social_queue.models import Alert, Attempt, Outcome, Part, PostStatus
from social_queue.sentences import said
from social_queue.workings import log_marks
from social_queue.workings.deadlocks import again, atomic

logger = logging.getLogger(__name__)


def reconcile(now: datetime, *, limit: int = 200, platform: str = "") -> Counter[str]:
    """Ask the platforms, or this one, about undecided parts that are due. Counts by the status they are in then."""
    due = Part.objects.filter(status=PostStatus.UNKNOWN, not_before__lte=now).order_by("not_before", "id")
    due = due.filter(account__platform=platform) if platform else due
    return Counter(_ask(part, now) for part in due.select_related("post__account", "post__item")[:limit])


def _ask(part: Part, now: datetime) -> str:
    try:
        with log_marks.about(part.post_id):
            return _look(part, now)
    except Exception:  # a fault of ours must not keep the others from being asked about
        logger.exception("post %s: what became of part %s could not be written down", part.post_id, part.number)
        return _unrecorded(part, now)


def _unrecorded(part: Part, now: datetime) -> str:
    try:
        _put_off(part, said("What its platform answered could not be written down; the log says why."), now)
    except Exception:  # such as a database that is away: it stays due
        logger.exception("post %s: part %s could not be put off", part.post_id, part.number)
    return "unrecorded"


def _look(part: Part, now: datetime) -> str:
    if reason := why_not_ours(part.post):
        return _cannot_tell(part, OutcomeUnknown(reason), now)
    try:
        found = speaking.connector_for(part.post.account).find_follow_up(words.of(part))
    except Exception as fault:
        if not isinstance(fault, ConnectorError):
            logger.exception("post %s: asking about part %s failed", part.post_id, part.number)
        return _cannot_tell(part, fault, now)
    return found_out(part, found, now=now)


@again
def found_out(part: Part, found: Published | None, *, now: datetime) -> str:
    """Settle an undecided part, by the platform's or a human's word: ``found``, or None for proved absent.

    Returns its new status.
    """
    if found:
        with atomic(part):
            moved = part_states.move(
                part, PostStatus.PUBLISHED, attempt=part.attempts_made, now=now, **states.proof(found, now)
            )
            if moved:
                telling.resolve(part, now=now)
        return part.status
    if _only_remembered(part):
        why = said("The platform refuses it as a repeat of the same words, yet shows no such follow-up.")
        return _send_again(part, retry.repeated(part.failures_in_row), why, now)
    return _send_again(part, retry.absent(part.failures_in_row), said("The platform surely does not have it."), now)


def _only_remembered(part: Part) -> bool:
    """Was the last attempt refused as a repeat, and at least two attempts in all?"""
    refused = Attempt.objects.filter(post=part.post_id, part_number=part.number, outcome=Outcome.REPEAT_REFUSED)
    numbers = set(refused.values_list("number", flat=True))
    return part.attempts_made in numbers and len(numbers) >= MOST_REPEATED


def _send_again(part: Part, decision: retry.Decision, why: str, now: datetime) -> str:
    fields = {"not_before": now, "failures_in_row": decision.failures, "waiting_since_at": None, "error": why}
    if decision.alert == Alert.Kind.REJECTED:
        fields["error_kind"] = Outcome.REJECTED
    with atomic(part):
        if part_states.move(part, decision.to, attempt=part.attempts_made, now=now, **fields):
            ledger.resolve(Alert.Kind.UNDECIDED, about=f"part:{part.pk}", now=now)
            if decision.alert:
                telling.tell(decision.alert, part, reason=why, now=now)
    return part.status


@again
def _cannot_tell(part: Part, fault: Exception, now: datetime) -> str:
    account, since = part.post.account, part.waiting_since_at or now
    reason = speaking.words_of(fault, account)
    undecided = now - since >= timedelta(seconds=settings.UNDECIDED_AFTER)
    if isinstance(fault, SiteFault):
        platforms.site_fault(account, fault, now=now)
    elif isinstance(fault, ConnectorError) and not isinstance(fault, OutcomeUnknown):
        decision = retry.decide(fault, failures=0, sent=True, ask_after=ASK_EVERY)
        consequences.for_account(account, fault, decision, now=now)
        if decision.account:
            telling.tell(decision.alert, part, reason=reason, now=now)
    once_more = retry.absent(part.failures_in_row)
    # Of what was asked back, or is in another place, it is not forgotten that it may be out.
    resend = account.resend_unknown and undecided and not part.post.recall_asked_at and not why_not_ours(part.post)
    if resend and once_more.to == PostStatus.PENDING:
        why = said("Nobody can tell whether it is out; this account has it sent again.")
        return _send_again(part, once_more, why, now)
    return _put_off(part, reason, now)


@again
def _put_off(part: Part, reason: str, now: datetime) -> str:
    """Ask again in a while; a human hears of it when that has been so for long enough."""
    since = part.waiting_since_at or now
    seen = Part.objects.filter(pk=part.pk, status=PostStatus.UNKNOWN, attempts_made=part.attempts_made)
    seen.update(not_before=ask_again(since, now), waiting_since_at=since, error=reason)
    if now - since >= timedelta(seconds=settings.UNDECIDED_AFTER):
        telling.tell(Alert.Kind.UNDECIDED, part, reason=reason, now=now)
    return PostStatus.UNKNOWN
