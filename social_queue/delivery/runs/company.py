"""Which other workers have posts in hand, and whether one worker more is too many."""

from django.db.models import Count, QuerySet

from social_queue import kept
from social_queue.models import Attempt
from social_queue.workings import heartbeat


def can_do_without(worker: str, *, size: int, stays: str) -> bool:
    """Could the others, with ``size`` hands each, send all that is in flight? And holds none that may go less than it?

    What stands ready elsewhere counts, as it waits for a hand that is free; of several that are too many one goes at a
    time, which counts for as long as it has anything in hand. What was killed on this host has no hands. ``stays``: the
    worker that never goes, however little it holds.
    """
    others = {name: number for name, number in _in_flight() if name == worker or not heartbeat.is_gone(name)}
    own = others.pop(worker, 0)
    if not others or own + sum(others.values()) > size * len(others):
        return False
    others.pop(stays, None)
    return all((own, worker) < (number, name) for name, number in others.items())


@kept.rows
def _in_flight() -> "QuerySet[Attempt, tuple[str, int]]":
    """How many attempts each worker has that have not ended."""
    rows = Attempt.objects.filter(ended_at=None).order_by().values("worker").annotate(number=Count("pk"))
    return rows.values_list("worker", "number")
