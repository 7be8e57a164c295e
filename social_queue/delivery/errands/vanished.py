"""Tries whose worker vanished: what it was at may be gone or not, and is simply done again."""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.db.models import F, Q, QuerySet

from social_queue import fenced
from social_queue.delivery.sweeps import leases
from social_queue.models import Attempt, Part, Post, PostStatus
from social_queue.workings import heartbeat
from social_queue.workings.deadlocks import again, atomic

_BEFORE_ANY_LEASE = datetime(2000, 1, 1, tzinfo=UTC)


def expire(now: datetime) -> int:
    """Free what vanished workers held; it stays due. Returns how many.

    Of a process of this host that has ended it is known at once, of any other when its lease runs out. Whoever is taken
    for dead and is not does no harm: what is deleted twice is gone, and its number is no longer the newest.
    """
    # That there is a lease says nothing new, and keeps SQLite from going through all that was ever published.
    held = Post.objects.filter(status=PostStatus.PUBLISHED, lease_until__gt=_BEFORE_ANY_LEASE)
    ran_out = [(post, leases.over(now)) for post in held.filter(leases.over(now)).order_by("lease_until")[:500]]
    return sum(_expire(post, still, now) for post, still in [*ran_out, *_held_by_the_dead()])


def _held_by_the_dead() -> Iterable[tuple[Post, Q]]:
    for attempt in under_way().select_related("post"):
        if heartbeat.is_gone(attempt.worker):
            yield attempt.post, Q(in_flight_account__isnull=False)


def under_way() -> QuerySet[Attempt]:
    """The tries that hold their posts. Found by what is in flight, which is one post an account at most."""
    # Asked for first: in one question SQLite goes through all that was ever published.
    in_flight = list(Post.objects.filter(in_flight_account__gt=0).order_by().values_list("pk", flat=True))
    mine = Attempt.objects.filter(post__in=in_flight, ended_at=None, part_number=1, number=F("post__attempts_made"))
    return mine.exclude(kind=Attempt.Kind.POST).filter(
        post__status=PostStatus.PUBLISHED, post__in_flight_account__isnull=False
    )


def wore_out_workers(attempt: Attempt) -> bool:
    """Did as many workers in a row vanish at the same before this one as a post is given to?"""
    before = Attempt.objects.filter(post=attempt.post_id, part_number=1, number__lt=attempt.number).order_by("-number")
    last = list(before.values_list("kind", "outcome")[: leases.MOST_VANISHED])
    return len(last) == leases.MOST_VANISHED and set(last) == {(attempt.kind, str(Attempt.Outcome.LEASE_ENDED))}


def ended_as(attempt: Attempt) -> str | None:
    """How this try stands ended, None while it holds its post; in the caller's transaction, which holds the post then.

    One that was freed keeps its number until another is taken up, and a part may have the account meanwhile.
    """
    list(Post.objects.select_for_update().filter(pk=attempt.post_id).values_list("pk"))
    ended = Attempt.objects.filter(pk=attempt.pk, ended_at__isnull=False)
    return ended.values_list("outcome", flat=True).first()


@again
def _expire(post: Post, still: Q, now: datetime) -> bool:
    seen = Post.objects.filter(still, pk=post.pk, status=PostStatus.PUBLISHED, attempts_made=post.attempts_made)
    with atomic(post):
        # Looked at once more: a worker that was only slow may have gone on a moment ago.
        if not list(seen.select_for_update().values_list("pk")):
            return False
        free: dict[str, object] = {"lease_until": None}
        if not Part.objects.filter(post=post, status=PostStatus.PUBLISHING).exists():
            # Else it was freed before, and what has the account is a part that goes out.
            free["in_flight_account"] = None
        fenced.write(post.pk, free, status=PostStatus.PUBLISHED, attempt=post.attempts_made)
        Attempt.objects.filter(post=post, part_number=1, number=post.attempts_made, ended_at=None).update(
            ended_at=now, outcome=Attempt.Outcome.LEASE_ENDED, error="The worker vanished; it is done again."
        )
    return True
