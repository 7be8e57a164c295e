"""Whether the platforms still accept us: asked, traded and told in time."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from connectors.base import TokenStatus
from connectors.facebook import Facebook
from connectors.telegram import Telegram
from social_queue.accounts import standing, tokens
from social_queue.alerts import ledger, telling
from social_queue.delivery import dispatch
from social_queue.models import AccountStatus, Alert, PlatformAccount, Post, credentials_of
from tests import factories
from tests.support.clock import Clock
from tests.support.environment import NOWHERE

pytestmark = pytest.mark.django_db(transaction=True)

ALL = ["facebook", "instagram", "telegram", "twitter"]
API = {"facebook": "FACEBOOK", "instagram": "INSTAGRAM", "telegram": "TELEGRAM", "twitter": "X"}


@pytest.fixture
def clock():
    return Clock()


@pytest.mark.parametrize("platform", ALL)
def test_a_good_token_is_valid(sandbox, clock, platform):
    account = factories.make_account(platform)
    assert tokens.check(account, now=clock()) == "valid"
    account.refresh_from_db()
    assert (account.status, account.token_checked_at, account.last_error) == (AccountStatus.ACTIVE, clock(), "")
    assert Alert.objects.count() == 0


@pytest.mark.parametrize("platform", ALL)
def test_a_dead_token_stops_the_account_until_the_platform_takes_it_again(sandbox, clock, platform):
    account = factories.make_account(platform)
    sandbox.scenario(account.address, "token_expired")
    account.credentials = {key: f"{value}-expired" for key, value in credentials_of(account).items()}
    account.save()

    assert tokens.check_all(clock(), force=True) == {"invalid": 1}

    account.refresh_from_db()
    assert account.status == AccountStatus.NEEDS_TOKEN
    assert account.last_error
    assert Alert.objects.get().kind == "token_invalid"

    sandbox.scenario(account.address, "ok")
    account.credentials = factories.SANDBOX_ACCOUNTS[platform][1]
    account.save()
    assert tokens.check_all(clock.forward(hours=1)) == {"valid": 1}
    account.refresh_from_db()
    assert (account.status, account.last_error) == (AccountStatus.ACTIVE, "")
    assert Alert.objects.get().resolved_at


@pytest.mark.parametrize("platform", ALL)
def test_a_platform_that_does_not_answer_proves_nothing(sandbox, clock, settings, platform):
    account = factories.make_account(platform)
    setattr(settings, f"{API[platform]}_API_URL", NOWHERE)
    assert tokens.check_all(clock(), force=True) == {"unchecked": 1}
    account.refresh_from_db()
    assert (account.status, account.token_checked_at) == (AccountStatus.ACTIVE, None)
    assert Alert.objects.count() == 0


def test_checks_that_cost_money_are_made_once_a_day(sandbox, clock, twitter_account, facebook_account):
    assert tokens.check_all(clock()) == {"valid": 2}
    assert tokens.check_all(clock.forward(hours=1)) == {"valid": 1, "not_due": 1}
    assert tokens.check_all(clock(), force=True) == {"valid": 2}
    assert tokens.check_all(clock.forward(hours=24)) == {"valid": 2}


def test_an_account_that_an_editor_paused_is_left_alone(sandbox, clock, facebook_account):
    standing.pause(facebook_account)
    assert tokens.check_all(clock(), force=True) == {}
    assert sandbox.calls == []


def test_a_blocked_account_is_not_freed_by_a_good_token(sandbox, clock, facebook_account):
    standing.stop(facebook_account.pk, AccountStatus.BLOCKED, "policy")
    assert tokens.check_all(clock()) == {"valid": 1}
    facebook_account.refresh_from_db()
    assert (facebook_account.status, facebook_account.last_error) == (AccountStatus.BLOCKED, "policy")


def test_new_credentials_free_a_blocked_account_once_they_are_valid(sandbox, clock):
    """Some blocks are the token's fault: it may only read, or lacks a right."""
    words = ["facebook", "1029384756", "--slug", "fb-page", "--credential"]
    call_command("add_account", *words, "access_token=sandbox-old")
    account = PlatformAccount.objects.get()
    standing.stop(account.pk, AccountStatus.BLOCKED, "The token lacks a right.")
    ledger.raise_for_account("account_blocked", account, reason="The token lacks a right.", now=clock())

    call_command("add_account", *words, "access_token=sandbox-new")
    account.refresh_from_db()
    assert account.status == AccountStatus.NEEDS_TOKEN
    tokens.check_all(clock())

    account.refresh_from_db()
    assert account.status == AccountStatus.ACTIVE
    assert Alert.objects.get().resolved_at


def test_the_same_credentials_again_free_nobody(sandbox, clock):
    words = ["facebook", "1029384756", "--slug", "fb-page", "--credential", "access_token=sandbox-old"]
    call_command("add_account", *words)
    standing.stop(PlatformAccount.objects.get().pk, AccountStatus.BLOCKED, "policy")
    call_command("add_account", *words, "--name", "Renamed")
    assert PlatformAccount.objects.get().status == AccountStatus.BLOCKED


def test_posts_wait_for_the_new_token_and_then_go_out(sandbox, clock, facebook_account):
    sandbox.scenario(facebook_account.address, "token_expired")
    factories.make_item(facebook_account, publish_at=clock())
    dispatch.drain(clock=clock)
    assert dispatch.drain(clock=clock) == {}
    sandbox.scenario(facebook_account.address, "ok")
    tokens.check_all(clock())
    assert dispatch.drain(clock=clock) == {"published": 1}
    assert Post.objects.get().failures_in_row == 0


