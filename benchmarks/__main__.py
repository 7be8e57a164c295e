"""`make bench`: throughput, lateness and the claim's cost, side by side in one run; tables, and JSON in results/."""

import argparse
import json
import platform
import sys
from datetime import UTC, datetime

from benchmarks import throughput
from benchmarks.ground import ROOT, ground, table

DELAYS = {"at once": 0.0, "200 ms": 0.2}


def main() -> int:
    """Run the parts asked for; every figure printed was measured in this run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=["throughput", "lateness", "claim"])
    parser.add_argument("--posts", type=int, default=1200)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "mariadb"])
    parser.add_argument("--sizes", nargs="+", type=int, default=[1_000, 100_000, 1_000_000])
    asked = parser.parse_args()
    parts = {"throughput": _throughput, "lateness": _lateness, "claim": _claim}
    results = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": platform.platform()}
    for name in asked.parts:
        print(f"\n## {name}\n", flush=True)
        results[name] = parts[name](asked)
    folder = ROOT / "benchmarks" / "results"
    folder.mkdir(exist_ok=True)
    path = folder / f"{datetime.now(UTC):%Y%m%d-%H%M%S}.json"
    path.write_text(json.dumps(results, indent=1))
    print(f"\nwritten to {path.relative_to(ROOT)}")
    return 0


def _throughput(asked: argparse.Namespace) -> list[dict]:
    rows = []
    for answer, delay in DELAYS.items():
        bound = throughput.measure_bound(delay, posts=asked.posts)["rate"]
        rows.append(_row(answer, "–", "bound: 20 threads, no database", {"rate": bound}, bound))
        for database in asked.databases:
            for groups in (1, 2):
                got = throughput.measure(database, delay, posts=asked.posts, groups=groups)
                rows.append(_row(answer, database, f"Autopost, {groups} × 4 workers", got, bound))
            got = throughput.measure_celery(database, delay, posts=asked.posts)
            rows.append(_row(answer, database, "Celery + Redis, one task a post", got, bound))
    print(table(rows, ["answer", "database", "way", "posts/s", "of the bound", "processes", "MB (PSS)"]))
    return rows


def _row(answer: str, database: str, way: str, got: dict, bound: float) -> dict:
    row = {
        "answer": answer,
        "database": database,
        "way": way,
        "posts/s": round(got["rate"], 1),
        "of the bound": f"{got['rate'] / bound:.2f}",
        "processes": got.get("processes", ""),
        "MB (PSS)": got.get("pss_mb", ""),
    }
    print(f"  {answer}, {database}, {way}: {row['posts/s']}/s", file=sys.stderr, flush=True)
    return row


def _lateness(asked: argparse.Namespace) -> list[dict]:
    rows = []
    for database in asked.databases:
        for queue, busy in (("idle", 0), ("busy", asked.posts)):
            with throughput.answering(0.05) as url, ground(database, TELEGRAM_API_URL=url, Q_WORKERS="4") as env:
                got = throughput.in_child("lateness", env, posts=40, busy=busy)
            rows.append({"database": database, "queue": queue, **got})
    print(table(rows, ["database", "queue", "posts", "p50_s", "p99_s", "worst_s"]))
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
