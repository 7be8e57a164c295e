"""Who may take which post: order, pace and turns, with several workers at once."""

import threading
from datetime import timedelta

import pytest
from django.db import OperationalError

from connectors import errors
from connectors.sandbox import server
from connectors.twitter import Twitter
from social_queue.alerts import ledger, telling
from social_queue.delivery import claim, deliver, dispatch, outcomes, threads
from social_queue.delivery.sweeps import leases
from social_queue.models import Attempt, PlatformAccount, Post
from social_queue.operations import posts
from tests import factories
from tests.support import clusters
from tests.support.clock import Clock
from tests.support.crowd import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_interval_of_an_account_holds_for_all_workers_together(now):
    account = factories.make_account("facebook", min_interval_s=60)
    for _ in range(4):
        factories.make_item(account, publish_at=now)

    def work(number):
        taken = claim.claim(now=now, worker=f"w{number}", limit=20).attempts
        for attempt in taken:
            outcomes.record(attempt, errors.Rejected("no"), now=now)
        return len(taken)

    assert sum(sum(at_once(work, 4)) for _ in range(3)) == 1
    assert claim.claim(now=now + timedelta(seconds=59), worker="w", limit=20).attempts == []
    assert len(claim.claim(now=now + timedelta(seconds=60), worker="w", limit=20).attempts) == 1


def test_the_interval_begins_when_the_post_is_really_sent(now):
    account = factories.make_account("facebook", min_interval_s=60)
    for _ in range(2):
        factories.make_item(account, publish_at=now)
    [attempt] = claim.claim(now=now, worker="w", limit=1).attempts
    prepared = now + timedelta(seconds=50)
    assert deliver.begin_sending(attempt, now=prepared)
    outcomes.record(attempt, errors.Rejected("no"), now=prepared)
    assert claim.claim(now=now + timedelta(seconds=61), worker="w", limit=1).attempts == []
    assert len(claim.claim(now=prepared + timedelta(seconds=60), worker="w", limit=1).attempts) == 1


@pytest.mark.parametrize("status", ["paused", "needs_token", "blocked"])
def test_an_account_that_stopped_after_the_look_is_not_served(now, facebook_account, monkeypatch, status):
    factories.make_item(facebook_account, publish_at=now)
    original = claim.candidates

    def then_stopped(*args):
        found = original(*args)
        type(facebook_account).objects.update(status=status)
        return found

    monkeypatch.setattr(claim, "candidates", then_stopped)
    assert claim.claim(now=now, worker="w", limit=1).attempts == []
    assert (Post.objects.get().status, Attempt.objects.count()) == ("pending", 0)


def test_a_post_put_off_after_the_look_is_not_claimed(now, facebook_account, monkeypatch):
    factories.make_item(facebook_account, publish_at=now)
    original = claim.candidates

    def then_put_off(*args):
        found = original(*args)
        Post.objects.update(not_before=now + timedelta(seconds=1))
        return found

    monkeypatch.setattr(claim, "candidates", then_put_off)
    assert claim.claim(now=now, worker="w", limit=1).attempts == []
    assert (Post.objects.get().status, Attempt.objects.count()) == ("pending", 0)


def test_what_expires_at_this_very_moment_is_too_late(now, facebook_account):
    factories.make_item(facebook_account, publish_at=now, expires_at=now)
    assert claim.claim(now=now, worker="w", limit=1).attempts == []
    assert Post.objects.get().error_kind == "too_late"


def test_a_claimed_post_is_held_for_the_length_of_a_lease(now, facebook_account, settings):
    settings.LEASE_SECONDS = 300
    factories.make_item(facebook_account, publish_at=now)
    claim.claim(now=now, worker="w", limit=1)
    assert leases.expire_leases(now + timedelta(seconds=299)) == {}
    assert leases.expire_leases(now + timedelta(seconds=300)) == {"pending": 1}


