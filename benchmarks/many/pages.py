"""How long the desk's pages take with a million items beside a thousand: `python -m benchmarks.many.pages`.

Each page is asked of both sizes in turn, seven times, so that whatever else the machine does meets both alike. A
median is printed, and beside it the processor's time of the process that answers and, on MariaDB and PostgreSQL, of
the server's thread or process that works for it.
"""

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path

from benchmarks.ground import DATABASES, ROOT, environment
from benchmarks.many.rows import kept

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
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 1_000_000])
    parser.add_argument("--keep", type=Path, help="a folder where SQLite's files stay and are used again")
    parser.add_argument("--at", nargs="+", help="addresses of databases that are filled already, one for each size")
    parser.add_argument("--only", nargs="+", default=[""], help="pages whose names begin so")
    asked = parser.parse_args()
    grounds = [environment(address) for address in asked.at or []]
    print(f"{asked.database}, items: {' and '.join(f'{size:,}' for size in asked.sizes)}\n")
    measure(asked.database, asked.sizes, keep=asked.keep, grounds=grounds, only=tuple(asked.only))


def measure(
    database: str,
    sizes: Sequence[int],
    *,
    keep: Path | None = None,
    grounds: Sequence[Mapping[str, str]] = (),
    only: tuple[str, ...] = ("",),
    names: Collection[str] = PAGES,
) -> list[dict[str, str]]:
    """Print a table as it grows, and return its rows. ``grounds``: environments of databases that are there.

    ``names``: of pages, or of the doors in ``years``.
    """
    columns = ["page", *(f"{size:,}" for size in sizes), "CPU, ms", "ratio", "queries"]
    with ExitStack() as stack:
        held = [nullcontext(env) for env in grounds] or [kept(size, keep, database=database) for size in sizes]
        envs = [stack.enter_context(one) for one in held]
        doors = "" if names is PAGES else "doors"
        children = [stack.enter_context(_child(size, env, doors)) for size, env in zip(sizes, envs, strict=True)]
        print("| " + " | ".join(columns) + " |\n" + "|---" * len(columns) + "|")
        rows = []
        for name in names:
            if name.startswith(only):
                rows.append(dict(zip(columns, _line(name, children), strict=True)))
                print("| " + " | ".join(rows[-1].values()) + " |", flush=True)
    return rows


def _line(name: str, children: list[subprocess.Popen[str]]) -> list[str]:
    rounds = [[_ask(child, name) for child in children] for _ in range(_ROUNDS + 1)][1:]
    walls, own = ([[one[kind] for one in found] for found in zip(*rounds, strict=True)] for kind in ("wall", "own"))
    middles = [statistics.median(times) for times in own]
    shown = [f"{statistics.median(times):.0f} ms" for times in walls]
    queries = ", ".join(dict.fromkeys(str(one["queries"]) for one in rounds[-1]))
    told = " → ".join(f"{middle:.0f}" for middle in middles)
    if faults := {one["status"] for found in rounds for one in found} - {200}:
        name += f" (answered {', '.join(map(str, faults))})"
    return [name, *shown, told, f"{middles[-1] / middles[0]:.2f}", queries]


def _ask(child: subprocess.Popen[str], name: str) -> dict[str, float]:
    assert child.stdin and child.stdout
    child.stdin.write(name + "\n")
    child.stdin.flush()
    return json.loads(child.stdout.readline())


@contextmanager
def _child(size: int, env: Mapping[str, str], doors: str) -> Iterator[subprocess.Popen[str]]:
    words = [sys.executable, "-m", "benchmarks.many.answering", str(size), doors]
    child = subprocess.Popen(words, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield child
    finally:
        child.communicate()


if __name__ == "__main__":
    main()
