"""Which process of a cluster to kill so that it hurts most: the worker with most in hand."""

from collections import Counter


def busiest() -> int | None:
    """The worker with most in hand; else the one that waits for what comes due; None where neither is."""
    from social_queue.models import Attempt

    names = Counter(Attempt.objects.filter(ended_at=None).values_list("worker", flat=True))
    alive = [number for number in (_number(name) for name, _ in names.most_common()) if number]
    return alive[0] if alive else waiting()


def waiting() -> int | None:
    """The worker that waits for what comes due."""
    from social_queue.models import Heartbeat

    holders = Heartbeat.objects.filter(name="dispatch", held_until__isnull=False).values_list("worker", flat=True)
    return next((number for number in map(_number, holders) if number), None)


def _number(worker: str) -> int | None:
    from social_queue.workings import heartbeat

    alive = not heartbeat.is_gone(worker) and worker != heartbeat.worker_name()
    return int(worker.rpartition(":")[2]) if alive else None
