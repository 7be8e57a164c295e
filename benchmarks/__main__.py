"""`make bench`: throughput, lateness, the claim's cost, /go, deliveries and pages, each in one run; tables, and JSON.

What is compared is measured in one run; a figure of one run says nothing about a figure of another.
"""

import argparse
import contextlib
import json
import platform
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from benchmarks import go, throughput
from benchmarks.doors import deliveries
from benchmarks.ground import DATABASES, ROOT, ground, table
from benchmarks.many import pages
from benchmarks.wire import certificate

DELAYS = {"at once": 0.0, "200 ms": 0.2}
#: ``batch``: what each worker may have in flight (DISPATCH_BATCH): its default, and as many as the peers' one process.
#: Two with the default call as often at once as bound and peers do; with 80 accounts none waits for its own last post,
#: which no peer does; with 28 one of the two has no full hands.
WAYS: dict[str, dict[str, dict[str, int]]] = {
    "at once": {"Autopost, 4 workers": {"batch": 20}},
    "200 ms": {
        "Autopost, 4 workers": {"batch": 20},
        "Autopost, 4 workers, 40 in flight": {"batch": 40},
        **{f"Autopost, 2 workers, {many} accounts": {"workers": 2, "accounts": many} for many in (28, 50, 80)},
    },
}
PEERS = {
    "celery": "Celery + Redis, one task a post",
    "procrastinate": "Procrastinate, one job a post",
    "pgqueuer": "PgQueuer, one job a post",
}
#: The processor's time is that of the workers, and of the database and the broker.
COLUMNS = ["answer", "database", "way", "posts/s", "of the bound", "CPU ms a post"]


