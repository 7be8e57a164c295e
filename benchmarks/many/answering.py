"""Answers for one database: for each page named on standard input a line of JSON with what it took, in milliseconds."""

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.many.pages import PAGES
from benchmarks.many.rows import PERSON

#: What the server works with for this connection: the number of a thread or a process, which `/proc` knows alike.
_SERVERS = {
    "mysql": "SELECT tid FROM information_schema.processlist WHERE id = connection_id()",
    "postgresql": "SELECT pg_backend_pid()",
}


def main(size: int) -> None:
    """Until standard input ends."""
    import django

    django.setup()
    from django.contrib.auth.models import User
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    import connectors

    day = datetime.now(UTC).date().isoformat()
    known = {"platform": connectors.names()[0], "day": day, "item": size - 700, "post": 3 * (size - 700)}
    client = Client(SERVER_NAME="127.0.0.1", raise_request_exception=False)
    client.force_login(User.objects.get(username=PERSON))
    server = _server()
    for line in sys.stdin:
        path = PAGES[line.rstrip("\n")]
        address = "/admin/" if path is None else f"/admin/queue/{path.format(**known)}"
        with CaptureQueriesContext(connection) as queries:
            began, own = time.perf_counter(), time.process_time() + _seconds(server)
            answer = client.get(address)
            took = {"wall": time.perf_counter() - began, "own": time.process_time() + _seconds(server) - own}
        told = {name: value * 1000 for name, value in took.items()}
        print(json.dumps(told | {"queries": len(queries), "status": answer.status_code}), flush=True)


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
    main(int(sys.argv[1]))
