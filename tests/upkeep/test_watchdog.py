"""The dead man's switch: silence is told once, its end once; an outside watchdog hears of us while all is well."""

from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
import time_machine

from social_queue.models import Alert
from social_queue.upkeep import health, watchdog
from social_queue.workings import heartbeat

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def started_at(monkeypatch):
    """This process began at NOW."""
    monkeypatch.setattr(health, "_STARTED_AT", NOW)


@pytest.fixture
def chat(sandbox, settings):
    """The team's chat in the sandbox: what was said there."""
    settings.TELEGRAM_ALERT_BOT_TOKEN = "4242:sandbox-alerts"
    settings.TELEGRAM_ALERT_CHAT_ID = "-100777"
    return lambda: [posting.text for posting in sandbox.wall]


@pytest.fixture
def outside(settings):
    """An outside watchdog on a port of its own: the paths it was called with."""
    heard = []

    class Ear(BaseHTTPRequestHandler):
        def do_GET(self):
            heard.append(self.path)
            self.send_response(404 if self.path.endswith("/mistyped") else 200)
            self.end_headers()

        def log_message(self, *_words):
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Ear)
    Thread(target=server.serve_forever, daemon=True).start()
    settings.HEARTBEAT_URL = f"http://127.0.0.1:{server.server_port}/alive"
    yield heard
    server.shutdown()
    server.server_close()


def look_at(moment: datetime) -> None:
    with time_machine.travel(moment, tick=False):
        watchdog.look()


def test_silence_is_told_once_and_its_end_once(chat):
    heartbeat.beat("tick", now=NOW)
    for minutes in (1, 3):
        look_at(NOW + minutes * MINUTE)
    assert chat() == []

    for minutes in (4, 5, 6, 60):
        look_at(NOW + minutes * MINUTE)
    (told,) = chat()
    assert "No worker has shown a sign of life since 2026-12-01 12:00 UTC" in told
    assert "autopost-worker" in told

    heartbeat.beat("tick", now=NOW + 61 * MINUTE)
    look_at(NOW + 61 * MINUTE)
    from social_queue.alerts import telling

    telling.tell_due(NOW + 61 * MINUTE)
    telling.tell_due(NOW + 70 * MINUTE)
    assert len(chat()) == 2 and "Resolved" in chat()[1]
    assert Alert.objects.get().resolved_at is not None


def test_a_worker_that_never_ran_is_missed_three_minutes_after_the_start(chat):
    look_at(NOW + 3 * MINUTE)
    assert not Alert.objects.exists()
    look_at(NOW + 3 * MINUTE + timedelta(seconds=1))
    assert "ever since the site was started" in chat()[0]


def test_several_web_processes_raise_one_alert(chat):
    for _ in range(3):
        look_at(NOW + 10 * MINUTE)
    assert Alert.objects.get().occurrences == 3
    assert len(chat()) == 1


def test_without_a_bot_the_alert_is_kept_for_the_admin():
    look_at(NOW + 10 * MINUTE)
    assert Alert.objects.get().kind == Alert.Kind.NO_TICK


def test_the_outside_watchdog_hears_from_us_only_while_all_is_well(outside):
    heartbeat.beat("tick", now=NOW)
    look_at(NOW + MINUTE)
    assert outside == ["/alive"]
    look_at(NOW + 10 * MINUTE)
    assert outside == ["/alive"]


def test_an_outside_watchdog_that_does_not_know_us_is_warned_of(outside, settings, caplog):
    assert watchdog.ping() is True and not caplog.records
    settings.HEARTBEAT_URL = settings.HEARTBEAT_URL.replace("alive", "mistyped")
    assert watchdog.ping() is False
    [record] = caplog.records
    assert record.levelname == "WARNING" and "404" in record.getMessage() and "HEARTBEAT_URL" in record.getMessage()
    assert "mistyped" not in record.getMessage()  # whoever knows the address can call in our name
    assert outside == ["/alive", "/mistyped"]


def test_an_outside_watchdog_that_is_down_disturbs_nothing(settings):
    settings.HEARTBEAT_URL = "http://127.0.0.1:9/alive"
    heartbeat.beat("tick", now=NOW)
    look_at(NOW + MINUTE)
    assert not Alert.objects.exists()
    assert watchdog.ping() is False
