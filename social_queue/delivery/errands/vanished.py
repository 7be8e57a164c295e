"""Tries whose worker vanished: what it was at may be gone or not, and is simply done again."""

from datetime import datetime

from django.db.models import Q

from social_queue import fenced
from social_queue.delivery.sweeps import leases
from social_queue.models import Attempt, Post, PostStatus
from social_queue.workings.deadlocks import again, atomic


def expire(now: datetime) -> int:
    """End the leases of vanished workers; what they were at stays due. Returns how many."""
    ran_out = Post.objects.filter(leases.over(now), status=PostStatus.PUBLISHED)
    return sum(_expire(post, now) for post in ran_out.order_by("lease_until")[:500])


@again
def _expire(post: Post, now: datetime) -> bool:
    held = Post.objects.filter(leases.over(now), pk=post.pk, status=PostStatus.PUBLISHED)
    with atomic(post):
        # Looked at once more: a worker that was only slow may have gone on a moment ago.
        if not list(held.filter(Q(attempts_made=post.attempts_made)).select_for_update().values_list("pk")):
            return False
        free: dict[str, object] = {"in_flight_account": None, "lease_until": None}
        fenced.write(post.pk, free, status=PostStatus.PUBLISHED, attempt=post.attempts_made)
        Attempt.objects.filter(post=post, number=post.attempts_made, ended_at=None).update(
            ended_at=now, outcome=Attempt.Outcome.LEASE_ENDED, error="The worker vanished; it is done again."
        )
    return True
