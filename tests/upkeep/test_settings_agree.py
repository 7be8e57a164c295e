"""Settings that contradict each other: every sentence names them, their values and what to do."""

import pytest
from django.conf import settings as in_force

from autopost_site.starting import agreed

_SEEN = {name: getattr(in_force, name) for name in dir(in_force) if name.isupper()}


def _told(**changed) -> str:
    return agreed.problems(_SEEN | changed)


def test_the_settings_of_the_tests_agree():
    assert _told() == ""


@pytest.mark.parametrize(
    "changed",
    [
        {"TICK_BUDGET": 70},
        {"PREPARE_BUDGET": 95},
        {"CALL_TIMEOUT": (5, 45)},
        {"Q_TIMEOUT": 300, "LEASE_SECONDS": 300},
        {"LEASE_SECONDS": 360, "Q_RETRY": 360},
    ],
)
def test_times_that_would_let_a_lease_end_under_a_living_worker_are_named(changed):
    sentence = _told(**changed)
    assert sentence.count("must be less than") == 1 and "Set " in sentence
    assert any(word in sentence for name in changed for word in (name, "READ_TIMEOUT"))


@pytest.mark.parametrize(("token", "chat", "missing"), [("1:a", "", "CHAT_ID"), ("", "-1", "BOT_TOKEN")])
def test_alerts_without_a_bot_or_a_chat_are_refused(token, chat, missing):
    sentence = _told(TELEGRAM_ALERT_BOT_TOKEN=token, TELEGRAM_ALERT_CHAT_ID=chat)
    assert missing in sentence and "1:a" not in sentence


def test_the_sandbox_needs_a_port_of_its_own():
    assert "PORT and SANDBOX_PORT are both 8123" in _told(SANDBOX=True, PORT=8123, SANDBOX_PORT=8123)
    assert _told(SANDBOX=False, PORT=8123, SANDBOX_PORT=8123) == ""


def test_all_that_is_missing_on_a_server_is_said_at_once():
    sentence = _told(DEBUG=False, SECRET_KEY="", CREDENTIALS_KEY=[])
    assert "SECRET_KEY must be set" in sentence and "CREDENTIALS_KEY must be set" in sentence


def test_a_database_without_its_driver_names_what_to_install(monkeypatch):
    monkeypatch.setitem(
        agreed._DRIVERS, "autopost_site.mysql", ("a_driver_that_nobody_has", "mysqlclient", "some.lock")
    )
    sentence = _told(DATABASES={"default": {"ENGINE": "autopost_site.mysql"}})
    assert "DATABASE_URL" in sentence and "mysqlclient" in sentence and "--requirement some.lock" in sentence
