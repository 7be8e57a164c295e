"""`make chaos ARGS='--fault dbrestart'` and `dbkill`: the database goes away while a real cluster publishes.

44 accounts, a post every 45 ms for a minute, settings as they come. After fifteen seconds MariaDB is restarted (away
for two seconds) or killed (away for thirty). Then the wall is compared with the rows, and every post with its time.
"""

import argparse
import os
import signal
import statistics
import sys
import time
from datetime import timedelta

from benchmarks.chaos_verdict import FAULTY, judge, show
from benchmarks.ground import child, create_in_mariadb, ground

LATENCY, SECONDS, AFTER = 0.05, 60, 15
AWAY = {"dbrestart": 2, "dbkill": 30}
#: The latest that a post may be, in seconds.
GOALS = {"dbrestart": 15, "dbkill": 60}


def run(asked: argparse.Namespace) -> int:
    """The trial; 0 when nothing is out twice, lost or left to a human, and nothing was later than the goal."""
    from connectors.sandbox import Sandbox
    from tests.support.mariadb import restartable_server

    with Sandbox(latency=LATENCY) as sandbox, restartable_server() as server:
        bases = {f"{name}_API_URL": sandbox.url for name in ("FACEBOOK", "INSTAGRAM", "TELEGRAM", "X", "BITLY")}
        with ground("sqlite", **bases, CARDS="off", Q_WORKERS=str(asked.workers)) as env:
            env["DATABASE_URL"] = server.address
            create_in_mariadb(server.address)
            os.environ.update(env)
            first = _lay_down(asked.items * 4)
            worker = child("manage.py", "qcluster", env=env)
            try:
                time.sleep(max(0.0, first - time.time()) + AFTER)
                server.stop() if asked.fault == "dbrestart" else server.kill()
                time.sleep(AWAY[asked.fault])
                server.start()
                began = time.monotonic()
                _settled(patience=asked.patience)
                told = _judge(sandbox.wall, began)
            finally:
                os.killpg(worker.pid, signal.SIGKILL)
                worker.wait()
    print(f"make chaos ARGS='--fault {asked.fault} --items {asked.items} --workers {asked.workers}'")
    show(told)
    return int(any(told[what] for what in FAULTY) or told["unknown"] > 0 or told["latest (s)"] > GOALS[asked.fault])


def _lay_down(posts: int) -> float:
    """Rows that fall due evenly; returns the first moment."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from social_queue.models import PlatformAccount, Post, QueueItem

    call_command("migrate", verbosity=0)
    keys = {"telegram": {"bot_token": "4242:sandbox-bot"}, "facebook": {"access_token": "sandbox-page"}}
    accounts = [
        PlatformAccount.objects.create(
            platform=name, slug=f"{name}-{number}", address=f"{start}{number:04}", credentials=keys[name]
        )
        for number in range(22)
        for name, start in (("telegram", "-10012345"), ("facebook", "102938"))
    ]
    first = timezone.now() + timedelta(seconds=posts / 100 + 8)
    for number in range(posts):
        due, account = first + timedelta(seconds=SECONDS * number / posts), accounts[number % len(accounts)]
        words = {"title": f"Outage item {number}", "link": f"https://example.com/outage/{number}", "source": "chaos"}
        item = QueueItem.objects.create(**words, publish_at=due)
        Post.objects.create(item=item, account=account, platform=account.platform, not_before=due)
    return first.timestamp()


def _settled(*, patience: float) -> None:
    from django.db import connection

    from social_queue.models import Alert, Post

    ends = time.monotonic() + patience
    while time.monotonic() < ends:
        connection.close()
        still = Post.objects.filter(status__in=["pending", "publishing", "unknown"])
        if not still.exclude(pk__in=Alert.objects.filter(kind="undecided").values("post")).exists():
            return
        left = {name: still.filter(status=name).count() for name in ("pending", "publishing", "unknown")}
        print(f"  {left}", file=sys.stderr, flush=True)
        time.sleep(5)


def _judge(wall: list, began: float) -> dict:
    from social_queue.models import Alert, Attempt, Post

    told = judge(wall, kills=0, seconds=time.monotonic() - began)
    rows = Post.objects.filter(status="published").values_list("published_at", "item__publish_at")
    late = sorted((out - due).total_seconds() for out, due in rows)
    ends = {"median (s)": statistics.median(late), "99 of 100 within (s)": late[int(len(late) * 0.99)]}
    ends |= {"latest (s)": late[-1]}
    return {
        **{name: told[name] for name in ("posts", "published", "doubles", "lost", "unknown", "unknown elsewhere")},
        "unknown without an alert": told["unknown without an alert"],
        "accounts held for a lease": Attempt.objects.filter(outcome="lease_ended").count(),
        "second tries": Attempt.objects.filter(number__gt=1).count(),
        "humans asked": Alert.objects.filter(kind="undecided").count(),
        "messages": Alert.objects.count(),
        **{name: round(value, 1) for name, value in ends.items()},
        "seconds after it was back": told["seconds"],
    }
