"""How many people /go/<code> redirects and counts a second, beside a bare Django view that inserts one row.

Two gunicorn processes as the Procfile starts them; 16 keep-alive connections of one person's browser.
Every redirect is a row before it is answered; rows and answers are compared at the end of each round.
"""

import argparse
import contextlib
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.ground import DATABASES, child, ground, table
from benchmarks.load import Load, fire

CODE = "Bench123"
SITES = {"/go": ("autopost_site.wsgi", f"/go/{CODE}"), "bare view": ("benchmarks.bare", "/bare")}
#: Throw-away servers are told not to wait for the disk; here they must, as they do when nobody tells them.
_WAIT_FOR_THE_DISK = {
    "mysql": (
        "from django.db import connection\n"
        "connection.cursor().execute('SET GLOBAL innodb_flush_log_at_trx_commit = 1')\n"
    ),
    "postgres": (
        "from django.db import connection\n"
        "cursor = connection.cursor()\n"
        "for name in ('fsync', 'synchronous_commit', 'full_page_writes'):\n"
        "    cursor.execute(f'ALTER SYSTEM SET {name} = on')\n"
        "cursor.execute('SELECT pg_reload_conf()')\n"
    ),
}
COLUMNS = ["database", "what", "a second", "rounds", "median ms", "99 % ms", "wrong", "rows = answers", "memory MB"]


def main() -> int:
    """Measure and print a table and one line of JSON; exit 1 when an answered redirect has no row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=[*DATABASES, "all"], default="all")
    parser.add_argument("--seconds", type=int, default=6, help="seconds a round")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    # Being told to stop must stop the servers too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped."))
    databases = DATABASES if asked.database == "all" else [asked.database]
    rows = [row for name in databases for row in measure(name, seconds=asked.seconds, rounds=asked.rounds)]
    print(table(rows, COLUMNS))
    print(json.dumps(rows))
    return 0 if all(row["rows = answers"] == "yes" for row in rows) else 1


def measure(database: str, *, seconds: int, rounds: int) -> list[dict]:
    """One line for /go and one for the bare view, measured in turns on the same database."""
    with ground(database) as env:
        _prepare(env)
        found: dict[str, list[Round]] = {name: [] for name in SITES}
        for _ in range(rounds):
            for name, (site, path) in SITES.items():
                found[name].append(_round(site, path, env=env, seconds=seconds))
        return [_line(database, name, rounds) for name, rounds in found.items()]


@dataclass(frozen=True)
class Round:
    """One round: what was answered, whether every answer has its row, and megabytes of the server's processes."""

    load: Load
    kept: bool
    memory: float


def _round(site: str, path: str, *, env: dict[str, str], seconds: int) -> Round:
    before = _clicks(env)
    with served(site, env) as (port, server):
        fire(f"http://127.0.0.1:{port}{path}", seconds=1)
        load = fire(f"http://127.0.0.1:{port}{path}", seconds=seconds)
        memory = _memory(server.pid)
    # What was sent but no longer waited for is booked too, so there may be a few rows more than answers.
    return Round(load, _clicks(env) - before >= load.answered, memory)


def _line(database: str, name: str, rounds: list[Round]) -> dict:
    loads = [one.load for one in rounds]
    return {
        "database": database,
        "what": name,
        "a second": round(statistics.median(load.per_second for load in loads)),
        "rounds": " ".join(str(round(load.per_second)) for load in loads),
        "median ms": round(statistics.median(load.median_ms for load in loads), 1),
        "99 % ms": round(statistics.median(load.slow_ms for load in loads), 1),
        "wrong": sum(load.wrong for load in loads),
        "rows = answers": "yes" if all(one.kept for one in rounds) else "NO",
        "memory MB": round(max(one.memory for one in rounds)),
    }


def _prepare(env: dict[str, str]) -> None:
    child("manage.py", "migrate", "--verbosity", "0", env=env).wait()
    script = (
        "import django; django.setup()\n"
        "from django.utils import timezone\n"
        "from social_queue.models import *\n"
        "account = PlatformAccount.objects.create(platform='telegram', slug='bench', address='bench')\n"
        "now = timezone.now()\n"
        "item = QueueItem.objects.create(title='Bench', link='https://example.com', source='bench', publish_at=now)\n"
        "Post.objects.create(item=item, account=account, platform='telegram', not_before=now,"
        f" code={CODE!r}, tracked_url='https://example.com/?utm_source=telegram')\n"
    )
    script += _WAIT_FOR_THE_DISK.get(env["DATABASE_URL"].split(":")[0], "")
    if child("-c", script, env=env).wait():
        raise SystemExit("The post to click on could not be made.")


def _clicks(env: dict[str, str]) -> int:
    script = "import django; django.setup(); from metrics.models import Click; print(Click.objects.count())"
    words = [sys.executable, "-c", script]
    return int(subprocess.run(words, env=env, capture_output=True, text=True, check=True).stdout)


@contextlib.contextmanager
def served(site: str, env: dict[str, str]) -> Iterator[tuple[int, subprocess.Popen]]:
    """gunicorn as the Procfile starts it: its port and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = ["-m", "gunicorn", "--config", "python:autopost_site.server", "--log-level", "warning", site]
    server = child(*words, env=env | {"PORT": str(port)})
    try:
        _wait(port)
        yield port, server
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=40)


def _wait(port: int) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/nowhere-in-particular", timeout=5)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("gunicorn did not start.")


def _memory(parent: int) -> float:
    """Megabytes of gunicorn and its processes: each one's proportional share of what they share."""
    kilobytes = 0
    for process in [parent, *_children(parent)]:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        kilobytes += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kilobytes / 1024


def _children(parent: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "autopost_site.settings")
    sys.exit(main())
