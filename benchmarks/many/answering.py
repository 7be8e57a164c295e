"""Answers for one database: for each page named on standard input a line of JSON with what it took, in milliseconds."""

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.ground import METRICS_TOKEN
from benchmarks.many.pages import PAGES
from benchmarks.many.rows import PERSON
from benchmarks.many.years import DOORS

_A_MONTH = timedelta(days=30)

#: What the server works with for this connection: the number of a thread or a process, which `/proc` knows alike.
_SERVERS = {
    "mysql": "SELECT tid FROM information_schema.processlist WHERE id = connection_id()",
    "postgresql": "SELECT pg_backend_pid()",
}


def main(size: int, *, doors: bool) -> None:
    """Until standard input ends. ``doors``: what is named is not a page of the desk but one of ``years``."""
    import django

    django.setup()
    from django.contrib.auth.models import User
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    import connectors

    now = datetime.now(UTC)
    known = {"platform": connectors.names()[0], "day": now.date().isoformat(), "item": size - 700}
    known |= {"post": 3 * (size - 700), "month": (now - _A_MONTH).date().isoformat(), "event": 4 * size - 4000}
    client = Client(SERVER_NAME="127.0.0.1", raise_request_exception=False)
    client.force_login(User.objects.get(username=PERSON))
    headers = _key() if doors else {}
    server = _server()
    for line in sys.stdin:
        address = _address(line.rstrip("\n"), doors=doors).format(**known)
        told = {"Authorization": f"Bearer {METRICS_TOKEN}"} if address == "/metrics" else headers
        with CaptureQueriesContext(connection) as queries:
            began, own = time.perf_counter(), time.process_time() + _seconds(server)
            answer = client.get(address, headers=told)
            took = {"wall": time.perf_counter() - began, "own": time.process_time() + _seconds(server) - own}
        found = {name: value * 1000 for name, value in took.items()}
        print(json.dumps(found | {"queries": len(queries), "status": answer.status_code}), flush=True)


def _address(name: str, *, doors: bool) -> str:
    if doors:
        return DOORS[name]
    path = PAGES[name]
    return "/admin/" if path is None else f"/admin/queue/{path}"


def _key() -> dict[str, str]:
    """What a program sends that may read everything."""
    from social_queue.access import keys

    _key, text = keys.issue(f"{PERSON}-{time.time_ns()}", [keys.READ, keys.MANAGE])
    return {"Authorization": f"Bearer {text}"}


def _server() -> int | None:
    from django.db import connection

    if connection.vendor not in _SERVERS:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_SERVERS[connection.vendor])
        return cursor.fetchone()[0]


def _seconds(server: int | None) -> float:
    """Of the processor, by a thread or a process of another program."""
    return int(Path(f"/proc/{server}/schedstat").read_text().split()[0]) / 1e9 if server else 0.0


if __name__ == "__main__":
    main(int(sys.argv[1]), doors=bool(sys.argv[2:] and sys.argv[2]))
