"""How long the desk's pages take with a million items beside a thousand: `python -m benchmarks.many.pages`.

Each page is asked of both sizes in turn, seven times, so that whatever else the machine does meets both alike. A
median is printed, and this process's own CPU time beside it, which on SQLite is all there is but the disk.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.ground import ROOT
from benchmarks.many.rows import PERSON, kept

PAGES = {
    "items": "queueitem/",
    "items, status": "queueitem/?status__exact=failed",
    "items, from–to": "queueitem/?publish_at_from={day}&publish_at_to={day}",
    "items, source": "queueitem/?source=generator",
    "items, by hand": "queueitem/?source=admin:",
    "items, title": "queueitem/?q=item+9",
    "items, title of none": "queueitem/?q=nowhere",
    "items, page 10": "queueitem/?p=10",
    "items, platform": "queueitem/?platform={platform}",
    "items, account": "queueitem/?account=1",
    "items, account of none": "queueitem/?account=999",
    "items, game": "queueitem/?game=game+7",
    "items, trouble": "queueitem/?trouble=any",
    "posts": "post/",
    "posts, failed": "post/?status__exact=failed",
    "posts, published": "post/?status__exact=published",
    "posts, platform": "post/?platform__exact={platform}",
    "posts, account": "post/?account=1",
    "posts, account and status": "post/?account=1&status__exact=published",
    "posts, published from–to": "post/?published_at_from={day}&published_at_to={day}",
    "posts, title": "post/?q=item+9",
    "attempts": "attempt/",
    "attempts, outcome": "attempt/?outcome__exact=rejected",
    "attempts, outcome of none": "attempt/?outcome__exact=our_fault",
    "attempts, account": "attempt/?account=1",
    "attempts, ended from–to": "attempt/?ended_at_from={day}&ended_at_to={day}",
    "deliveries": "webhooklog/",
    "alerts": "alert/",
    "activity": "activity/",
    "activity, name": "activity/?q=item+9",
    "calendar, week": "calendar/",
    "calendar, week, lanes": "calendar/?lanes=account",
    "calendar, month": "calendar/?view=month",
    "calendar, list": "calendar/?view=list",
    "calendar, month of an account": "calendar/?view=month&account=1",
    "calendar, month, failed": "calendar/?view=month&state=failed",
    "review": "review/",
    "composer": "queueitem/add/",
    "an item": "queueitem/{item}/change/",
    "a post": "post/{post}/change/",
    "today": None,
}
_ROUNDS = 7


def main() -> None:
    """Ask each page of each size in turn, and print them side by side."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 1_000_000])
    parser.add_argument("--keep", type=Path, help="a folder where the databases stay and are used again")
    parser.add_argument("--only", nargs="+", default=[""], help="pages whose names begin so")
    parser.add_argument("--answer", type=int, help="(a child) answer for the database of this size")
    asked = parser.parse_args()
    if asked.answer:
        _answer(asked.answer)
        return
    names = [name for name in PAGES if name.startswith(tuple(asked.only))]
    with ExitStack() as stack:
        children = [stack.enter_context(_child(size, asked.keep)) for size in asked.sizes]
        print("| page | " + " | ".join(f"{size:,}" for size in asked.sizes) + " | own CPU | ratio | queries |")
        print("|---|" + "---|" * (len(asked.sizes) + 3))
        for name in names:
            print(_line(name, children), flush=True)


def _line(name: str, children: list[subprocess.Popen[str]]) -> str:
    rounds = [[_ask(child, name) for child in children] for _ in range(_ROUNDS + 1)][1:]
    walls, own = ([[one[kind] for one in found] for found in zip(*rounds, strict=True)] for kind in ("wall", "own"))
    middles = [statistics.median(times) for times in own]
    shown = " | ".join(f"{statistics.median(times):.0f} ms" for times in walls)
    queries = ", ".join(dict.fromkeys(str(one["queries"]) for one in rounds[-1]))
    told = " → ".join(f"{middle:.0f}" for middle in middles)
    return f"| {name} | {shown} | {told} | {middles[-1] / middles[0]:.2f} | {queries} |"


def _ask(child: subprocess.Popen[str], name: str) -> dict[str, float]:
    assert child.stdin and child.stdout
    child.stdin.write(name + "\n")
    child.stdin.flush()
    return json.loads(child.stdout.readline())


@contextmanager
def _child(size: int, keep: Path | None) -> Iterator[subprocess.Popen[str]]:
    with kept(size, keep) as env:
        words = [sys.executable, "-m", "benchmarks.many.pages", "--answer", str(size)]
        pipe = subprocess.PIPE
        child = subprocess.Popen(words, cwd=ROOT, env=env, stdin=pipe, stdout=pipe, text=True)
        try:
            yield child
        finally:
            child.communicate()


def _answer(size: int) -> None:
    """For each page named on standard input a line of JSON."""
    import django

    django.setup()
    from django.contrib.auth.models import User
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    import connectors

    day = datetime.now(UTC).date().isoformat()
    known = {"platform": connectors.names()[0], "day": day, "item": size - 700, "post": 3 * (size - 700)}
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(username=PERSON))
    for line in sys.stdin:
        path = PAGES[line.rstrip("\n")]
        address = "/admin/" if path is None else f"/admin/queue/{path.format(**known)}"
        with CaptureQueriesContext(connection) as queries:
            began, own = time.perf_counter(), time.process_time()
            answer = client.get(address)
            took = {"wall": time.perf_counter() - began, "own": time.process_time() - own}
        assert answer.status_code == 200, (address, answer.status_code)
        print(json.dumps({name: value * 1000 for name, value in took.items()} | {"queries": len(queries)}), flush=True)


if __name__ == "__main__":
    main()
