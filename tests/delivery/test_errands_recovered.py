"""What a worker was deleting when it died is taken up within seconds; one taken for dead by mistake harms nothing."""

import signal
import socket
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from connectors.errors import TransientError
from social_queue.delivery import claim, deliver, dispatch, standby
from social_queue.delivery.errands import doing, ends, taking, vanished
from social_queue.delivery.parts import asking as parts_asking
from social_queue.delivery.runs.in_hand import InHand
from social_queue.delivery.sweeps import reconcile
from social_queue.models import Alert, Attempt, Errand, Event, Post
from social_queue.operations.recalling import asking
from social_queue.workings import heartbeat
from tests import factories
from tests.support import children
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _at_once(settings):
    settings.UNDO_SECONDS = 0


@pytest.fixture
def clock():
    return Clock()


def asked_back(clock, platform="facebook", account=None) -> Post:
    """A post that is out and that somebody wants back."""
    account = account or factories.make_account(platform)
    post = factories.make_post(factories.make_item(publish_at=clock()), account)
    dispatch.drain(clock=clock)
    post.refresh_from_db()
    asking.recall([post], now=clock())
    return post


def tries(post) -> list[tuple]:
    return list(post.attempts.filter(kind="recall").values_list("number", "outcome"))


@pytest.mark.parametrize(
    ("moment", "place", "on_wall"),
    [
        ("after", "social_queue.delivery.errands.taking:claim", 1),
        ("after", "social_queue.delivery.errands.doing:begin", 1),
        ("after", "connectors.facebook:Facebook.take_back", 0),
    ],
)
def test_what_a_killed_worker_was_at_is_taken_up_by_the_next_at_once(sandbox, moment, place, on_wall):
    post = asked_back(Clock(timezone.now() - timedelta(seconds=5)))
    child = children.run("-m", "tests.support.die_at", moment, place)
    assert child.returncode == -signal.SIGKILL, f"it did not come to {place}: {child.stdout}{child.stderr}"
    assert len(sandbox.wall) == on_wall

    assert dispatch.drain(clock=timezone.now) == {"recalled": 1}

    post.refresh_from_db()
    assert (post.status, post.in_flight_account, post.lease_until, sandbox.wall) == ("recalled", None, None, [])
    assert tries(post) == [(2, "lease_ended"), (3, "recalled")]
    assert not Attempt.objects.filter(ended_at=None).exists() and not Errand.objects.filter(ended_at=None).exists()
    assert Event.objects.filter(type="post.recalled").count() == 1


def test_of_another_host_nothing_is_known_before_its_short_lease_is_over(sandbox, clock):
    post = asked_back(clock)
    [attempt] = taking.claim(now=clock(), worker="elsewhere:1", limit=20)
    assert doing.begin(attempt, now=clock())
    clock.forward(seconds=14)
    assert dispatch.drain(clock=clock) == {} and len(sandbox.wall) == 1
    clock.forward(seconds=2)
    assert dispatch.drain(clock=clock) == {"recalled": 1}
    assert tries(post) == [(2, "lease_ended"), (3, "recalled")]


def test_a_worker_whose_platform_takes_its_time_says_that_it_lives(sandbox, clock, answers):
    asked_back(clock)
    answers.hold()
    in_hand = InHand(clock, 4)
    in_hand.send(taking.claim(now=clock(), worker="elsewhere:1", limit=20))
    for _ in range(3):
        clock.forward(seconds=6)
        list(in_hand.collect())
        assert Post.objects.get().lease_until == clock() + taking.LEASE
        assert vanished.expire(clock()) == 0
    answers.go()
    endings = []
    ends_at = time.monotonic() + 60
    while in_hand and time.monotonic() < ends_at:
        endings += in_hand.collect()
    assert [ending.outcome for ending in endings] == ["recalled"]


def test_what_has_ended_is_not_held_again(sandbox, clock):
    post = asked_back(clock)
    sandbox.scenario(post.account.address, "server_error", times=1)
    [attempt] = taking.claim(now=clock(), worker="elsewhere:1", limit=20)
    assert doing.carry_out(attempt, clock=clock).outcome == "transient"
    taking.hold_on([attempt], now=clock())
    post.refresh_from_db()
    assert (post.in_flight_account, post.lease_until) == (None, None)