def test_an_account_with_a_post_in_flight_takes_nobodys_place(now, facebook_account, telegram_account):
    for _ in range(2):
        factories.make_item(facebook_account, publish_at=now)
    assert len(claim.claim(now=now, worker="w", limit=1).attempts) == 1
    assert claim.claim(now=now, worker="w", limit=1) == claim.Claim([])

    PlatformAccount.objects.filter(pk=telegram_account.pk).update(last_served_at=now)
    PlatformAccount.objects.filter(pk=facebook_account.pk).update(last_served_at=now - timedelta(hours=1))
    factories.make_item(telegram_account, publish_at=now)
    [attempt] = claim.claim(now=now, worker="w", limit=1).attempts
    assert attempt.post.account == telegram_account


def test_a_post_cancelled_after_the_look_is_not_claimed(now, facebook_account, monkeypatch):
    factories.make_item(facebook_account, publish_at=now)
    original = claim.candidates

    def then_cancelled(*args):
        found = original(*args)
        posts.cancel(Post.objects.select_related("item", "account"), now=now)
        return found

    monkeypatch.setattr(claim, "candidates", then_cancelled)
    assert claim.claim(now=now, worker="w", limit=1).attempts == []
    assert Post.objects.get().status == "cancelled"


def test_a_deadlock_leaves_nothing_half_claimed_and_is_looked_at_again(now, facebook_account, monkeypatch):
    factories.make_item(facebook_account, publish_at=now)
    with monkeypatch.context() as unlucky:
        unlucky.setattr(claim, "_write_attempts", lambda *_, **__: _raise(OperationalError(1213, "Deadlock found")))
        assert claim.claim(now=now, worker="w", limit=1) == claim.Claim([], contended=True)
    post = Post.objects.get()
    assert (post.status, post.attempts_made, post.in_flight_account) == ("pending", 0, None)
    assert len(claim.claim(now=now, worker="w", limit=1).attempts) == 1


def test_trouble_that_is_no_deadlock_is_not_taken_for_one(now, facebook_account, monkeypatch):
    factories.make_item(facebook_account, publish_at=now)
    monkeypatch.setattr(claim, "_write_attempts", lambda *_, **__: _raise(OperationalError(1054, "Unknown column")))
    with pytest.raises(OperationalError):
        claim.claim(now=now, worker="w", limit=1)


def _raise(fault):
    raise fault


def test_a_draft_that_the_platform_never_takes_does_not_keep_a_worker_busy(sandbox, twitter_account, monkeypatch):
    clock = Clock()
    factories.make_item(twitter_account, publish_at=clock())
    invalid = errors.NotReady("Your media IDs are invalid.", retry_after=0, draft="upload-again")
    monkeypatch.setattr(Twitter, "publish", lambda *_: _raise(invalid))

    assert dispatch.drain(clock=clock) == {"not_ready": 2}
    assert dispatch.drain(clock=clock) == {}
    for _ in range(70):
        clock.forward(minutes=1)
        dispatch.drain(clock=clock)

    assert Attempt.objects.count() == 72
    assert ledger.Alert.objects.get().kind == "waiting_long"
    assert Post.objects.get().failures_in_row == 0


def test_a_telegram_that_hangs_holds_no_post_up(sandbox, facebook_account, settings, monkeypatch):
    """Even a worker that takes one post at a time tells alerts beside its posts."""
    settings.TELEGRAM_ALERT_BOT_TOKEN, settings.TELEGRAM_ALERT_CHAT_ID = "4242:sandbox-alerts", "-100777"
    settings.DISPATCH_BATCH, settings.TICK_BUDGET = 1, 1
    clock, out, given_up = Clock(), threading.Event(), []
    clock.passes_while_runs_rest(monkeypatch)
    monkeypatch.setattr(telling, "_TIMEOUT", (10, 90))
    monkeypatch.setattr(server, "wait_for_the_caller_to_leave", lambda *_: out.wait(20) or given_up.append("told"))
    sandbox.scenario("-100777", "drop_then_time_out")
    ledger.raise_for_account("account_blocked", facebook_account, reason="policy", now=clock())
    item = factories.make_item(facebook_account, publish_at=clock())

    dispatch.tick(clock=clock)

    assert item.posts.get().status == "published"
    assert given_up == [], "the post was sent when Telegram was waited for no more"
    clusters.until(lambda: any("/sendMessage" in call.path for call in sandbox.calls), seconds=60, what="nobody tells")
    out.set()
    threads.crew(1).shutdown()
    threads.crew(1, "tell").shutdown()
    threads.crew.cache_clear()
