"""Where there is no systemd a worker that says nothing is killed all the same, and a container can tell how it is."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.support.environment import ROOT

GUARDED, HEALTHY = ROOT / "deploy" / "guarded", ROOT / "deploy" / "healthy"
#: A program that says at the socket what it is told to, a line a tenth of a second, and then stays as it is. Its first
#: line on the output says that it can be told to end.
SPEAKER = """
import os, socket
said = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
said.connect(os.environ["NOTIFY_SOCKET"])
said.send(b"WATCHDOG=1")  # before all that takes its time on a busy machine
import signal, subprocess, sys, time
child = subprocess.Popen(["sleep", "600"])
def end(*_):
    said.send(b"STOPPING=1\\nWATCHDOG_USEC=3600000000")
    time.sleep(3)
    child.kill()
    sys.exit(3)
signal.signal(signal.SIGTERM, end)
print(child.pid, flush=True)
for number in range(int(sys.argv[1])):
    said.send(b"WATCHDOG=1")
    time.sleep(0.1)
time.sleep(600)
"""


@pytest.fixture
def sign(tmp_path):
    return tmp_path / "alive"


@contextlib.contextmanager
def guarded(seconds, sign, *command):
    words = [sys.executable, str(GUARDED), str(seconds), str(sign), *command]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        try:
            yield running
        finally:
            running.kill()


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:  # also in the middle of reading
        return False
    return state != "Z"


def well(sign, **env) -> bool:
    words = [sys.executable, str(HEALTHY), str(sign)]
    return subprocess.run(words, env=os.environ | env, check=False, capture_output=True).returncode == 0


def test_whoever_says_nothing_any_more_is_killed_with_its_children(sign):
    began = time.monotonic()
    with guarded(2, sign, sys.executable, "-S", "-c", SPEAKER, "20") as running:
        child = int(running.stdout.readline())
        assert running.wait(timeout=90) == 70
        assert "has said nothing for 2 s" in running.stderr.read()
    assert time.monotonic() - began > 3.5, "it was killed while it still spoke"
    assert not is_alive(child)


def test_told_to_stop_it_waits_for_as_long_as_the_program_asked(sign):
    with guarded(2, sign, sys.executable, "-S", "-c", SPEAKER, "600") as running:
        child = int(running.stdout.readline())
        running.send_signal(signal.SIGTERM)
        assert running.wait(timeout=90) == 3
    assert not is_alive(child)


@pytest.mark.parametrize(("command", "status"), [("exit 5", 5), ("kill -9 $$", 137), ("true", 0)])
def test_its_end_is_the_program_s(sign, command, status):
    with guarded(30, sign, "sh", "-c", command) as running:
        assert running.wait(timeout=60) == status


def test_a_worker_is_well_while_its_signs_are_fresh(sign):
    with guarded(30, sign, sys.executable, "-S", "-c", SPEAKER, "600"):
        ends = time.monotonic() + 60
        while not sign.exists():
            assert time.monotonic() < ends
            time.sleep(0.1)
        # No web process is asked: at this port there is none.
        assert well(sign, PORT="1")
    os.utime(sign, (time.time() - 90,) * 2)
    assert not well(sign, PORT="1")


@pytest.mark.parametrize(("status", "expected"), [(200, True), (503, False)])
def test_a_web_process_is_well_when_it_can_serve(sign, status, expected):
    asked = []

    class Web(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_):
            """Silent."""

    with HTTPServer(("127.0.0.1", 0), Web) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        assert well(sign, PORT=str(server.server_port)) is expected
        server.shutdown()
    assert asked == ["/health?ready"]
    assert not well(sign, PORT="1")


def test_the_workers_themselves_are_guarded_so(sign, tmp_path):
    """The real cluster, on a database of its own: its pulse is the sign of life."""
    env = {"DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}", "PULSE_SECONDS": "1", "LOG_LEVEL": "error"}
    told = os.environ | env
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, env=told, check=True)
    words = [sys.executable, str(GUARDED), "120", str(sign), sys.executable, "manage.py", "qcluster"]
    with subprocess.Popen(words, cwd=ROOT, env=told, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as running:
        ends = time.monotonic() + 120
        while not sign.exists():
            assert running.poll() is None
            assert time.monotonic() < ends, "no pulse was heard"
            time.sleep(0.2)
        running.send_signal(signal.SIGTERM)
        assert running.wait(timeout=90) == 0
