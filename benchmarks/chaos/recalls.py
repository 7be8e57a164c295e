"""`python -m benchmarks.chaos.recalls`: 1,000 posts on 40 accounts are taken back while a worker dies every second.

A real cluster of two workers with the settings as they come, 50 ms a call; 4 % of the deletions are answered 500 or cut
off, before or after they were done, or never answered. Every second the worker with most in hand is killed. Seconds
count from the moment at which the time to undo is over until no copy is left on the wall.
"""

import argparse
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.chaos import laid_out, victims
from benchmarks.chaos.hosts import Host, hosts
from benchmarks.ground import DATABASES, ground, table

FAULTS = {
    "server_error": 0.01,
    "accept_then_500": 0.01,
    "accept_then_hang_up": 0.01,
    "accept_then_time_out": 0.005,
    "drop_then_time_out": 0.005,
}
LATENCY, UNDO_S = 0.05, 5


def main() -> int:
    """A column for each database; 1 when a copy is left or a row says otherwise."""
    asked = _arguments()
    if len(asked.databases) == 1:
        print(json.dumps(measure(asked, asked.databases[0])))
        return 0
    told = {}
    for database in asked.databases:
        words = [sys.executable, "-m", "benchmarks.chaos.recalls", *sys.argv[1:], "--databases", database]
        run = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True)
        told[database] = json.loads(run.stdout.splitlines()[-1])
    given = f"--posts {asked.posts} --accounts {asked.accounts} --every {asked.every:g} --seed {asked.seed}"
    print(f"python -m benchmarks.chaos.recalls {given}  (load {os.getloadavg()[0]:.0f})")
    names = list(next(iter(told.values())))
    print(table([{"what": name} | {base: told[base][name] for base in told} for name in names], ["what", *told]))
    return int(any(row["left on the wall"] or row["rows that say otherwise"] for row in told.values()))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=["sqlite", "mariadb"])
    parser.add_argument("--posts", type=int, default=1000)
    parser.add_argument("--accounts", type=int, default=40)
    parser.add_argument("--every", type=float, default=1.0, help="seconds from kill to kill; 0 for none")
    parser.add_argument("--patience", type=float, default=300, help="seconds until it is called off")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    return parser.parse_args()


def measure(asked: argparse.Namespace, database: str) -> dict[str, Any]:
    """One run."""
    from connectors.sandbox import Sandbox

    with Sandbox() as sandbox, _cluster(database, sandbox.url) as cluster:
        posts = laid_out.publish(sandbox, posts=asked.posts, accounts=asked.accounts)
        sandbox.world.latency = LATENCY
        sandbox.world.scenarios.set_faults(FAULTS, seed=asked.seed, everywhere=True)
        before = len(sandbox.calls)
        cluster.start()
        _wait(lambda: victims.waiting() is not None, 60)
        due = _ask(posts)
        time.sleep(max(0.0, due - time.time()))
        marks, kills = _storm(sandbox, asked, due)
        _wait(_over, asked.patience)
        settled = round(time.time() - due, 1)
        return _judge(len(sandbox.wall)) | {
            "kills": kills,
            "calls that met a fault": sum(call.scenario != "ok" for call in sandbox.calls[before:]),
            "seconds until half were gone": marks.get(asked.posts // 2, "–"),
            "seconds until 99 of 100 were gone": marks.get(asked.posts // 100, "–"),
            "seconds until none was left": marks.get(0, "–"),
            "seconds until every row said so": settled,
        }


@contextlib.contextmanager
def _cluster(database: str, url: str) -> Iterator[Host]:
    told = {f"{name}_API_URL": url for name in ("FACEBOOK", "INSTAGRAM", "TELEGRAM", "X", "BITLY")}
    told |= {"CARDS": "off", "Q_WORKERS": "2", "UNDO_SECONDS": str(UNDO_S), "LOG_LEVEL": "error"}
    told |= {"MEDIA_ALLOWED_HOSTS": url.removeprefix("http://"), "PUBLIC_BASE_URL": url}
    with ground(database, **told) as env, tempfile.TemporaryDirectory(prefix="autopost-recalls-") as home:
        os.environ.update(env)
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        with hosts(1, env, Path(home)) as [host]:
            yield host


def _ask(posts: list[int]) -> float:
    """Press the button; returns the moment at which the time to undo is over."""
    from django.utils import timezone

    from social_queue.models import Post
    from social_queue.operations.recalling import asking

    now = timezone.now()
    wanted = Post.objects.filter(pk__in=posts).select_related("item", "account").order_by("pk")
    assert asking.recall(wanted, now=now).taken == len(posts)
    return now.timestamp() + UNDO_S


def _storm(sandbox: Any, asked: argparse.Namespace, due: float) -> tuple[dict[int, float], int]:
    """Kill until the wall is empty; returns {copies left: seconds} and how many were killed."""
    marks: dict[int, float] = {}
    kills, next_kill, left = 0, due + asked.every, asked.posts
    while left and time.time() - due < asked.patience:
        time.sleep(0.05)
        left = len(sandbox.wall)
        reached = [mark for mark in (asked.posts // 2, asked.posts // 100, 0) if left <= mark]
        marks = {mark: round(time.time() - due, 1) for mark in reached} | marks
        if not left or not asked.every or time.time() < next_kill:
            continue
        if victim := victims.busiest():
            os.kill(victim, signal.SIGKILL)
            kills, next_kill = kills + 1, time.time() + asked.every
            print(f"  {kills} kills, {left} left", file=sys.stderr, flush=True)
    return marks, kills


def _wait(done: Callable[[], bool], seconds: float) -> None:
    ends = time.time() + seconds
    while not done() and time.time() < ends:
        time.sleep(0.1)


def _over() -> bool:
    from social_queue.models import Errand

    return not Errand.objects.filter(ended_at=None).exists()


def _judge(left: int) -> dict[str, Any]:
    from social_queue.models import Alert, Attempt, Event, Post

    tries = Attempt.objects.filter(kind="recall")
    told = Counter(event.data["post"]["id"] for event in Event.objects.filter(type="post.recalled"))
    posts = dict(Post.objects.values_list("pk", "status"))
    odd = sum(status != "recalled" or told[pk] != 1 for pk, status in posts.items())
    return {
        "posts": len(posts),
        "left on the wall": left,
        "rows that say otherwise": odd + tries.filter(ended_at=None).count() + Alert.objects.count(),
        "tries": tries.count(),
        "cut short by a kill": tries.filter(outcome="lease_ended").count(),
    }


if __name__ == "__main__":
    sys.exit(main())
