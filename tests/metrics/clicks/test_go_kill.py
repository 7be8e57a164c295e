"""An answered redirect is a row, even when the web processes die of SIGKILL in the middle of it all."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading

import pytest

from metrics.models import Click
from tests import factories
from tests.metrics.clicks.test_go import PERSON
from tests.support import children
from tests.support.environment import ROOT
from tests.support.servers import free_port
from tests.support.waiting import until

READERS = 8


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_every_answered_redirect_has_its_click_though_the_server_is_killed(facebook_account, tmp_path):
    post = factories.make_post(account=facebook_account, code="aB3dE5gH", tracked_url="https://shop.test/")
    answered = [0] * READERS
    with _served(tmp_path) as (port, server):
        crowd = [threading.Thread(target=_read, args=(port, number, answered)) for number in range(READERS)]
        for reader in crowd:
            reader.start()
        # In the middle of it all, however long a click takes here.
        until(lambda: sum(answered) > 20 * READERS, "many clicks are answered", seconds=120)
        os.killpg(server.pid, signal.SIGKILL)
        for reader in crowd:
            reader.join(60)
    rows = Click.objects.filter(post=post.pk).count()
    assert sum(answered) > READERS
    # A reader whose answer was cut off may have been counted, one whose answer came must have been.
    assert sum(answered) <= rows <= sum(answered) + READERS
    assert not (tmp_path / "clicks.jsonl").exists()


def _read(port: int, number: int, answered: list[int]) -> None:
    """Click over one kept connection until the server is gone."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    with contextlib.suppress(OSError, http.client.HTTPException):
        while True:
            line.request("GET", "/go/aB3dE5gH", headers={"User-Agent": PERSON})
            answer = line.getresponse()
            answer.read()
            answered[number] += answer.status == 302


@contextlib.contextmanager
def _served(folder):
    port = free_port()
    told = children.environment(PORT=str(port), CLICK_SPOOL=str(folder / "clicks.jsonl"), ALLOWED_HOSTS="127.0.0.1")
    words = ["-m", "gunicorn", "--config", "python:autopost_site.server", "--log-level", "critical"]
    server = subprocess.Popen(
        [sys.executable, *words, "autopost_site.wsgi"],
        cwd=ROOT,
        env=told,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait(port)
        yield port, server
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)
        server.wait(timeout=60)


def _wait(port: int) -> None:
    until(lambda: _listens(port), "gunicorn listens", seconds=120)


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=60).close()
        return True
    return False
