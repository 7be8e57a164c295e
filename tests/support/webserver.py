"""The site under the web server that production uses, on a free port and the database of the tests."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import requests

from tests.support import children
from tests.support.environment import ROOT
from tests.support.servers import free_port
from tests.support.waiting import until


@contextmanager
def serving(*, workers: int, threads: int, keep_alive: int = 75, **settings: str) -> Iterator[int]:
    """The port, once it answers; ``settings`` go into the server's environment. It is stopped in the end."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "autopost_site.wsgi", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", str(workers), "--threads", str(threads), "--keep-alive", str(keep_alive)]
    command += ["--worker-class", "autopost_site.serving.worker.Worker", "--log-level", "warning"]
    environment = os.environ | {"DATABASE_URL": children.database_url()} | settings
    server = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        until(lambda: _answers(port), "the web server answers", seconds=120)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=60)


def _answers(port: int) -> bool:
    """It listens before a worker has imported the site, which what is timed need not wait for."""
    try:
        requests.get(f"http://127.0.0.1:{port}/health?ready", timeout=120)
    except requests.ConnectionError:
        return False
    return True