def main() -> int:
    """Run the parts asked for; every figure printed was measured in this run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parts = {"throughput": _throughput, "scaling": _scaling, "lateness": _lateness, "claim": _claim, "go": _go}
    parts |= {"pages": _pages, "deliveries": _deliveries}
    parser.add_argument("parts", nargs="*", default=list(parts))
    parser.add_argument("--posts", type=int, default=1600)
    parser.add_argument("--rounds", type=int, default=3, help="rounds of /go and of the bare view beside it")
    parser.add_argument("--tls", action="store_true", help="the platform of throughput speaks TLS, as all real ones do")
    parser.add_argument("--answers", nargs="+", choices=DELAYS, default=list(DELAYS), help="of throughput and scaling")
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=DATABASES)
    parser.add_argument("--sizes", nargs="+", type=int, default=[1_000, 100_000, 1_000_000])
    parser.add_argument("--pages", nargs="+", default=[""], help="pages whose names begin so, of the part of that name")
    parser.add_argument("--rate", type=int, default=1000, help="signed deliveries that are offered a second")
    asked = parser.parse_args()
    results: dict[str, Any] = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": platform.platform()}
    for name in asked.parts:
        print(f"\n## {name}\n", flush=True)
        results[name] = parts[name](asked)
    folder = ROOT / "benchmarks" / "results"
    folder.mkdir(exist_ok=True)
    path = folder / f"{datetime.now(UTC):%Y%m%d-%H%M%S}.json"
    path.write_text(json.dumps(results, indent=1))
    print(f"\nwritten to {path.relative_to(ROOT)}")
    return int("deliveries" in results and deliveries.is_broken(results["deliveries"]))


def _throughput(asked: argparse.Namespace) -> list[dict]:
    with certificate.own() if asked.tls else contextlib.nullcontext("") as certified:
        told = {"posts": asked.posts, "certificate": certified}
        rows = [row for answer in asked.answers for row in _at(answer, asked, told)]
    print(table(rows, [*COLUMNS, "processes", "MB (PSS)", "each"]))
    return rows


def _at(answer: str, asked: argparse.Namespace, told: dict[str, Any]) -> Iterator[dict]:
    delay = DELAYS[answer]
    bounds = {"bound: bare threads, no database": throughput.measure_bound(delay, **told)}
    if asked.tls:
        bounds["and authorities that are read once"] = throughput.measure_bound(delay, ours=True, **told)
    bound = max(one["rate"] for one in bounds.values())
    yield from (_row(answer, "–", name, one, bound) for name, one in bounds.items())
    for database in asked.databases:
        for way, given in WAYS[answer].items():
            got = throughput.measure(database, delay, groups=1, **given, **told)
            yield _row(answer, database, way, got, bound)
        for peer in ("celery", "procrastinate", "pgqueuer") if database == "postgres" else ("celery",):
            got = throughput.measure_peer(peer, database, delay, **told)
            yield _row(answer, database, PEERS[peer], got, bound)


#: What further groups, as many as are named, can add: a core while the answer comes at once, calls in flight while it
#: takes its time. Three have fewer posts in hand than there are accounts, or none could be faster than two.
SCALES: dict[str, dict[str, tuple[int, dict[str, Any]]]] = {
    "at once": {"4 workers held to one core": (2, {"a_core_each": True})},
    "200 ms": {"1 worker with 10 calls in flight, 80 accounts": (3, {"workers": 1, "batch": 10, "accounts": 80})},
}


def _scaling(asked: argparse.Namespace) -> list[dict]:
    asked_for = [(answer, name, *told) for answer in asked.answers for name, told in SCALES[answer].items()]
    rows = []
    for database in asked.databases:
        for answer, name, most, given in asked_for:
            rates = [
                throughput.measure(database, DELAYS[answer], posts=asked.posts, groups=groups, **given)["rate"]
                for groups in range(1, most + 1)
            ]
            row = {"database": database, "answer": answer, "a group is": name}
            row |= {number: f"{rate:.1f}" for number, rate in zip(("one", "two", "three"), rates, strict=False)}
            rows.append(row | {"ratio": " ".join(f"{rate / rates[0]:.2f}" for rate in rates[1:])})
    print(table(rows, ["database", "answer", "a group is", "one", "two", "three", "ratio"]))
    return rows


def _go(asked: argparse.Namespace) -> list[dict]:
    rows = [row for database in asked.databases for row in go.measure(database, seconds=6, rounds=asked.rounds)]
    print(table(rows, go.COLUMNS))
    return rows


def _pages(asked: argparse.Namespace) -> dict[str, list[dict]]:
    found = {}
    for database in asked.databases:
        print(f"\n{database}\n")
        found[database] = pages.measure(database, [min(asked.sizes), max(asked.sizes)], only=tuple(asked.pages))
    return found


def _deliveries(asked: argparse.Namespace) -> list[dict]:
    rows = deliveries.measure(rate=asked.rate)
    print(table(rows, deliveries.COLUMNS))
    return rows


def _row(answer: str, database: str, way: str, got: dict, bound: float) -> dict:
    row = {
        "answer": answer,
        "database": database,
        "way": way,
        "posts/s": round(got["rate"], 1),
        "of the bound": f"{got['rate'] / bound:.2f}",
        "CPU ms a post": f"{got['cpu_ms']:.2f}" + (f" + {got['server_ms']:.2f}" if got.get("server_ms") else ""),
        "processes": got.get("processes", ""),
        "MB (PSS)": got.get("pss_mb", ""),
        "each": got.get("each_mb", ""),
    }
    print(f"  {answer}, {database}, {way}: {row['posts/s']}/s", file=sys.stderr, flush=True)
    return row


def _lateness(asked: argparse.Namespace) -> list[dict]:
    rows = []
    for database in asked.databases:
        for queue, busy in (("idle", 0), ("busy", 10_000)):
            with throughput.answering(0.05) as url, ground(database, TELEGRAM_API_URL=url, Q_WORKERS="4") as env:
                got = throughput.in_child("lateness", env, posts=40, busy=busy)
            rows.append({"database": database, "queue": queue, **got})
    print(table(rows, ["database", "queue", "posts", "others still due", "p50_s", "p99_s", "worst_s"]))
    return rows


def _claim(asked: argparse.Namespace) -> list[dict]:
    rows = []
    for database in asked.databases:
        with ground(database) as env:
            got = throughput.in_child("claim_cost", env, sizes=asked.sizes, paused=100_000)
        least = min(got.values())
        rows += [
            {"database": database, "pending": what, "ms for 20": cost, "ratio": f"{cost / least:.2f}"}
            for what, cost in got.items()
        ]
    print(table(rows, ["database", "pending", "ms for 20", "ratio"]))
    return rows


if __name__ == "__main__":
    sys.exit(main())
