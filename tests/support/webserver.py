"""The site under the web server that production uses, on a free port and the database of the tests."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support import children
from tests.support.environment import ROOT
from tests.support.servers import free_port


@contextmanager
def serving(*, workers: int, threads: int, keep_alive: int = 75, **settings: str) -> Iterator[int]:
    """The port; ``settings`` go into the server's environment. It is stopped in the end."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "autopost_site.wsgi", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", str(workers), "--threads", str(threads), "--keep-alive", str(keep_alive)]
    command += ["--worker-class", "autopost_site.serving.worker.Worker", "--log-level", "warning"]
    environment = os.environ | {"DATABASE_URL": children.database_url()} | settings
    server = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=60)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the web server did not come up")
