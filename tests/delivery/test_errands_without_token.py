"""A deletion whose account has no good token waits for one, also where the account is paused, and goes on with it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from connectors import errors
from social_queue.accounts import speaking, tokens
from social_queue.delivery.errands import decisions, run
from social_queue.models import Alert, Errand, PlatformAccount, Post
from social_queue.operations.recalling import asking
from social_queue.vault import VaultClosed
from social_queue.workings import stopping
from tests.delivery.test_errands import published
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clock(settings):
    settings.UNDO_SECONDS = 10
    return Clock()


@pytest.mark.parametrize("stopped", [{"status": "paused"}, {"status": "paused", "archived_at": timezone.now()}])
@pytest.mark.parametrize("trouble", ["token_expired", "vault"])
def test_a_dead_token_of_a_paused_account_is_tried_now_and_then_and_goes_on_with_a_good_one(
    sandbox, clock, monkeypatch, stopped, trouble
):
    post = published(clock)
    PlatformAccount.objects.update(**stopped)
    asking.recall([post], now=clock())
    closed = pytest.MonkeyPatch()
    if trouble == "vault":

        def shut(*_):
            raise VaultClosed("No key opens it.")

        closed.setattr(speaking, "credentials_of", shut)
    else:
        sandbox.scenario(post.account.address, trouble)
    # Whoever would try on without an end is asked to stop.
    tried = iter(range(20))
    monkeypatch.setattr(stopping, "requested", lambda: next(tried, None) is None)
    clock.forward(seconds=10)
    assert run.drain(clock=clock) == {"token_invalid": 2}
    assert PlatformAccount.objects.get().status == "paused" and Alert.objects.get().kind == "token_invalid"
    assert Errand.objects.get().not_before == clock() + timedelta(minutes=15)

    closed.undo()
    sandbox.scenario(post.account.address, "ok")
    clock.forward(seconds=10)
    assert tokens.check(PlatformAccount.objects.get(), now=clock()) == "valid"
    assert run.drain(clock=clock) == {"recalled": 1} and sandbox.wall == []


def test_a_good_token_hurries_nothing_that_may_still_be_called_off(sandbox, clock, settings):
    settings.UNDO_SECONDS = 600
    post = published(clock)
    Post.objects.update(error_kind="token_invalid")
    asking.recall([post], now=clock())
    assert tokens.check(post.account, now=clock()) == "valid"
    assert Errand.objects.get().not_before == clock() + timedelta(seconds=600)


@pytest.mark.parametrize("kind", [*errors.ConnectorError.__subclasses__(), ValueError])
def test_nothing_is_due_at_once_twice_in_a_row(kind):
    more = {"new_address": "elsewhere"} if kind is errors.AddressMoved else {}
    for failures in (0, 5, 98):
        first = decisions.decide(kind("no", **more), failures=failures)
        second = decisions.decide(kind("no", **more), failures=first.failures)
        assert second.over or second.wait >= timedelta(seconds=5)