@pytest.mark.parametrize("late", [None, TransientError("Nobody answered.")])
def test_two_that_delete_one_post_at_once_end_it_once(sandbox, clock, late):
    post = asked_back(clock)
    [slow] = taking.claim(now=clock(), worker=children.ended_process(), limit=20)
    assert doing.begin(slow, now=clock())
    errand = Errand.objects.get()
    [fresh] = taking.claim(now=clock(), worker="elsewhere:2", limit=20)
    assert fresh.number == slow.number + 1

    assert doing.carry_out(fresh, clock=clock).outcome == "recalled"
    # What the first one heard comes after all of it.
    ends.record(slow, errand, late, now=clock())

    post.refresh_from_db()
    assert (post.status, post.error, sandbox.wall) == ("recalled", "", [])
    assert tries(post) == [(2, "transient" if late else "recalled"), (3, "recalled")]
    assert Event.objects.filter(type="post.recalled").count() == 1
    errand.refresh_from_db()
    assert (errand.outcome, errand.open_key, errand.failures_in_row) == ("recalled", None, 0)
    assert not Alert.objects.exists()


def test_the_order_of_an_account_holds_although_its_worker_died(sandbox, clock):
    account = factories.make_account()
    posts = [factories.make_post(factories.make_item(publish_at=clock()), account) for _ in range(3)]
    assert dispatch.drain(clock=clock) == {"published": 3}
    asking.recall(Post.objects.order_by("pk"), now=clock())
    [attempt] = taking.claim(now=clock(), worker=children.ended_process(), limit=20)
    assert attempt.post_id == posts[0].pk
    [again] = taking.claim(now=clock(), worker="elsewhere:2", limit=20)
    assert again.post_id == posts[0].pk, "Nobody else of the account goes before it, and one at a time."
    assert taking.claim(now=clock(), worker="elsewhere:3", limit=20) == []


def test_a_post_that_is_being_sent_is_not_freed_by_the_death_of_its_worker(sandbox, clock):
    post = factories.make_post(factories.make_item(publish_at=clock()), factories.make_account())
    name = children.ended_process()
    assert claim.claim(now=clock(), worker=name, limit=1).attempts
    other = factories.make_account("telegram")
    asked_back(clock, account=other)
    assert dispatch.drain(clock=clock) == {"recalled": 1}
    post.refresh_from_db()
    assert (post.status, post.in_flight_account) == ("publishing", post.account_id)


def test_only_an_ended_process_of_this_host_is_known_to_be_gone():
    host, ended = socket.gethostname(), children.ended_process()
    assert heartbeat.is_gone(ended)
    names = [
        heartbeat.worker_name(),
        ended.replace(host, "elsewhere"),
        f"{host}:0",
        f"{host}:x",
        host,
        "",
        f"{host}:{10**30}",
        f"{host}:1",
    ]
    assert [name for name in names if heartbeat.is_gone(name)] == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it is read from /proc")
def test_a_process_is_gone_before_its_parent_has_looked():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        name = f"{socket.gethostname()}:{child.pid}"
        assert not heartbeat.is_gone(name)
        child.kill()
        ends_at = time.monotonic() + 60
        while not heartbeat.is_gone(name) and time.monotonic() < ends_at:
            time.sleep(0.01)
        assert heartbeat.is_gone(name) and child.returncode is None


def test_the_role_of_a_dead_waiting_tick_is_free_at_once(clock):
    hold = dispatch.ROLE_HOLD
    assert heartbeat.take_role(dispatch.WAITING_ROLE, now=clock(), hold=hold, holder=heartbeat.worker_name())
    assert not heartbeat.relieve(dispatch.WAITING_ROLE) and not standby.nobody_waits(clock())
    heartbeat.leave_role(dispatch.WAITING_ROLE, holder=heartbeat.worker_name())
    assert heartbeat.take_role(dispatch.WAITING_ROLE, now=clock(), hold=hold, holder=children.ended_process())
    assert not standby.nobody_waits(clock())
    assert heartbeat.relieve(dispatch.WAITING_ROLE) and standby.nobody_waits(clock())


@pytest.mark.parametrize("followed", [False, True])
def test_what_may_be_out_and_is_asked_back_is_not_sent_once_more_on_a_guess(sandbox, media_root, clock, followed):
    account = factories.make_account("telegram", resend_unknown=True)
    item = factories.make_item(publish_at=clock(), follow_ups=[{"text": "Read on"}] if followed else [])
    post = factories.make_post(item, account)
    for last in [False, True][: 1 + followed]:
        [attempt] = claim.claim(now=clock(), worker="elsewhere:1", limit=1).attempts
        sandbox.scenario(account.address, "accept_then_hang_up" if last is followed else "ok", times=1)
        deliver.deliver(attempt, clock=clock)
    post.refresh_from_db()
    asking.recall([post], now=clock())
    for _ in range(8):
        clock.forward(minutes=5)
        reconcile.reconcile_unknown(clock())
        parts_asking.reconcile(clock())
    assert len(sandbox.wall) == 1 + followed
    stands = post.parts.get() if followed else Post.objects.get()
    assert stands.status == "unknown"
