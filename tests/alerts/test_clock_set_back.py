"""Alerts of a clock that ran ahead: told as soon as it is set back, and in the way of none that come after."""

from datetime import timedelta

import pytest

from social_queue.alerts import ledger, telling
from social_queue.models import Alert
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

CHAT = "-100777"
AHEAD = timedelta(hours=2)


@pytest.fixture
def phone(sandbox, settings):
    settings.TELEGRAM_ALERT_BOT_TOKEN, settings.TELEGRAM_ALERT_CHAT_ID = "4242:sandbox-alerts", CHAT
    return lambda: [posting.text for posting in sandbox.wall if posting.address == CHAT]


def rejected(now):
    post = factories.make_post(account=factories.make_account(slug=f"fb-{Alert.objects.count()}"))
    return ledger.raise_for_post("rejected", post, reason="No.", now=now)


def test_one_that_was_raised_meanwhile_is_told(phone, now):
    rejected(now + AHEAD)
    assert telling.tell_due(now) == 1 and len(phone()) == 1
    assert telling.tell_due(now + timedelta(minutes=30)) == 0


@pytest.mark.parametrize("ahead_s", [0, 30])
def test_another_hosts_clock_may_be_a_little_ahead(phone, now, ahead_s):
    rejected(now + timedelta(seconds=ahead_s))
    assert telling.tell_due(now + timedelta(seconds=ahead_s)) == 1


def test_its_end_is_told_too(phone, now):
    alert = rejected(now)
    telling.tell_due(now)
    ledger.resolve_post(alert.post, now=now + AHEAD)
    assert telling.tell_due(now) == 1 and "Resolved" in phone()[1]


def test_one_that_could_not_be_told_waits_as_ever_and_no_longer(phone, sandbox, now):
    rejected(now + AHEAD)
    sandbox.scenario(CHAT, "rate_limit", seconds=60)
    assert telling.tell_due(now + AHEAD) == 0
    sandbox.scenario(CHAT, "rate_limit", seconds=60, times=1)
    assert telling.tell_due(now) == 0
    assert telling.tell_due(now + timedelta(seconds=30)) == 0
    assert telling.tell_due(now + timedelta(seconds=61)) == 1


def test_one_that_was_put_off_for_longer_than_any_is_told(phone, now):
    alert = rejected(now - timedelta(days=1))
    Alert.objects.filter(pk=alert.pk).update(tell_not_before=now + AHEAD)
    assert telling.tell_due(now) == 1


def test_a_platform_that_asks_for_a_day_is_asked_once_an_hour(phone, sandbox, now):
    rejected(now)
    sandbox.scenario(CHAT, "rate_limit", seconds=86400, times=1)
    assert telling.tell_due(now) == 0
    assert telling.tell_due(now + timedelta(minutes=59)) == 0
    assert telling.tell_due(now + timedelta(minutes=60)) == 1


def test_what_was_sent_meanwhile_holds_up_none_of_its_kind(phone, sandbox, now):
    post = factories.make_post()
    ledger.raise_for_post("undecided", post, reason="?", now=now + AHEAD)
    assert telling.tell_due(now + AHEAD) == 1
    other = factories.make_post(account=post.account)
    ledger.raise_for_post("undecided", other, reason="??", now=now)
    assert telling.tell_due(now) == 1 and len(phone()) == 2


def test_what_was_sent_meanwhile_and_can_be_corrected_no_more_is_said_anew(phone, now):
    ledger.keep("missed", about="site", reason="One.", now=now + AHEAD)
    telling.tell_due(now + AHEAD)
    Alert.objects.update(message_id=-1)
    ledger.keep("missed", about="site", reason="Two.", now=now)
    assert telling.tell_due(now) == 1 and "Two." in phone()[-1]
