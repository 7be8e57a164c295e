"""Finds out whether undecided posts are out, by asking their platforms."""

import logging
from collections import Counter
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from connectors.base import Published
from connectors.errors import PERHAPS_OURS, ConnectorError, OutcomeUnknown, SiteFault
from social_queue import states
from social_queue.accounts import platforms, speaking
from social_queue.alerts import ledger
from social_queue.delivery import consequences, places, retry
from social_queue.delivery.sweeps import namesakes
from social_queue.events import ledger as events
from social_queue.models import Alert, Attempt, Post, PostStatus
from social_queue.sentences import said
from social_queue.vault import VaultClosed
from social_queue.workings import log_marks
from social_queue.workings.deadlocks import again, atomic

logger = logging.getLogger(__name__)


#: How often a platform is asked about the same undecided post.
ASK_EVERY = timedelta(minutes=5)
#: So many refusals of a repeat that is not to be found; the first may have come before the listing was up to date.
MOST_REPEATED = 2


def reconcile_unknown(now: datetime, *, limit: int = 200, platform: str = "") -> Counter[str]:
    """Ask the platforms, or this one, about undecided posts that are due. Counts by the status they are in then."""
    due = Post.objects.filter(status=PostStatus.UNKNOWN, not_before__lte=now).select_related("account", "item")
    due = due.filter(platform=platform) if platform else due
    return Counter(_ask(post, now) for post in due.order_by("not_before", "id")[:limit])


def _ask(post: Post, now: datetime) -> str:
    try:
        with log_marks.about(post.pk):
            return _look(post, now)
    except Exception:  # a fault of ours must not keep the other posts from being asked about
        logger.exception("post %s: what became of it could not be written down", post.pk, extra={"post": post.pk})
        return _unrecorded(post, now)


def _unrecorded(post: Post, now: datetime) -> str:
    try:
        _put_off(post, said("What its platform answered could not be written down; the log says why."), now)
    except Exception:  # such as a database that is away: it stays due
        logger.exception("post %s could not be put off", post.pk, extra={"post": post.pk})
    return "unrecorded"


def _look(post: Post, now: datetime) -> str:
    if elsewhere := places.why_not_to_be_asked(post):
        return _cannot_tell(post, OutcomeUnknown(elsewhere), now)
    try:
        found = speaking.connector_for(post.account).find_existing(namesakes.sought(post), post.draft_ref)
    except (ConnectorError, VaultClosed) as fault:
        return _cannot_tell(post, fault, now)
    except Exception as fault:
        logger.exception("post %s: asking the platform failed", post.pk, extra={"post": post.pk})
        return _cannot_tell(post, fault, now)
    return found_out(post, found, now=now)


@again
def found_out(post: Post, found: Published | None, *, now: datetime) -> str:
    """Settle an unknown post, by the platform's or a human's word: ``found``, or None for proved absent.

    Returns its new status.
    """
    attempt = post.attempts_made
    if found and (whose := namesakes.why_not_its_own(post, found.external_id)):
        return _cannot_tell(post, OutcomeUnknown(whose), now)
    if found:
        with atomic(post):
            if states.move(post, PostStatus.PUBLISHED, attempt=attempt, **states.proof(found, now)):
                ledger.resolve_post(post, now=now)
        return post.status
    if _only_remembered(post):
        why = said(
            "%(platform)s refuses it as a repeat, yet shows no such post: it still remembers an identical text that is"
            " no longer there. Reword the post, then press Retry.",
            platform=post.get_platform_display(),
        )
        return _send_again(post, retry.repeated(post.failures_in_row), why, now)
    return _send_again(post, retry.absent(post.failures_in_row), said("The platform surely does not have it."), now)


def _only_remembered(post: Post) -> bool:
    """Was the last attempt refused as a repeat, and at least MOST_REPEATED attempts in all?"""
    # Refusals that were written down before they had an outcome of their own are known by their sentence.
    told_by_words = Q(outcome=Attempt.Outcome.OUTCOME_UNKNOWN, error__contains=PERHAPS_OURS)
    refused = Attempt.objects.filter(Q(outcome=Attempt.Outcome.REPEAT_REFUSED) | told_by_words, post=post)
    numbers = set(refused.values_list("number", flat=True))
    return post.attempts_made in numbers and len(numbers) >= MOST_REPEATED


def _send_again(post: Post, decision: retry.Decision, why: str, now: datetime) -> str:
    fields = {"not_before": now, "failures_in_row": decision.failures, "waiting_since_at": None, "error": why}
    if decision.alert == Alert.Kind.REJECTED:
        fields["error_kind"] = Attempt.Outcome.REJECTED
    with atomic(post):
        if states.move(post, decision.to, attempt=post.attempts_made, **fields):
            ledger.resolve(Alert.Kind.UNDECIDED, about=f"post:{post.pk}", now=now)
            if decision.alert:
                ledger.raise_for_post(decision.alert, post, reason=why, now=now)
    return post.status


@again
def _cannot_tell(post: Post, fault: Exception, now: datetime) -> str:
    reason = speaking.words_of(fault, post.account)
    since = post.waiting_since_at or now
    undecided = now - since >= timedelta(seconds=settings.UNDECIDED_AFTER)
    if isinstance(fault, SiteFault):
        platforms.site_fault(post.account, fault, now=now)
    elif isinstance(fault, ConnectorError) and not isinstance(fault, OutcomeUnknown):
        decision = retry.decide(fault, failures=0, sent=True, ask_after=ASK_EVERY)
        consequences.for_account(post.account, fault, decision, now=now)
        if decision.account:
            ledger.raise_for_post(decision.alert, post, reason=reason, now=now)
    once_more = retry.absent(post.failures_in_row)
    # What was asked back is not sent once more on a guess: it would be out twice, and one of them not be known.
    # Nor is what went to another place: it would be out in both.
    resend = post.account.resend_unknown and undecided and not post.recall_asked_at and not places.is_elsewhere(post)
    if resend and once_more.to == PostStatus.PENDING:
        why = said("Nobody can tell whether it is out; this account has it sent again.")
        return _send_again(post, once_more, why, now)
    return _put_off(post, reason, now)


@again
def _put_off(post: Post, reason: str, now: datetime) -> str:
    """Ask again in a while; a human hears of it when that has been so for long enough."""
    since = post.waiting_since_at or now
    Post.objects.filter(pk=post.pk, status=PostStatus.UNKNOWN, attempts_made=post.attempts_made).update(
        not_before=ask_again(since, now), waiting_since_at=since, error=reason
    )
    if now - since >= timedelta(seconds=settings.UNDECIDED_AFTER):
        with atomic(post):
            if ledger.raise_for_post(Alert.Kind.UNDECIDED, post, reason=reason, now=now):
                post.error = reason
                events.write([events.undecided(post)])
    return PostStatus.UNKNOWN


def ask_again(since: datetime, now: datetime) -> datetime:
    """In five minutes, or when the alert for a human is due, whichever comes first."""
    tell_at = since + timedelta(seconds=settings.UNDECIDED_AFTER)
    return min(now + ASK_EVERY, tell_at) if tell_at > now else now + ASK_EVERY
