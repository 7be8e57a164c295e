"""What a signed delivery costs the web process that takes it: so many at a time, through the site's own WSGI door.

`python -m benchmarks.doors.one_process` signs deliveries beforehand and hands them in from as many threads, without a
network and without gunicorn; the processor's time is that of this process, so of SQLite too, but of no server.
"""

import argparse
import io
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

from benchmarks.doors import signed
from benchmarks.ground import DATABASES, ROOT, ground, table

COLUMNS = ["database", "at a time", "ms of CPU each", "of the kernel", "a second", "not 202"]


def main() -> int:
    """The table; with ``--child`` one measurement in a process of its own, as one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=["sqlite", "mariadb"])
    parser.add_argument("--at-a-time", nargs="+", type=int, default=[1, 4, 16, 32])
    parser.add_argument("--each", type=int, default=1000, help="deliveries of one measurement")
    parser.add_argument("--child", nargs=2, metavar=("SECRET", "AT_A_TIME"))
    parser.add_argument("--profile", help="where the child writes what cProfile saw of all its threads")
    asked = parser.parse_args()
    if asked.child:
        print(json.dumps(_measure(asked.child[0], int(asked.child[1]), each=asked.each, profile=asked.profile)))
        return 0
    rows = [row for name in asked.databases for row in _rows(name, asked)]
    print(table(rows, COLUMNS))
    print(json.dumps(rows))
    return int(any(row["not 202"] for row in rows))


def _rows(database: str, asked: argparse.Namespace) -> list[dict]:
    with ground(database) as env:
        secret = signed.prepare(env)
        rows = []
        for many in asked.at_a_time:
            words = [sys.executable, "-m", "benchmarks.doors.one_process", "--child", secret, str(many)]
            words += ["--each", str(asked.each)]
            words += ["--profile", f"{asked.profile}.{database}.{many}"] if asked.profile else []
            told = subprocess.run(words, cwd=ROOT, env=env, check=True, capture_output=True, text=True).stdout
            rows.append({"database": database, "at a time": many, **json.loads(told.strip().split("\n")[-1])})
        return rows


def _measure(secret: str, many: int, *, each: int, profile: str | None) -> dict:
    from autopost_site.wsgi import application

    begin = time.time_ns()  # numbers that no measurement before has used
    warm = [_environ(secret, begin + number) for number in range(many * 4)]
    _fire(application, warm, many)
    waiting = [_environ(secret, begin + number) for number in range(many * 4, many * 4 + each)]
    if profile:
        _profiled(application, waiting, many, profile)
        return {}
    before, began = os.times(), time.monotonic()
    wrong = _fire(application, waiting, many)
    after, took = os.times(), time.monotonic() - began
    cpu = after.user - before.user + after.system - before.system
    return {
        "ms of CPU each": round(cpu * 1000 / each, 2),
        "of the kernel": round((after.system - before.system) * 1000 / each, 2),
        "a second": round(each / took),
        "not 202": wrong,
    }


def _fire(application, waiting: Sequence[dict], many: int) -> int:
    """Hand them in from so many threads; returns how many were not answered 202."""
    statuses: list[str] = []
    places = iter(waiting)
    threads = [threading.Thread(target=_line, args=(application, places, statuses)) for _ in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(not status.startswith("202") for status in statuses)


def _line(application, waiting, statuses: list[str]) -> None:
    # An iterator over a list is safe to share.
    for environ in waiting:
        answer = application(environ, lambda status, headers: statuses.append(status))
        list(answer)
        answer.close()


def _environ(secret: str, number: int) -> dict:
    headers, body = signed.delivery(secret, number)
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": signed.PATH,
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": "127.0.0.1:8000",
        "HTTP_USER_AGENT": "bench",
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


def _profiled(application, waiting: Sequence[dict], many: int, path: str) -> None:
    import cProfile
    import pstats

    found = []
    places, statuses = iter(waiting), []

    def run() -> None:
        profile = cProfile.Profile(time.thread_time)
        profile.runcall(_line, application, places, statuses)
        found.append(profile)

    threads = [threading.Thread(target=run) for _ in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stats = pstats.Stats(found[0])
    for one in found[1:]:
        stats.add(one)
    stats.dump_stats(path)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "autopost_site.settings")
    sys.exit(main())
