"""A database server that is stopped and started under the running site: the log tells it in a handful of lines."""

import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest

from benchmarks.ground import create_in_mariadb, create_in_postgres
from social_queue.upkeep import outage_course
from tests.support import children, mariadb, postgres
from tests.support.environment import ROOT
from tests.support.servers import Unavailable, free_port

#: Seconds between two lines of one outage.
_EVERY_S = 2


@pytest.fixture(scope="module", params=[mariadb, postgres], ids=["mariadb", "postgres"])
def server(request):
    """A private server that the test may stop and start."""
    try:
        with request.param.restartable_server() as running:
            yield running
    except Unavailable as reason:
        pytest.skip(str(reason))


@contextmanager
def _site(database, log):
    """The site under the web server, one process with eight threads, its log in a file; the port."""
    port = free_port()
    environment = os.environ | {"DATABASE_URL": database, "LOG_LEVEL": "error", "LOG_FORMAT": "json"}
    environment |= {"DJANGO_SETTINGS_MODULE": "autopost_site.settings", "LOG_FILE": ""}
    environment |= {"LOG_OUTAGES_EVERY": str(_EVERY_S), "DATABASE_TIMEOUT": "2"}
    migrated = children.run_anew("manage.py", "migrate", "-v0", told=environment, seconds=280)
    assert migrated.returncode == 0, migrated.stderr
    words = [sys.executable, "-m", "gunicorn", "autopost_site.wsgi", "--bind", f"127.0.0.1:{port}"]
    words += ["--workers", "1", "--threads", "8", "--log-level", "error"]
    with log.open("w") as lines, subprocess.Popen(words, cwd=ROOT, env=environment, stderr=lines) as running:
        try:
            yield port
        finally:
            running.terminate()


def _ask(port, path):
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", headers={"Authorization": "Bearer ap_0123abcd_x"}
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as refusal:
        return refusal.code


def _until(port, status):
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        try:
            if _ask(port, "/api/autopost/queue") == status:
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"it never answered {status}")


def test_a_server_that_is_stopped_and_started_is_told_in_a_handful_of_lines(server, tmp_path):
    create = create_in_mariadb if server.address.startswith("mysql") else create_in_postgres
    database = f"{server.address.rpartition('/')[0]}/outage"
    create(database)
    with _site(database, tmp_path / "log") as port:
        _until(port, 401)
        server.stop()
        refused, went = 0, time.monotonic()
        while time.monotonic() - went < 7 or (refused <= 30 and time.monotonic() - went < 60):
            refused += sum(_ask(port, path) == 503 for path in ("/api/autopost/queue", "/go/x", "/health?ready"))
            time.sleep(0.05)  # to ask without a pause takes a core for all the seconds, and says no more
        server.start()
        _until(port, 401)
        away_s = time.monotonic() - went
        ends = time.monotonic() + outage_course.CALM.total_seconds() + 30
        while "is back after" not in (tmp_path / "log").read_text() and time.monotonic() < ends:
            _ask(port, "/health?ready")
            time.sleep(0.2)
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines() if line.startswith("{")]
    errors = [line for line in lines if line["level"] == "error"]
    said = [line["message"] for line in errors]
    assert all(line["logger"] == "social_queue.upkeep.outage_log" for line in errors), said
    assert "is away, or takes nothing" in said[0] and "is back after" in said[-1], said
    # A handful of kinds (gone, refused, shutting down), a line in two seconds, and its end.
    assert refused > 30 and len(said) <= 9 + away_s / _EVERY_S, said
    counted = re.search(r"requests refused: ([\d,]+)", said[-1])
    assert counted and int(counted[1].replace(",", "")) >= refused
