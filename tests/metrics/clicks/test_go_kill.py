"""An answered redirect is a row, even when the web processes die of SIGKILL in the middle of it all."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

from metrics.models import Click
from tests import factories
from tests.metrics.clicks.test_go import PERSON
from tests.support import children
from tests.support.environment import ROOT
from tests.support.servers import free_port

READERS = 8


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_every_answered_redirect_has_its_click_though_the_server_is_killed(facebook_account, tmp_path):
    post = factories.make_post(account=facebook_account, code="aB3dE5gH", tracked_url="https://shop.test/")
    answered, began = [0] * READERS, threading.Event()
    with _served(tmp_path) as (port, server):
        crowd = [threading.Thread(target=_read, args=(port, number, answered, began)) for number in range(READERS)]
        for reader in crowd:
            reader.start()
        assert began.wait(60)
        time.sleep(1.5)
        os.killpg(server.pid, signal.SIGKILL)
        for reader in crowd:
            reader.join(30)
    rows = Click.objects.filter(post=post.pk).count()
    assert sum(answered) > READERS
    # A reader whose answer was cut off may have been counted, one whose answer came must have been.
    assert sum(answered) <= rows <= sum(answered) + READERS
    assert not (tmp_path / "clicks.jsonl").exists()


def _read(port: int, number: int, answered: list[int], began: threading.Event) -> None:
    """Click over one kept connection until the server is gone."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    with contextlib.suppress(OSError, http.client.HTTPException):
        while True:
            line.request("GET", "/go/aB3dE5gH", headers={"User-Agent": PERSON})
            answer = line.getresponse()
            answer.read()
            answered[number] += answer.status == 302
            began.set()


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
        server.wait(timeout=20)


def _wait(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=2).close()
            return
        time.sleep(0.1)
    pytest.fail("gunicorn did not start")
