"""A human hears of each problem once, and once more when it is over; over the sandbox's Telegram."""

import logging
from datetime import timedelta

import pytest

from connectors.bot import Bot
from social_queue.accounts import tokens
from social_queue.alerts import ledger, telling
from social_queue.delivery import dispatch
from social_queue.delivery.sweeps import leases, reconcile
from social_queue.models import Alert, PlatformAccount, Post
from social_queue.operations import posts
from tests import factories
from tests.support.clock import Clock
from tests.support.crowd import at_once
from tests.support.environment import NOWHERE

pytestmark = pytest.mark.django_db(transaction=True)

CHAT = "-100777"
BOT = "4242:sandbox-alerts"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def phone(sandbox, settings):
    """What the operator's phone has shown so far: ``phone()`` gives the texts."""
    settings.TELEGRAM_ALERT_BOT_TOKEN, settings.TELEGRAM_ALERT_CHAT_ID = BOT, CHAT
    return lambda: [posting.text for posting in sandbox.wall if posting.address == CHAT]


def live(clock, minutes, step=5):
    """What an installation does in so many minutes."""
    for _ in range(0, minutes, step):
        dispatch.drain(clock=clock)
        leases.expire_leases(clock())
        reconcile.reconcile_unknown(clock())
        telling.tell_due(clock())
        clock.forward(minutes=step)


@pytest.mark.parametrize(
    ("scenario", "kind", "words"),
    [
        ("token_expired", "token_invalid", "no longer accepts the token"),
        ("blocked", "account_blocked", "does not let this account post"),
        ("reject", "rejected", "was refused"),
    ],
)
def test_one_message_for_each_problem(phone, sandbox, facebook_account, clock, scenario, kind, words):
    sandbox.scenario(facebook_account.address, scenario)
    factories.make_item(facebook_account, publish_at=clock())

    live(clock, 60)
    tokens.check_all(clock())
    live(clock, 60)

    [message] = phone()
    assert words in message
    assert facebook_account.slug in message
    assert "http://autopost.test/admin/" in message
    assert "sandbox-page-token" not in message
    assert Alert.objects.get().kind == kind


def test_one_message_for_a_post_that_nobody_can_decide(phone, sandbox, telegram_account, clock):
    sandbox.scenario(telegram_account.address, "accept_then_hang_up")
    item = factories.make_item(telegram_account, publish_at=clock())

    live(clock, 30)
    assert phone() == []
    live(clock, 60)

    [message] = phone()
    assert "nobody can tell" in message
    assert telegram_account.slug in message
    assert item.posts.get().short_link in message


def test_two_messages_for_passing_trouble(phone, sandbox, facebook_account, clock, settings):
    settings.FACEBOOK_API_URL = NOWHERE
    factories.make_item(facebook_account, publish_at=clock())

    live(clock, 60, step=1)

    third, given_up = phone()
    assert "failed three times" in third
    assert "given up" in given_up
    assert facebook_account.slug in third and facebook_account.slug in given_up


def test_a_retry_that_works_says_resolved_once(phone, sandbox, facebook_account, clock, settings):
    settings.FACEBOOK_API_URL = NOWHERE
    factories.make_item(facebook_account, publish_at=clock())
    live(clock, 60, step=1)

    settings.FACEBOOK_API_URL = sandbox.url
    posts.retry(Post.objects.select_related("item", "account"), now=clock())
    live(clock, 30)

    assert len(phone()) == 3
    assert phone()[2].startswith("✅ Resolved: given up")
    assert Post.objects.get().status == "published"


def test_a_new_token_ends_the_trouble_with_one_message(phone, sandbox, facebook_account, clock):
    sandbox.scenario(facebook_account.address, "token_expired")
    factories.make_item(facebook_account, publish_at=clock())
    live(clock, 10)
    sandbox.scenario(facebook_account.address, "ok")

    tokens.check_all(clock())
    live(clock, 10)

    trouble, over = phone()
    assert over.startswith("✅ Resolved: token invalid")
    assert facebook_account.slug in over
    assert Post.objects.get().status == "published"


def test_what_was_never_told_ends_quietly(phone, facebook_account, now):
    alert = ledger.raise_for_account("token_expiring", facebook_account, reason="soon", now=now)
    ledger.resolve_account(facebook_account, now=now)
    telling.tell_due(now)
    alert.refresh_from_db()
    assert (phone(), bool(alert.resolved_at), alert.sent_at) == ([], True, None)


def test_a_problem_that_ends_while_it_is_told_gets_its_resolved_too(phone, facebook_account, now, monkeypatch):
    ledger.raise_for_account("token_expiring", facebook_account, reason="soon", now=now)
    original = Bot.say

    def slow(bot, text):
        number = original(bot, text)
        if "✅" not in text:
            ledger.resolve_account(facebook_account, now=now)
        return number

    monkeypatch.setattr(Bot, "say", slow)
    for _ in range(3):
        telling.tell_due(now)

    assert [text[0] for text in phone()] == ["⚠", "✅"]


def test_a_message_that_did_not_arrive_is_sent_again(phone, sandbox, facebook_account, now, settings):
    ledger.raise_for_account("account_blocked", facebook_account, reason="policy", now=now)
    settings.TELEGRAM_API_URL = NOWHERE
    assert telling.tell_due(now) == 0
    alert = Alert.objects.get()
    assert (alert.send_failures, alert.tell_not_before) == (1, now + timedelta(minutes=1))
    assert alert.send_error and BOT not in alert.send_error

    settings.TELEGRAM_API_URL = sandbox.url
    assert telling.tell_due(now + timedelta(seconds=59)) == 0
    assert telling.tell_due(now + timedelta(seconds=60)) == 1
    assert telling.tell_due(now + timedelta(hours=9)) == 0
    assert len(phone()) == 1


