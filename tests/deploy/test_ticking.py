"""deploy/ticking tells systemd whether the workers still work."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.support.environment import NOWHERE, ROOT

#: The exit status that asks for a restart; a program that broke exits with 1.
SILENT = 3


@pytest.fixture
def health():
    """A web process whose /health answers with ``health.status`` and ``health.body``."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(server.status)
            self.end_headers()
            self.wfile.write(server.body.encode())

        def log_message(self, *_):
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()


def _ticking(address: str) -> int:
    return subprocess.run([ROOT / "deploy" / "ticking", "180", address], check=False, timeout=30).returncode


def _told(health, *, status: int, age_s: float | None) -> int:
    last = None if age_s is None else (datetime.now(UTC) - timedelta(seconds=age_s)).isoformat()
    health.status, health.body = status, json.dumps({"worker": {"last_tick_at": last}})
    return _ticking(f"http://127.0.0.1:{health.server_port}/health")


def test_workers_that_ticked_just_now_are_left_alone(health):
    assert _told(health, status=200, age_s=20) == 0


def test_workers_that_have_not_ticked_for_long_are_to_be_started_again(health):
    assert _told(health, status=200, age_s=600) == SILENT


def test_a_health_page_that_warns_is_read_all_the_same(health):
    assert _told(health, status=503, age_s=600) == SILENT
    assert _told(health, status=503, age_s=20) == 0


def test_workers_that_never_ticked_get_their_time(health):
    assert _told(health, status=200, age_s=None) == 0


def test_a_web_process_that_is_down_says_nothing_about_the_workers():
    assert _ticking(f"{NOWHERE}/health") == 0


@pytest.mark.parametrize(("status", "body"), [(200, "<html>"), (500, "<html>"), (503, "{}")])
def test_an_answer_of_another_kind_says_nothing_about_the_workers(health, status, body):
    health.status, health.body = status, body
    assert _ticking(f"http://127.0.0.1:{health.server_port}/health") == 0


def test_a_tick_of_the_future_is_none(health):
    assert _told(health, status=200, age_s=-7200) == SILENT


def test_the_port_is_read_from_the_settings_beside_it(health, tmp_path):
    (tmp_path / "deploy").mkdir()
    program = shutil.copy(ROOT / "deploy" / "ticking", tmp_path / "deploy" / "ticking")
    (tmp_path / ".env").write_text(f"# PORT=1\nDEBUG=false\nPORT={health.server_port}\n")
    last = (datetime.now(UTC) - timedelta(seconds=600)).isoformat()
    health.status, health.body = 200, json.dumps({"worker": {"last_tick_at": last}})
    without = {name: value for name, value in os.environ.items() if name != "PORT"}
    assert subprocess.run([program, "180"], check=False, timeout=30, env=without).returncode == SILENT


def test_it_needs_no_new_python():
    ast.parse((ROOT / "deploy" / "ticking").read_text(), feature_version=(3, 7))
    names = {alias.name for node in ast.walk(ast.parse((ROOT / "deploy" / "ticking").read_text()))
             if isinstance(node, ast.ImportFrom) and node.module == "datetime" for alias in node.names}  # fmt: skip
    assert names == {"datetime", "timezone"}  # datetime.UTC came with 3.11


def test_only_its_own_status_has_the_worker_started_again():
    unit = (ROOT / "deploy" / "autopost-watch.service").read_text()
    assert "/srv/autopost/.venv/bin/python" in unit
    command = re.search(r"ExecStart=/bin/sh -c '(.*)'", unit)[1].replace(
        "systemctl restart autopost-worker", "echo again"
    )
    for status, said in ((0, ""), (1, ""), (2, ""), (127, ""), (SILENT, "again")):
        tried = re.sub(r"^[^;]*;", f"(exit {status});", command)
        done = subprocess.run(["/bin/sh", "-c", tried], capture_output=True, text=True, check=False)
        assert done.stdout.strip() == said, status


def test_health_is_asked_by_loopback_whatever_the_site_is_called():
    script = """
import django; django.setup()
from django.test import Client
print(Client().get("/health", headers={"host": "127.0.0.1:8000"}).status_code)
"""
    env = os.environ | {"ALLOWED_HOSTS": "post.example.com", "PUBLIC_BASE_URL": "https://post.example.com"}
    env |= {"DEBUG": "false", "SECRET_KEY": "x" * 60, "CREDENTIALS_KEY": "bWVhc3VyZW1lbnRzLW9ubHktMzItYnl0ZXMtbG9uZyE="}
    words = [sys.executable, "-c", script]
    done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.stdout.strip().splitlines()[-1] in ("200", "503"), done.stderr[-2000:]
