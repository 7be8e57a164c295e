"""What was missed while nobody published: sent, left out or spread, as each account's policy says."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count

from social_queue import states
from social_queue.alerts import ledger
from social_queue.models import Alert, PlatformAccount, Post, PostStatus
from social_queue.timing import late, slots
from social_queue.workings.deadlocks import again

logger = logging.getLogger(__name__)

KIND = "missed"
_Policy = PlatformAccount.LatePolicy
#: The alert counts what was left out by as much as an outage may last.
_REMEMBERED = timedelta(days=31)


def is_to_be_settled(post: Post, now: datetime) -> bool:
    """Is this, its account's oldest due post, one that the account's policy keeps from going out now?"""
    account = post.account
    return account.late_policy != _Policy.SEND and late.gap(account, post.not_before, now) is not None


def settle(posts: Iterable[Post], now: datetime) -> None:
    """Do with all that these posts' accounts missed what their policies say; ``posts`` are the oldest of each."""
    left_out = 0
    for post in posts:
        account = post.account
        gap = late.gap(account, post.not_before, now)
        if gap is None:
            continue
        if account.late_policy == _Policy.SPREAD:
            _spread(account, gap, now)
        else:
            left_out += _leave_out(account, now)
    if left_out:
        _tell(now)


@again
def _leave_out(account: PlatformAccount, now: datetime) -> int:
    """Cancel what is late by as much as the account's patience; what came due since goes out."""
    words = {"error_kind": KIND, "error": "Missed while nothing ran."}
    with transaction.atomic():
        missed = [
            post
            for post in _waiting(account, now)
            if now - late.could_go(account, post.not_before) >= timedelta(minutes=account.late_after)
        ]
        return sum(states.move_all([states.Move(post, PostStatus.CANCELLED, 0, dict(words)) for post in missed]))


@again
def _spread(account: PlatformAccount, gap: timedelta, now: datetime) -> None:
    """Give all that is due a time of its own, in order."""
    slots.lay_locks([account.pk])
    with transaction.atomic():
        slots.hold([account.pk])
        missed = _waiting(account, now)
        taken = slots.some(account, len(missed), after=now)
        moments = taken or late.spread(account, len(missed), now=now, gap=gap)
        for post, moment in zip(missed, moments, strict=True):
            rows = Post.objects.filter(pk=post.pk, status=PostStatus.PENDING, attempts_made=0)
            rows.update(not_before=moment, slot_at=moment if taken else None)
    logger.warning("account %s: %s posts that were missed are spread", account.slug, len(missed))


def _waiting(account: PlatformAccount, now: datetime) -> list[Post]:
    """All that is due and was never tried, locked, in order."""
    rows = Post.objects.select_for_update().filter(account=account, status=PostStatus.PENDING, not_before__lte=now)
    return list(rows.filter(attempts_made=0).order_by("not_before", "pk"))


def _tell(now: datetime) -> None:
    """One alert for all of them, whose text grows while it is open."""
    left_out = Post.objects.filter(
        status=PostStatus.CANCELLED, error_kind=KIND, not_before__gt=now - _REMEMBERED, not_before__lte=now
    )
    counts = dict(left_out.order_by().values_list("account__slug").annotate(count=Count("pk")))
    listed = ", ".join(f"{slug} {count}" for slug, count in sorted(counts.items()))
    reason = f"Nothing ran for a while, and {sum(counts.values())} posts were missed ({listed})."
    ledger.keep(Alert.Kind.MISSED, about="site", reason=reason, now=now)