def test_a_token_that_ends_within_a_day_is_told_once(sandbox, clock, facebook_account, settings):
    settings.TELEGRAM_ALERT_BOT_TOKEN, settings.TELEGRAM_ALERT_CHAT_ID = "4242:sandbox-alerts", "-100777"
    PlatformAccount.objects.update(token_expires_at=clock() + timedelta(hours=26))
    tokens.check_all(clock())
    assert Alert.objects.count() == 0

    for _ in range(5):
        tokens.check_all(clock.forward(hours=3))
        telling.tell_due(clock())

    [message] = [posting.text for posting in sandbox.wall]
    assert "token expires soon" in message
    assert facebook_account.slug in message


def test_the_end_of_data_access_counts_too(facebook_account, now):
    status = TokenStatus(True, data_access_expires_at=now + timedelta(hours=5))
    tokens._works(facebook_account, status, now)
    assert Alert.objects.get().kind == "token_expiring"
    assert tokens.expires_at(facebook_account) == now + timedelta(hours=5)


def test_a_token_that_works_past_the_end_we_knew_of_has_no_end_we_know_of(facebook_account, now):
    facebook_account.token_expires_at = now - timedelta(hours=1)
    facebook_account.save()
    tokens._works(facebook_account, TokenStatus(True), now)
    facebook_account.refresh_from_db()
    assert facebook_account.token_expires_at is None
    assert Alert.objects.count() == 0


def test_a_page_s_rights_outlast_the_ninety_days_and_an_end_told_before_is_forgotten(
    sandbox, facebook_account, meta_app, now
):
    facebook_account.data_access_expires_at = now + timedelta(hours=5)
    facebook_account.save()
    assert tokens.check(facebook_account, now=now) == "valid"
    facebook_account.refresh_from_db()
    assert tokens.expires_at(facebook_account) is None
    assert Alert.objects.count() == 0


def test_a_version_that_the_platform_does_not_know_leaves_every_token_unchecked_and_says_so(
    sandbox, facebook_account, settings, now, caplog
):
    settings.GRAPH_API_VERSION = "v99.0"
    assert tokens.check_all(now, force=True) == {"unchecked": 1}
    assert "GRAPH_API_VERSION" in caplog.text
    facebook_account.refresh_from_db()
    assert (facebook_account.status, facebook_account.token_checked_at) == ("active", None)


def test_a_check_uses_the_credentials_of_this_moment(sandbox, clock, monkeypatch):
    """Checking forty accounts takes a while; a token put in meanwhile must not be judged by the old one."""
    factories.make_account("facebook", slug="a")
    second = factories.make_account("telegram", slug="b")
    second.credentials = {"bot_token": "4242:refused"}
    second.save()
    original = Facebook.check_token

    def meanwhile(self):
        PlatformAccount.objects.filter(pk=second.pk).update(credentials={"bot_token": "4242:sandbox-new"})
        return original(self)

    monkeypatch.setattr(Facebook, "check_token", meanwhile)
    assert tokens.check_all(clock()) == {"valid": 2}


def test_a_good_token_does_not_wake_an_account_that_was_paused_meanwhile(sandbox, clock, monkeypatch):
    account = factories.make_account("telegram", status=AccountStatus.NEEDS_TOKEN)
    original = Telegram.check_token

    def meanwhile(self):
        PlatformAccount.objects.update(status=AccountStatus.PAUSED)
        return original(self)

    monkeypatch.setattr(Telegram, "check_token", meanwhile)
    tokens.check(account, now=clock())
    account.refresh_from_db()
    assert account.status == AccountStatus.PAUSED


def test_one_account_that_makes_us_stumble_does_not_keep_the_others_from_being_checked(
    sandbox, clock, telegram_account
):
    factories.make_account("facebook", slug="gone")
    PlatformAccount.objects.filter(slug="gone").update(platform="a-platform-taken-away")
    assert tokens.check_all(clock()) == {"unchecked": 1, "valid": 1}


def test_credentials_that_cannot_be_read_need_a_token(sandbox, clock, facebook_account, settings):
    settings.CREDENTIALS_KEY = ["x" * 43 + "="]
    assert tokens.check_all(clock()) == {"invalid": 1}
    facebook_account.refresh_from_db()
    assert facebook_account.status == AccountStatus.NEEDS_TOKEN
    assert "CREDENTIALS_KEY" in Alert.objects.get().text


def test_a_right_that_is_missing_is_named(sandbox, clock, telegram_account):
    sandbox.scenario(telegram_account.address, "no_permission")
    assert tokens.check(telegram_account, now=clock()) == "valid"
    telegram_account.refresh_from_db()
    assert "can_post_messages" in telegram_account.last_error


@pytest.mark.parametrize("platform", ["facebook", "instagram"])
def test_a_place_that_is_hidden_from_a_living_token_is_told(sandbox, clock, platform):
    account = factories.make_account(platform)
    sandbox.scenario(account.address, "account_gone")
    assert tokens.check(account, now=clock()) == "valid"
    account.refresh_from_db()
    assert account.status == "active"
    assert "still has a role there" in account.last_error
    sandbox.scenario(account.address, "ok")
    tokens.check(account, now=clock())
    account.refresh_from_db()
    assert account.last_error == ""
