"""`make chaos`: workers die of SIGKILL at random moments while platforms misbehave; what is out twice, what is lost?

200 items on four accounts go out through `manage.py dispatch --loop` processes that are killed and started again, at
least 100 times, while the sandbox answers slowly, answers 500 after publishing, hangs up, times out and limits. Then
the wall is compared with the rows, code by code.
"""

import argparse
import os
import random
import signal
import sys
import time
from datetime import timedelta

from benchmarks.chaos import acts, laid_out, trial
from benchmarks.chaos.verdict import FAULTY, judge, show
from benchmarks.ground import DATABASES, IMPATIENT, child, ground

FAULTS = {
    "accept_then_500": 0.04,
    "accept_then_hang_up": 0.04,
    "accept_then_time_out": 0.01,
    "drop_then_time_out": 0.01,
    "server_error": 0.02,
    "rate_limit": 0.002,
}
LATENCY = 0.05
SECONDS_A_KILL = 2.5  # about, on two cores, with the worker's new start and the looks in between


def main() -> int:
    """Run the trial, print the table; exit 0 only when nothing is out twice, lost or undecided in silence."""
    asked = _arguments()
    if asked.fault:
        return trial.run(asked)
    asked.database = asked.database or "sqlite"
    from connectors.sandbox import Sandbox
    from connectors.sandbox.meta import instagram

    # A day's allowance is 100 posts, and this is several days' worth in minutes.
    instagram.QUOTA = 100 * asked.items
    with Sandbox(latency=LATENCY) as sandbox:
        sandbox.world.scenarios.set_faults(FAULTS, seed=asked.seed, everywhere=True)
        bases = {f"{name}_API_URL": sandbox.url for name in ("FACEBOOK", "INSTAGRAM", "TELEGRAM", "X", "BITLY")}
        hosts = sandbox.url.removeprefix("http://")
        with ground(
            asked.database, **IMPATIENT, **bases, MEDIA_ALLOWED_HOSTS=hosts, CARDS="needed", UNDO_SECONDS="2"
        ) as env:
            os.environ.update(env)
            span = SECONDS_A_KILL * asked.kills
            laid_out.due_within(
                span, f"{sandbox.url}/_media/sample", items=asked.items, parts=asked.parts, rich=asked.rich
            )
            began = time.monotonic()
            kills = _storm(asked, env)
            _calm(env, patience=asked.patience)
            result = judge(sandbox.wall, kills=kills, seconds=time.monotonic() - began)
    _print(result, asked)
    return int(any(result[what] for what in FAULTY))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=200)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--minutes", type=float, default=60, help="the storm ends then, however few were killed")
    parser.add_argument("--parts", type=int, default=0, help="so many follow-ups behind each post")
    parser.add_argument("--rich", action="store_true", help="every fourth item is an album, every eighth a video")
    parser.add_argument("--recalls", type=int, default=0, help="so many posts are taken back, wherever they stand")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--database", choices=DATABASES, help="the storm: sqlite; a fault: the first that can have it")
    parser.add_argument(
        "--fault", choices=acts.FAULTS, help="instead of the storm: real clusters, and one thing breaks"
    )
    parser.add_argument("--hosts", type=int, default=1, help="with --fault: so many, each with a cluster of its own")
    parser.add_argument("--log", default="error", help="with --fault: what the clusters say")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--patience", type=float, default=900, help="seconds for everything to settle after the storm")
    return parser.parse_args()


def _storm(asked: argparse.Namespace, env: dict[str, str]) -> int:
    """Kill and restart workers at random moments, take posts back; every third look settles what the dead left."""
    chance = random.Random(asked.seed)
    workers = [_worker(env) for _ in range(asked.workers)]
    kills, taken_back, ends = 0, 0, time.monotonic() + asked.minutes * 60
    try:
        while kills < asked.kills and time.monotonic() < ends:
            time.sleep(chance.uniform(0.2, 2.5))
            victim = chance.randrange(len(workers))
            os.killpg(workers[victim].pid, signal.SIGKILL)
            workers[victim].wait()
            kills += 1
            workers[victim] = _worker(env)
            wanted = asked.recalls * kills // asked.kills
            laid_out.take_back(chance, wanted - taken_back)
            taken_back = wanted
            if kills % 3 == 0:
                _lift_limits()
                child("manage.py", "reconcile", env=env).wait()
            if kills % 10 == 0:
                print(f"  {kills} kills, {_open_posts()} posts still open", file=sys.stderr, flush=True)
    finally:
        for worker in workers:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
    return kills


def _calm(env: dict[str, str], *, patience: float) -> None:
    """One worker that lives until all that can be decided is, and the youngest doubts are old enough for an alert."""
    worker = _worker(env)
    ends = time.monotonic() + patience
    try:
        while _open_posts() and time.monotonic() < ends:
            _lift_limits()
            child("manage.py", "reconcile", env=env).wait()
            time.sleep(2)
    finally:
        os.killpg(worker.pid, signal.SIGTERM)
        worker.wait(timeout=30)
    time.sleep(int(IMPATIENT["UNDECIDED_AFTER"]) + 1)
    child("manage.py", "reconcile", env=env).wait()


def _lift_limits() -> None:
    """An operator resumes limited accounts at once: waiting out a limit of an hour would prove nothing more."""
    from django.utils import timezone

    from social_queue.models import Errand, PlatformAccount
    from social_queue.operations import accounts

    now = timezone.now()
    limited = Errand.objects.filter(ended_at=None, failures_in_row=0, asked_at__lt=now - timedelta(seconds=10))
    limited.update(not_before=now)
    for account in PlatformAccount.objects.exclude(paused_until=None):
        accounts.resume_account(account, now=now)


def _worker(env: dict[str, str]):
    return child("manage.py", "dispatch", "--loop", "--json", env=env)


def _open_posts() -> int:
    """Posts that time alone will still move: those that a human must decide are not among them."""
    from social_queue.models import Errand, Part, Post

    mute = Post.objects.filter(status="unknown", platform="telegram").count()
    parts = Part.objects.filter(status__in=["pending", "publishing", "unknown"], not_before__isnull=False)
    mute += parts.filter(status="unknown", account__platform="telegram").count()
    back = Errand.objects.filter(ended_at=None).exclude(post__status="unknown").count()
    posts = Post.objects.filter(status__in=["pending", "publishing", "unknown"]).count()
    return posts + parts.count() + back - mute


def _print(result: dict, asked: argparse.Namespace) -> None:
    given = f"--database {asked.database} --items {asked.items} --kills {asked.kills} --seed {asked.seed}"
    given += (f" --parts {asked.parts}" if asked.parts else "") + (" --rich" if asked.rich else "")
    given += f" --recalls {asked.recalls}" if asked.recalls else ""
    print(f"make chaos ARGS='{given}'")
    show(result)


if __name__ == "__main__":
    sys.exit(main())
