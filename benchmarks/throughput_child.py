"""One measurement of throughput in a process of its own; prints a JSON object."""

import importlib
import json
import os
import statistics
import sys
import time
from datetime import timedelta

from benchmarks import processes, seed
from benchmarks.ground import child
from benchmarks.throughput import head_start, stop

_PATIENCE = 600


def autopost(*, posts: int, accounts: int, groups: int, a_core_each: bool) -> dict:
    """Real clusters, rows that fall due together, and the time until the last is published."""
    from django.db.models import Max
    from django.utils import timezone

    from social_queue.models import Post

    due = timezone.now() + head_start()
    seed.posts(seed.accounts(accounts), posts, due=due)
    due = max(due, timezone.now() + head_start())
    Post.objects.update(not_before=due)
    clusters = []
    for number in range(groups):
        told = {"WORKER_NAME": f"group-{number}"}  # as on hosts of their own
        clusters.append(child("manage.py", "qcluster", env=os.environ | told))
        if a_core_each:
            os.sched_setaffinity(clusters[-1].pid, {number})
    try:
        time.sleep(max(0.0, (due - timezone.now()).total_seconds() - 0.5))
        before = _cpu(clusters)
        _wait_until(lambda: not Post.objects.exclude(status="published").exists(), clusters)
        used = _used(clusters, before, posts)
    finally:
        for cluster in clusters:
            stop(cluster)
    last = Post.objects.aggregate(last=Max("published_at"))["last"]
    number = Post.objects.filter(status="published").count()
    doubles = number - Post.objects.filter(attempts_made=1).count()
    return {"rate": number / (last - due).total_seconds(), "posts": number, "tried_twice": doubles, **used}


def peer(*, name: str, posts: int, threads: int) -> dict:
    """One of ``benchmarks.peers``: four processes, or so many threads."""
    from django.utils import timezone

    from social_queue.models import Post

    told = importlib.import_module(f"benchmarks.peers.{name}_tasks")
    seed.posts(seed.accounts(), posts, due=timezone.now())
    ids = list(Post.objects.values_list("pk", flat=True))
    workers = [child(*words, env=dict(os.environ)) for words in told.workers(threads)]
    try:
        time.sleep(8)
        before, began = _cpu(workers), time.monotonic()
        told.queue(ids)
        _wait_until(lambda: Post.objects.filter(status="published").count() == posts, workers, every=0.05)
        rate = posts / (time.monotonic() - began)
        used = _used(workers, before, posts)
    finally:
        for worker in workers:
            stop(worker)
    return {"rate": rate, "posts": posts, **used}


def _servers() -> set[int]:
    return processes.named("mariadbd", "postgres", "redis-server")


def _cpu(workers: list) -> tuple[float, float]:
    """Seconds of the workers, and of the servers that they ask."""
    return processes.seconds(processes.family(*(one.pid for one in workers))), processes.seconds(_servers())


def _used(workers: list, before: tuple[float, float], posts: int) -> dict:
    own, theirs = (1000 * (now - then) / posts for now, then in zip(_cpu(workers), before, strict=True))
    held = processes.memory(processes.family(*(one.pid for one in workers)))
    return {"cpu_ms": round(own, 2), "server_ms": round(theirs, 2), **held}


def lateness(*, posts: int, busy: int) -> dict:
    """Scheduled posts half a second apart, each on an account of its own, beside ``busy`` others that are due."""
    from django.utils import timezone

    from social_queue.models import Post

    begin = timezone.now() + head_start()
    for place, account in enumerate(seed.accounts(posts)):
        seed.posts([account], 1, due=begin + timedelta(seconds=place / 2))
    watched = set(Post.objects.values_list("pk", flat=True))
    if busy:
        seed.posts(seed.accounts(20), busy, due=begin)
    cluster = child("manage.py", "qcluster", env=dict(os.environ))
    try:
        _wait_until(lambda: not Post.objects.filter(pk__in=watched).exclude(status="published").exists(), [cluster])
        waiting = Post.objects.filter(status="pending").count()
    finally:
        stop(cluster)
    if busy and not waiting:
        raise SystemExit(f"the {busy} other posts were out before the last that was watched: ask for more")
    late = [(post.published_at - post.not_before).total_seconds() for post in Post.objects.filter(pk__in=watched)]
    cuts = statistics.quantiles(late, n=100)
    return {
        "p50_s": round(cuts[49], 3),
        "p99_s": round(cuts[98], 3),
        "worst_s": round(max(late), 3),
        "posts": len(late),
        "others still due": waiting,
    }


def claim_cost(*, sizes: list[int], paused: int) -> dict:
    """Milliseconds for a claim of 20 with ever more pending posts, and with a paused account's backlog in the way."""
    from django.utils import timezone

    from social_queue.models import PlatformAccount

    places = seed.accounts()
    result, laid = {}, 0
    for size in sizes:
        seed.posts(places, size - laid, due=timezone.now())
        laid = size
        result[f"{size:,} posts"] = _claims(timezone.now())
    if paused:
        seed.posts(seed.accounts(1, status=PlatformAccount.Status.PAUSED), paused, due=timezone.now())
        result[f"and {paused:,} of a paused account"] = _claims(timezone.now())
    return result


def _claims(now) -> float:
    """The median of 41 claims, each given back."""
    from social_queue.delivery.claim import claim
    from social_queue.models import Attempt, Post

    taken = []
    for _ in range(41):
        began = time.perf_counter()
        attempts = claim(now=now, worker="bench", limit=20).attempts
        taken.append(1000 * (time.perf_counter() - began))
        held = [attempt.post_id for attempt in attempts]
        Attempt.objects.filter(post__in=held).delete()
        Post.objects.filter(pk__in=held).update(
            status="pending", in_flight_account=None, lease_until=None, attempts_made=0
        )
    return round(statistics.median(taken), 2)


def _wait_until(is_done, workers: list, *, every: float = 0.2) -> None:
    ends = time.monotonic() + _PATIENCE
    while not is_done():
        if time.monotonic() > ends or any(worker.poll() is not None for worker in workers):
            raise SystemExit("the workers ended or took too long")
        time.sleep(every)


if __name__ == "__main__":
    seed.prepare()
    print(json.dumps(globals()[sys.argv[1]](**json.loads(sys.argv[2]))))
