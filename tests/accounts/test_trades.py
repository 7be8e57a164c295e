"""Old tokens traded for young ones: in time, by one process at a time, and never over what a human put in."""

from datetime import timedelta

import pytest

from connectors import errors
from connectors.facebook import Facebook
from connectors.instagram import Instagram
from social_queue.accounts import tokens
from social_queue.delivery import dispatch
from social_queue.models import PlatformAccount, credentials_of
from social_queue.workings import heartbeat
from tests import factories
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clock():
    return Clock()


def test_a_token_is_traded_ten_days_before_its_end_and_stored_before_it_is_used(
    sandbox, clock, facebook_account, meta_app
):
    PlatformAccount.objects.update(token_expires_at=clock() + timedelta(days=11))
    tokens.check_all(clock())
    assert credentials_of(PlatformAccount.objects.get())["access_token"] == "sandbox-page-token"

    PlatformAccount.objects.update(token_expires_at=clock() + timedelta(days=9))
    tokens.check_all(clock())

    account = PlatformAccount.objects.get()
    fresh = credentials_of(account)["access_token"]
    assert fresh != "sandbox-page-token"
    factories.make_item(account, publish_at=clock())
    assert dispatch.drain(clock=clock) == {"published": 1}


@pytest.fixture
def trades(sandbox, meta_app, monkeypatch):
    """How often a token was handed in for a younger one; nothing comes back for it."""
    made = []
    monkeypatch.setattr(Facebook, "refresh_token", lambda self: made.append(self.address))
    return made


@pytest.mark.parametrize(("days", "traded"), [(10.5, 0), (10, 1), (9.5, 1)])
def test_the_last_ten_days_are_those_of_the_trade(trades, clock, facebook_account, days, traded):
    PlatformAccount.objects.update(token_expires_at=clock() + timedelta(days=days))
    tokens.check_all(clock())
    assert len(trades) == traded


def test_a_token_whose_end_the_platform_tells_is_asked_about_before_it_is_traded(trades, clock, facebook_account):
    assert facebook_account.token_expires_at is None
    assert tokens.check_all(clock()) == {"valid": 1}
    assert trades == []


def test_a_token_whose_end_only_a_trade_tells_is_traded_although_none_is_known(sandbox, clock, monkeypatch):
    made = []
    monkeypatch.setattr(Instagram, "refresh_token", lambda self: made.append(self.address))
    tokens.check(factories.make_account("instagram", options={"login": "instagram"}), now=clock())
    assert len(made) == 1


def test_while_one_process_trades_a_token_no_other_does(trades, clock, facebook_account):
    """Some refresh tokens work once: the second use ends the account's whole session."""
    PlatformAccount.objects.update(token_expires_at=clock() + timedelta(days=9))
    role = {"hold": timedelta(minutes=2), "holder": "another host:7:1"}
    assert heartbeat.take_role(f"trade:{facebook_account.pk}", now=clock(), **role)
    assert tokens.check_all(clock()) == {"valid": 1}
    assert trades == []
    heartbeat.leave_role(f"trade:{facebook_account.pk}", holder="another host:7:1")
    tokens.check_all(clock())
    assert len(trades) == 1


def test_a_token_that_another_process_has_just_traded_is_not_traded_again(trades, clock, facebook_account):
    PlatformAccount.objects.update(token_expires_at=clock() + timedelta(days=9))
    facebook_account.refresh_from_db()
    PlatformAccount.objects.update(token_expires_at=clock() + timedelta(days=60))
    assert tokens.check(facebook_account, now=clock()) == "valid"
    assert trades == []


def test_a_trade_that_fails_leaves_the_token_as_it_is(sandbox, clock, facebook_account, meta_app, monkeypatch):
    PlatformAccount.objects.update(token_expires_at=clock() + timedelta(days=9))
    monkeypatch.setattr(Facebook, "refresh_token", lambda self: (_ for _ in ()).throw(errors.TransientError("busy")))
    assert tokens.check_all(clock()) == {"valid": 1}
    assert credentials_of(PlatformAccount.objects.get())["access_token"] == "sandbox-page-token"


def test_a_trade_does_not_overwrite_what_a_human_put_in_meanwhile(
    sandbox, clock, facebook_account, meta_app, monkeypatch
):
    PlatformAccount.objects.update(token_expires_at=clock() + timedelta(days=9))

    def slow_trade(self):
        PlatformAccount.objects.update(credentials={"access_token": "sandbox-from-a-human"}, token_expires_at=None)
        return {"access_token": "sandbox-traded", "expires_at": None}

    monkeypatch.setattr(Facebook, "refresh_token", slow_trade)
    tokens.check_all(clock())
    assert credentials_of(PlatformAccount.objects.get()) == {"access_token": "sandbox-from-a-human"}