def test_tellings_that_fail_wait_ever_longer(phone, facebook_account, now, settings):
    settings.TELEGRAM_API_URL = NOWHERE
    ledger.raise_for_account("account_blocked", facebook_account, reason="policy", now=now)
    pauses = []
    for _ in range(5):
        telling.tell_due(now)
        due = Alert.objects.get().tell_not_before
        pauses.append((due - now).total_seconds() / 60)
        now = due
    assert pauses == [1, 5, 15, 60, 60]


def test_a_telegram_that_does_not_answer_is_asked_once_and_not_for_every_alert(phone, now, settings):
    settings.TELEGRAM_API_URL = NOWHERE
    for _ in range(4):
        ledger.raise_for_account("account_blocked", factories.make_account("facebook"), reason="policy", now=now)
    telling.tell_due(now)
    assert sum(Alert.objects.values_list("send_failures", flat=True)) == 1
    assert Alert.objects.filter(tell_not_before=now).count() == 3


def test_a_limit_of_telegrams_is_heeded(phone, sandbox, facebook_account, now):
    sandbox.scenario(CHAT, "rate_limit", times=1, seconds=77)
    ledger.raise_for_account("account_blocked", facebook_account, reason="policy", now=now)
    telling.tell_due(now)
    assert Alert.objects.get().tell_not_before == now + timedelta(seconds=77)
    assert telling.tell_due(now + timedelta(seconds=78)) == 1


def test_many_of_a_kind_become_one_message(phone, sandbox, facebook_account, clock):
    sandbox.scenario(facebook_account.address, "reject")
    items = [factories.make_item(facebook_account, publish_at=clock()) for _ in range(6)]
    dispatch.drain(clock=clock)
    [message] = phone()
    assert "(6 times)" in message.splitlines()[0]
    assert all(item.title in message for item in items)
    assert Alert.objects.filter(sent_at=None).count() == 0


def test_a_flood_is_cut_where_a_line_ends(phone, facebook_account, now):
    for _ in range(40):
        post = factories.make_post(factories.make_item(title="T" * 290, publish_at=now), facebook_account)
        ledger.raise_for_post("rejected", post, reason="No.", now=now)
    telling.tell_due(now)
    [message] = phone()
    assert len(message) <= 4096
    assert message.endswith("the rest is in the admin.")


def test_several_workers_tell_it_once(phone, now):
    for _ in range(3):
        ledger.raise_for_account("account_blocked", factories.make_account("facebook"), reason="policy", now=now)
    arrived = at_once(lambda number: telling.tell_due(now), 4)
    assert sum(arrived) == 3
    assert len(phone()) == 3


def test_angle_brackets_and_ampersands_arrive_as_they_were_written(phone, facebook_account, now):
    post = factories.make_post(factories.make_item(title="Rise & <b>shine</b>", publish_at=now), facebook_account)
    ledger.raise_for_post("rejected", post, reason="a < b && c > d", now=now)
    telling.tell_due(now)
    [message] = phone()
    assert "“Rise & <b>shine</b>”" in message
    assert "a < b && c > d" in message


def test_without_a_bot_trouble_is_only_logged(sandbox, facebook_account, clock, caplog):
    sandbox.scenario(facebook_account.address, "reject")
    factories.make_item(facebook_account, publish_at=clock())
    with caplog.at_level(logging.ERROR, logger="social_queue.alerts.ledger"):
        dispatch.drain(clock=clock)
    assert Alert.objects.get().tell_not_before is None
    assert not [call for call in sandbox.calls if call.platform == "telegram"]
    assert facebook_account.slug in caplog.text


def test_an_open_problem_counts_how_often_it_came_back(facebook_account, now):
    first = ledger.raise_for_account("account_blocked", facebook_account, reason="policy", now=now)
    assert ledger.raise_for_account("account_blocked", facebook_account, reason="policy", now=now) is None
    first.refresh_from_db()
    assert first.occurrences == 2
    ledger.resolve_account(facebook_account, now=now)
    assert ledger.raise_for_account("account_blocked", facebook_account, reason="policy", now=now).pk != first.pk


def test_a_dead_token_makes_its_warning_superfluous(phone, facebook_account, now):
    ledger.raise_for_account("token_expiring", facebook_account, reason="soon", now=now)
    telling.tell_due(now)
    ledger.raise_for_account("token_invalid", facebook_account, reason="dead", now=now)
    telling.tell_due(now)
    ledger.resolve_account(facebook_account, now=now)
    telling.tell_due(now)
    assert [text.split(":")[1].split("\n")[0].strip() for text in phone()] == [
        "token expires soon",
        "token invalid",
        "token invalid",
    ]


def test_a_platform_that_is_gone_can_still_be_spoken_of(now, facebook_account):
    post = factories.make_post(account=facebook_account, platform="myspace")
    PlatformAccount.objects.update(platform="myspace")
    post.account.refresh_from_db()
    alert = ledger.raise_for_post("our_fault", post, reason="There is no platform named 'myspace'.", now=now)
    assert facebook_account.slug in alert.text


def test_every_kind_has_its_words(facebook_account, now):
    post = factories.make_post(account=facebook_account)
    for kind in Alert.Kind.values:
        alert = ledger.raise_alert(
            kind, about=f"test:{kind}", reason="The reason.", now=now, account=facebook_account, post=post
        )
        assert "The reason." in alert.text
        assert "{" not in alert.text
