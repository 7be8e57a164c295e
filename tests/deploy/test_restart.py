"""Web is restarted while callers come by: systemd holds the door, gunicorn ends what it has in hand, nobody is lost."""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections import Counter

import pytest

from social_queue.access import keys
from social_queue.models import QueueItem
from tests.support import children
from tests.support.environment import ROOT

#: As systemd starts what is behind a socket: the open door is number 3, and the process that may use it is named.
#: https://www.freedesktop.org/software/systemd/man/latest/sd_listen_fds.html
_UNIT = 'exec env LISTEN_FDS=1 LISTEN_PID=$$ "$0" "$@"'
_RESTARTS = 3


class Web:
    """What deploy/autopost-web.service starts, behind the door of deploy/autopost-web.socket."""

    def __init__(self) -> None:
        self.door = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self.door.getsockname()[1]
        self._start()

    def _start(self) -> None:
        words = ["-m", "gunicorn", "--config", "python:autopost_site.server", "--log-level", "critical"]
        self._process = subprocess.Popen(
            ["sh", "-c", _UNIT, sys.executable, *words, "autopost_site.wsgi"],
            cwd=ROOT,
            env=children.environment(PORT="1"),  # the door is given: this one is never opened
            stdin=subprocess.DEVNULL,
            pass_fds=(3,),
            preexec_fn=lambda: os.dup2(self.door.fileno(), 3),
        )

    def restart(self) -> None:
        """`systemctl restart autopost-web`."""
        self.stop()
        self._start()

    def stop(self) -> None:
        self._process.terminate()
        assert self._process.wait(timeout=60) == 0


class Caller(threading.Thread):
    """Brings an item every few moments, over a connection it keeps or a new one each time."""

    def __init__(self, name: str, port: int, key: str, *, keep: bool) -> None:
        super().__init__()
        self.title, self.port, self.key, self.keep = name, port, key, keep
        self.enough, self.heard = threading.Event(), Counter()

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        while not self.enough.wait(0.05):
            body = {"title": f"{self.title} {self.heard.total()}", "link": "https://example.com/a"}
            try:
                connection.request("POST", "/api/autopost/ingest", json.dumps(body), headers)
                answer = connection.getresponse()
                answer.read()
                self.heard[str(answer.status)] += 1
            except (OSError, http.client.HTTPException) as fault:
                self.heard[type(fault).__name__] += 1
            if not self.keep:
                connection.close()
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_nobody_is_turned_away_while_web_is_restarted(account_factory):
    account_factory("facebook", slug="fb-page")
    _, key = keys.issue("generator", ["ingest"])
    web = Web()
    callers = [Caller(f"caller {number}", web.port, key, keep=number % 2 == 0) for number in range(4)]
    with contextlib.ExitStack() as ending:
        ending.callback(web.door.close)
        ending.callback(web.stop)
        for caller in callers:
            caller.start()
            ending.callback(caller.join)
            ending.callback(caller.enough.set)
        for _ in range(_RESTARTS):
            seen = sum(caller.heard.total() for caller in callers)
            until = time.monotonic() + 60
            while sum(caller.heard.total() for caller in callers) < seen + 20 and time.monotonic() < until:
                time.sleep(0.1)
            web.restart()
    heard = sum((caller.heard for caller in callers), Counter())
    assert set(heard) == {"201"}, heard
    assert QueueItem.objects.count() == heard["201"] >= 20 * _RESTARTS
