"""Leases that ran out: what a worker held when it vanished."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from social_queue import states
from social_queue.alerts import ledger
from social_queue.models import Alert, Attempt, Post, PostStatus
from social_queue.workings import heartbeat
from social_queue.workings.deadlocks import again, atomic

#: No lease that a setting gives is longer. Another host's may be longer than ours: settings are changed one by one.
LONGEST = timedelta(hours=1)
#: A post that so many workers in a row did not survive is not given to another.
MOST_VANISHED = 8


def expire_leases(now: datetime) -> Counter[str]:
    """End the leases of vanished workers: posts before their point of no return become pending, others unknown.

    Returns counts by status.
    """
    # Found by themselves: joined to others, or in order, SQLite 3.46 would read every post there is.
    ran_out = Post.objects.filter(over(now), status=PostStatus.PUBLISHING).order_by().values_list("pk", flat=True)
    posts = Post.objects.filter(pk__in=list(ran_out[:500])).select_related("account", "item").order_by("lease_until")
    counts = Counter(_expire(post, now) for post in posts)
    counts.pop("", None)
    return counts


def over(now: datetime) -> Q:
    """Leases that ran out, and those that no clock can have given which was right: longer than any lease is."""
    longest = max(timedelta(seconds=settings.LEASE_SECONDS), LONGEST)
    return Q(lease_until__lte=now) | Q(lease_until__gt=heartbeat.never(now) + longest)


@again
def _expire(post: Post, now: datetime) -> str:
    held = Post.objects.filter(
        over(now), pk=post.pk, status=PostStatus.PUBLISHING, attempts_made=post.attempts_made
    ).values_list("pk")
    with atomic(post):
        # Locked and looked at once more: a worker that was only slow may have renewed its lease a moment ago.
        if not list(held.select_for_update()):
            return ""
        tries = Attempt.objects.filter(post=post, part_number=1)
        to, fields, alert = what_a_vanished_worker_leaves(tries, now)
        states.move(post, to, attempt=post.attempts_made, error_kind=Attempt.Outcome.LEASE_ENDED, **fields)
        tries.filter(number=post.attempts_made, ended_at=None).update(
            ended_at=now, outcome=Attempt.Outcome.LEASE_ENDED, error=fields["error"]
        )
        if alert:
            ledger.raise_for_post(alert, post, reason=post.error, now=now)
    return to


def what_a_vanished_worker_leaves(attempts: QuerySet[Attempt], now: datetime) -> tuple[str, dict[str, Any], str]:
    """(status, columns, alert): unsent is tried again at once, unless one worker after the other died of it."""
    tries = list(attempts.order_by("-number").values_list("sent_at", "outcome", "worker"))
    sent_at, worker = (tries[0][0], tries[0][2]) if tries else (None, "")
    if sent_at is not None:
        latest = heartbeat.latest(now)
        begun_at = latest if _may_be_at_it(worker) else sent_at
        ask_at = max(now, begun_at + timedelta(seconds=settings.RECONCILE_AFTER))
        words = "The worker vanished while the platform was answering."
        return PostStatus.UNKNOWN, {"not_before": ask_at, "waiting_since_at": latest, "error": words}, ""
    vanished = [sent is None and outcome in ("", Attempt.Outcome.LEASE_ENDED) for sent, outcome, _worker in tries]
    if len(tries) >= MOST_VANISHED and all(vanished[:MOST_VANISHED]):
        words = f"{MOST_VANISHED} workers vanished one after the other before they sent it."
        return PostStatus.FAILED, {"error": words}, Alert.Kind.GIVEN_UP
    return PostStatus.PENDING, {"not_before": now, "error": "The worker vanished before it sent anything."}, ""


def _may_be_at_it(worker: str) -> bool:
    """Is nobody sure that it has ended? Its lease may be over only by our clock, and its call under way.

    Asked at once the platform would not have the post yet, and it would be sent again.
    """
    return ":" in worker and not heartbeat.is_gone(worker)
