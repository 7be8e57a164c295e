"""Finding out what really happened: leases that ran out, and posts of which nobody knows whether they are out."""

import logging
from collections import Counter
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from connectors.base import Published
from connectors.errors import ConnectorError, OutcomeUnknown
from connectors.masking import mask
from social_queue import accounts, alerts, outcomes, retry, states, wording
from social_queue.deadlocks import again
from social_queue.models import Alert, Attempt, Post
from social_queue.vault import VaultClosed

logger = logging.getLogger("social_queue.reconcile")

P = Post.Status

#: How often a platform is asked about the same undecided post.
ASK_EVERY = timedelta(minutes=5)


def expire_leases(now: datetime) -> Counter:
    """Take back what vanished workers held: surely unsent posts become pending, others unknown. Counts by status."""
    counts: Counter = Counter()
    ran_out = Post.objects.filter(status=P.PUBLISHING, lease_until__lte=now).select_related("account", "item")
    for post in ran_out.order_by("lease_until")[:500]:
        counts[_expire(post, now)] += 1
    counts.pop("", None)
    return counts


def reconcile_unknown(now: datetime, *, limit: int = 200) -> Counter:
    """Ask the platforms about undecided posts whose time has come. Counts by the status they are in afterwards."""
    due = Post.objects.filter(status=P.UNKNOWN, not_before__lte=now).select_related("account", "item")
    return Counter(_ask(post, now) for post in due.order_by("not_before", "id")[:limit])


@again
def _expire(post: Post, now: datetime) -> str:
    attempt = Attempt.objects.filter(post=post, number=post.attempts_made).first()
    sent_at = attempt.sent_at if attempt else None
    if sent_at is None:
        to, fields = P.PENDING, {"not_before": now, "error": "The worker vanished before it sent anything."}
    else:
        ask_at = max(now, sent_at + timedelta(seconds=settings.RECONCILE_AFTER))
        to, fields = P.UNKNOWN, {"not_before": ask_at, "error": "The worker vanished while the platform was answering."}
        fields["waiting_since_at"] = post.waiting_since_at or now
    with transaction.atomic():
        if not states.move(post, to, attempt=post.attempts_made, error_kind=Attempt.Outcome.LEASE_ENDED, **fields):
            return ""
        Attempt.objects.filter(post=post, number=post.attempts_made, ended_at=None).update(
            ended_at=now, outcome=Attempt.Outcome.LEASE_ENDED, error=fields["error"]
        )
    return to


def _ask(post: Post, now: datetime) -> str:
    try:
        found = accounts.connector_for(post.account).find_existing(wording.outgoing(post), post.draft_ref)
    except (ConnectorError, VaultClosed) as fault:
        return _cannot_tell(post, fault, now)
    except Exception as fault:  # a fault of ours must not keep the other posts from being asked about
        logger.exception("post %s: asking the platform failed", post.pk, extra={"post": post.pk})
        return _cannot_tell(post, fault, now)
    return found_out(post, found, now=now)


@again
def found_out(post: Post, found: Published | None, *, now: datetime) -> str:
    """The platform or a human has said where an unknown post is: out, or surely absent. Returns its new status."""
    attempt = post.attempts_made
    if found:
        with transaction.atomic():
            if states.move(post, P.PUBLISHED, attempt=attempt, **outcomes.proof(found, now)):
                alerts.resolve_post(post, now=now)
        return post.status
    decision = retry.absent(post.failures_in_row)
    with transaction.atomic():
        moved = states.move(
            post,
            decision.to,
            attempt=attempt,
            not_before=now,
            failures_in_row=decision.failures,
            waiting_since_at=None,
            error="The platform surely does not have it.",
        )
        if moved:
            alerts.resolve(Alert.Kind.UNDECIDED, about=f"post:{post.pk}", now=now)
        if moved and decision.alert:
            alerts.raise_for_post(decision.alert, post, reason=post.error, now=now)
    return post.status


@again
def _cannot_tell(post: Post, fault: Exception, now: datetime) -> str:
    reason = mask(str(fault) or type(fault).__name__)
    since = post.waiting_since_at or now
    undecided = now - since >= timedelta(seconds=settings.UNDECIDED_AFTER)
    if isinstance(fault, ConnectorError) and not isinstance(fault, OutcomeUnknown):
        decision = retry.decide(fault, failures=0, sent=True, ask_after=ASK_EVERY)
        outcomes.tell_account(post.account_id, fault, decision, now=now)
        if decision.account:
            alerts.raise_for_post(decision.alert, post, reason=reason, now=now)
    if post.account.resend_unknown and undecided:
        states.move(post, P.PENDING, attempt=post.attempts_made, not_before=now, waiting_since_at=None)
        return post.status
    Post.objects.filter(pk=post.pk, status=P.UNKNOWN, attempts_made=post.attempts_made).update(
        not_before=_ask_again(since, now), waiting_since_at=since, error=reason
    )
    if undecided:
        alerts.raise_for_post(Alert.Kind.UNDECIDED, post, reason=reason, now=now)
    return P.UNKNOWN


def _ask_again(since: datetime, now: datetime) -> datetime:
    """In five minutes, or at the moment when a human must be told, whichever comes first."""
    tell_at = since + timedelta(seconds=settings.UNDECIDED_AFTER)
    return min(now + ASK_EVERY, tell_at) if tell_at > now else now + ASK_EVERY
