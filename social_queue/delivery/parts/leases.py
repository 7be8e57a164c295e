"""Leases of parts that ran out: what a worker held when it vanished."""

from collections import Counter
from datetime import datetime

from social_queue import part_states
from social_queue.delivery.parts import telling
from social_queue.delivery.sweeps.leases import over, what_a_vanished_worker_leaves
from social_queue.models import Attempt, Part, Post, PostStatus
from social_queue.workings.deadlocks import again, atomic


def expire(now: datetime) -> Counter[str]:
    """End the leases of vanished workers: parts before their point of no return become pending, others unknown.

    Returns counts by status.
    """
    # Found by themselves, as the posts are.
    ran_out = Part.objects.filter(over(now), status=PostStatus.PUBLISHING).order_by().values_list("pk", flat=True)
    rows = Part.objects.filter(pk__in=list(ran_out[:500])).select_related("post__account", "post__item")
    counts = Counter(_expire(part, now) for part in rows.order_by("lease_until"))
    counts.pop("", None)
    return counts


@again
def _expire(part: Part, now: datetime) -> str:
    held = Part.objects.filter(
        over(now), pk=part.pk, status=PostStatus.PUBLISHING, attempts_made=part.attempts_made
    ).values_list("pk")
    with atomic(part):
        list(Post.objects.select_for_update().filter(pk=part.post_id).values_list("pk"))
        # Locked and looked at once more: a worker that was only slow may have renewed its lease a moment ago.
        if not list(held.select_for_update()):
            return ""
        tries = Attempt.objects.filter(post=part.post_id, part_number=part.number)
        to, fields, alert = what_a_vanished_worker_leaves(tries, now)
        kind = Attempt.Outcome.LEASE_ENDED
        part_states.move(part, to, attempt=part.attempts_made, now=now, error_kind=kind, **fields)
        tries.filter(number=part.attempts_made, ended_at=None).update(ended_at=now, outcome=kind, error=fields["error"])
        if alert:
            telling.tell(alert, part, reason=part.error, now=now)
    return to
