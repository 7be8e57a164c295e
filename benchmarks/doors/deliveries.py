"""So many signed deliveries a second, with the database stopped in the middle: is every 2xx one item?

`python -m benchmarks.doors.deliveries` starts MariaDB, which waits for the disk as it does when nobody tells it
otherwise, gunicorn as the Procfile starts it, and a sender of another process (``doors.sender``). After a while the
database is stopped for thirty seconds. Exit 0 only if each delivery that was answered 2xx is exactly one item.
"""

import argparse
import json
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass

from benchmarks import processes
from benchmarks.doors import signed
from benchmarks.go import served
from benchmarks.ground import ROOT, create_in_mariadb, ground, table

COLUMNS = ["what", "how many"]
#: Seconds at full rate before the database goes, and after it is back.
BEFORE_S, AFTER_S = 20, 20
_MEASURED_FROM_S = 5
#: As when nobody tells it otherwise: each commit is on the disk.
_SAFE = "SET GLOBAL innodb_flush_log_at_trx_commit = 1"


@dataclass(frozen=True)
class Spent:
    """How many cores each was using, and megabytes of the web server."""

    cores: dict[str, float]
    web_mb: object


def main() -> int:
    """Print the table; 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=1000)
    parser.add_argument("--outage", type=float, default=30, help="seconds that the database is stopped; 0: not at all")
    parser.add_argument("--threads", default="16", help="of each of the web server's two processes")
    asked = parser.parse_args()
    # Being told to stop must stop the servers too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped."))
    rows = measure(rate=asked.rate, outage=asked.outage, threads=asked.threads)
    print(table(rows, COLUMNS))
    return int(is_broken(rows))


def is_broken(rows: list[dict]) -> bool:
    """Was a delivery taken that is no item, or one an item twice, or the trial not finished?"""
    told = {row["what"]: row["how many"] for row in rows}
    return any(told.get(what) for what in ("2xx, and no item", "items twice", "never taken"))


def measure(*, rate: int = 1000, outage: float = 30, threads: str = "16") -> list[dict]:
    """The rows of the table."""
    from tests.support import mariadb

    with mariadb.restartable_server() as server, ground("sqlite", DATABASE_URL=server.address) as env:
        env["WEB_THREADS"] = threads
        create_in_mariadb(server.address)
        secret = signed.prepare(env)
        _execute(env, _SAFE)
        with served("autopost_site.wsgi", env) as (port, web):
            words = [f"http://127.0.0.1:{port}", secret, "--rate", str(rate)]
            words += ["--seconds", str(BEFORE_S + outage + AFTER_S)]
            sending = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.doors.sender", *words],
                cwd=ROOT,
                env=env,
                stdout=subprocess.PIPE,
                text=True,
            )
            sending.stdout.readline()
            spent = _spent(web.pid, sending.pid)
            if outage:
                server.stop()
                time.sleep(outage)
                server.start()
                _execute(env, _SAFE)
            told = json.loads(sending.communicate()[0])
        titles = json.loads(signed.said(_TITLES, env))
    return [{"what": what, "how many": value} for what, value in _verdict(told, titles, spent, outage).items()]


def _spent(web: int, sending: int) -> Spent:
    """Until the database goes."""
    time.sleep(_MEASURED_FROM_S)
    whose = {"web": processes.family(web), "MariaDB": processes.named("mariadbd"), "sender": {sending}}
    before, began = {name: processes.seconds(pids) for name, pids in whose.items()}, time.monotonic()
    time.sleep(BEFORE_S - _MEASURED_FROM_S)
    took = time.monotonic() - began
    cores = {name: round((processes.seconds(pids) - before[name]) / took, 2) for name, pids in whose.items()}
    return Spent(cores, processes.memory(whose["web"])["pss_mb"])


_TITLES = (
    "import json\n"
    "from social_queue.models import QueueItem\n"
    "print(json.dumps(list(QueueItem.objects.order_by().values_list('title', flat=True))))\n"
)


def _execute(env: dict[str, str], statement: str) -> None:
    signed.said(f"from django.db import connection\nconnection.cursor().execute({statement!r})\n", env)


def _verdict(told: dict, titles: list[str], spent: Spent, outage: float) -> dict[str, object]:
    found, taken = Counter(titles), {int(number): when for number, when in told["taken"].items()}
    each = Counter(int(when) for when in taken.values())
    calm = [each[second] for second in range(_MEASURED_FROM_S, BEFORE_S - 1)]
    in_calm = sum(_MEASURED_FROM_S <= when < BEFORE_S - 1 for when in taken.values())
    waits = sorted(wait for at, wait in told["waits"] if _MEASURED_FROM_S <= at < BEFORE_S - 2)
    promised = {signed.title(number) for number in taken}
    again = ", ".join(f"{count:,} × {what}" for what, count in sorted(told["refused"].items()))
    rows = {
        "offered": told["offered"],
        "taken at the first try": told["at_once"],
        "refused, and sent again": again or "none",
        "2xx": len(taken),
        "items": len(titles),
        "2xx, and no item": len(promised - set(found)),
        "items twice": sum(count > 1 for count in found.values()),
        "items of deliveries that were never answered 2xx": len(set(found) - promised),
        "never taken": told["offered"] - len(taken),
        "a second, before the database went": round(sum(calm) / len(calm)),
        "their wait, median and 99 %": f"{waits[len(waits) // 2]:.0f} ms, {waits[len(waits) * 99 // 100]:.0f} ms",
        "cores in use meanwhile": ", ".join(f"{name} {cores}" for name, cores in spent.cores.items()),
        "ms of CPU each": _each(spent, in_calm),
        "memory of the web server": f"{spent.web_mb} MB",
    }
    if outage:
        rows["the best second after"] = max(each[second] for second in each if second > BEFORE_S + outage)
        rows["all taken, seconds after the database was back"] = round(max(taken.values()) - BEFORE_S - outage)
    return rows


def _each(spent: Spent, taken: int) -> str:
    seconds = BEFORE_S - 1 - _MEASURED_FROM_S
    return ", ".join(f"{name} {cores * seconds * 1000 / taken:.2f}" for name, cores in spent.cores.items())


if __name__ == "__main__":
    sys.exit(main())
