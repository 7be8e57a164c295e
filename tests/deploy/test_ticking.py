"""deploy/ticking tells systemd whether the workers still work."""

import json
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.support.environment import NOWHERE, ROOT


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
    assert _told(health, status=200, age_s=600) == 1


def test_a_health_page_that_warns_is_read_all_the_same(health):
    assert _told(health, status=503, age_s=600) == 1
    assert _told(health, status=503, age_s=20) == 0


def test_workers_that_never_ticked_get_their_time(health):
    assert _told(health, status=200, age_s=None) == 0


def test_a_web_process_that_is_down_says_nothing_about_the_workers():
    assert _ticking(f"{NOWHERE}/health") == 0


@pytest.mark.parametrize(("status", "body"), [(200, "<html>"), (500, "<html>"), (503, "{}")])
def test_an_answer_of_another_kind_says_nothing_about_the_workers(health, status, body):
    health.status, health.body = status, body
    assert _ticking(f"http://127.0.0.1:{health.server_port}/health") == 0
