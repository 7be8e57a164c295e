"""A slow answer about credentials that were replaced while it was under way says nothing of those in force."""

import pytest

from connectors.base import TokenStatus
from connectors.errors import AccountBlocked, TokenInvalid
from social_queue.accounts import tokens
from social_queue.delivery import claim, deliver, dispatch
from social_queue.delivery.errands import doing, taking
from social_queue.delivery.parts import outcomes as outcomes_of_parts
from social_queue.models import Alert, Errand, Event, Part, PlatformAccount
from social_queue.operations.recalling import asking
from tests import factories
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)

NEW = {"access_token": "sandbox-page-token-2"}
OLD = {"access_token": "sandbox-page-token"}


@pytest.fixture
def clock(settings):
    settings.UNDO_SECONDS = 10
    return Clock()


def claimed(clock, account):
    factories.make_post(factories.make_item(publish_at=clock()), account)
    [attempt] = claim.claim(now=clock(), worker="slow", limit=1).attempts
    return attempt


def connected_anew(account, credentials=NEW):
    """What a person does while a call is under way: the account has other credentials, and they work."""
    PlatformAccount.objects.filter(pk=account.pk).update(credentials=credentials)


@pytest.mark.parametrize("day", ["token_expired", "no_permission"])
def test_a_refusal_of_the_old_token_stops_no_account_that_was_connected_meanwhile(
    sandbox, clock, facebook_account, day
):
    attempt = claimed(clock, facebook_account)
    connected_anew(facebook_account)
    sandbox.scenario(facebook_account.address, day)

    deliver.deliver(attempt, clock=clock)

    account = PlatformAccount.objects.get()
    assert (account.status, account.last_error) == ("active", "")
    assert not Alert.objects.exists() and not Event.objects.filter(type__startswith="account").exists()
    PlatformAccount.objects.update(credentials=OLD)
    sandbox.scenario(facebook_account.address, "ok")
    assert dispatch.drain(clock=clock) == {"published": 1} and len(sandbox.wall) == 1


def test_the_same_credentials_stored_again_are_refused_as_ever(sandbox, clock, facebook_account):
    attempt = claimed(clock, facebook_account)
    connected_anew(facebook_account, OLD)
    sandbox.scenario(facebook_account.address, "token_expired")
    deliver.deliver(attempt, clock=clock)
    assert PlatformAccount.objects.get().status == "needs_token"
    assert Alert.objects.get().kind == "token_invalid"


@pytest.mark.parametrize("fault", [TokenInvalid("Expired."), AccountBlocked("No right.")])
def test_nor_does_one_of_what_follows_a_post(sandbox, clock, facebook_account, fault):
    item = factories.make_item(publish_at=clock(), follow_ups=[{"text": "First comment."}])
    factories.make_post(item, facebook_account)
    dispatch_one = claim.claim(now=clock(), worker="first", limit=1).attempts
    deliver.deliver(dispatch_one[0], clock=clock)
    [attempt] = claim.claim(now=clock(), worker="slow", limit=1).attempts
    part = Part.objects.select_related("post__account", "post__item").get()
    attempt.post = part.post
    connected_anew(facebook_account)

    outcomes_of_parts.record(part, attempt, fault, now=clock())

    assert PlatformAccount.objects.get().status == "active" and not Alert.objects.exists()
    assert Part.objects.get().status == "pending" and Part.objects.get().not_before <= clock()


def test_nor_does_one_of_a_deletion_and_it_is_tried_again_at_once(sandbox, clock, facebook_account):
    post = factories.make_post(factories.make_item(publish_at=clock()), facebook_account)
    dispatch.drain(clock=clock)
    post.refresh_from_db()
    asking.recall([post], now=clock())
    clock.forward(seconds=10)
    Errand.objects.update(failures_in_row=1)
    [attempt] = taking.claim(now=clock(), worker="slow", limit=1)
    connected_anew(facebook_account)
    sandbox.scenario(facebook_account.address, "token_expired")

    ending = doing.carry_out(attempt, clock=clock)

    assert ending.outcome == "token_invalid"
    assert PlatformAccount.objects.get().status == "active" and not Alert.objects.exists()
    assert Errand.objects.get().not_before == clock() and Errand.objects.get().ended_at is None


def test_a_check_of_the_old_token_says_nothing_of_the_new_one(sandbox, clock, facebook_account):
    before = PlatformAccount.objects.get()
    connected_anew(facebook_account)

    dead = TokenStatus(valid=False, detail="Expired.")
    assert tokens.check(before, now=clock(), status=dead) == "unchecked"
    assert PlatformAccount.objects.get().status == "active" and not Alert.objects.exists()
    alive = TokenStatus(valid=True, expires_at=clock())
    assert tokens.check(before, now=clock(), status=alive) == "unchecked"
    assert PlatformAccount.objects.get().token_expires_at is None
