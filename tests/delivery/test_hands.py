"""Some posts stand ready for the next free hand, few of them, and a platform that hangs keeps none of them waiting."""

import threading
import time
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.facebook import Facebook
from social_queue.delivery import claim, dispatch, threads
from social_queue.delivery.claims.taken import Ahead
from social_queue.delivery.runs import hands, in_hand
from social_queue.delivery.runs.hands import Hands
from social_queue.delivery.runs.refill import Refill
from social_queue.models import Post
from tests import factories
from tests.support import shown
from tests.support.clock import Clock
from tests.support.clusters import until


def busy_for(size: int, *seconds: float) -> Hands:
    """Hands that were busy for so long with one post after the other."""
    moments = iter([moment for took in seconds for moment in (0.0, took)])
    known = Hands(size)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(hands.time, "monotonic", lambda: next(moments))
        for _ in seconds:
            known._measured(lambda: None)
    return known


def test_nothing_stands_ready_before_it_is_known_how_long_a_post_takes():
    assert Hands(20).spare == 0


@pytest.mark.parametrize(
    ("seconds", "spare"), [(0.0, 15), (0.1, 15), (0.2, 15), (0.5, 6), (1, 3), (2, 1), (4, 0), (30, 0)]
)
def test_the_longer_a_hand_is_busy_the_fewer_stand_ready(seconds, spare):
    assert busy_for(20, seconds).spare == spare


def test_a_worker_that_sends_one_post_at_a_time_has_none_ready():
    assert busy_for(1, 0.01).spare == 0


@given(st.integers(1, 200), st.lists(st.floats(0, 200), min_size=1, max_size=50))
def test_what_stands_ready_is_few_and_does_not_wait_long(size, seconds):
    known = busy_for(size, *seconds)
    assert 0 <= known.spare <= hands.most(size) - size < size
    assert min(seconds) <= known._busy_s + 1e-9 <= max(seconds) + 2e-9
    assert known.spare * known._busy_s <= 0.15 * size + 1e-6


def test_one_that_hangs_is_forgotten_in_time():
    assert busy_for(20, *[0.1] * 20, 30).spare == 1
    assert busy_for(20, *[0.1] * 20, 30, *[0.1] * 100).spare == 15


def test_what_fails_counts_as_well():
    known = Hands(4)
    failed = known.do(lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        failed.result(60)
    assert known.spare == 3


def test_no_more_hands_are_at_work_than_there_are(monkeypatch):
    monkeypatch.setattr(hands, "PATIENCE_S", 60)
    known, at_work, most, free = Hands(4), [], [], threading.Event()

    def work():
        at_work.append(1)
        most.append(len(at_work))
        free.wait(60)
        at_work.pop()

    tasks = [known.do(work) for _ in range(7)]
    until(lambda: len(most) == 4, seconds=60, what="not all hands are at work")
    known.hurry()
    time.sleep(0.1)
    free.set()
    for task in tasks:
        task.result(60)
    assert (max(most), len(most)) == (4, 7)


def test_others_do_what_stands_behind_hands_that_are_not_free_and_do_it_once(monkeypatch):
    monkeypatch.setattr(hands, "PATIENCE_S", 60)
    known, done, free = Hands(2), [], threading.Event()
    hanging = [known.do(lambda: free.wait(60)) for _ in range(2)]
    standing = known.do(lambda: done.append("sent"))
    known.hurry()
    assert not standing.is_begun
    monkeypatch.setattr(hands, "PATIENCE_S", 0)
    for _ in range(3):
        known.hurry()
    standing.result(60)
    free.set()
    assert [task.result(60) for task in hanging] == [True, True]
    threads.crew(2).submit(int).result(60)  # behind the one that was done already
    assert done == ["sent"]


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def laid(clock):
    """``laid(accounts, posts)``: so many accounts with so many posts each, all due."""

    def lay(accounts: int, posts: int) -> list[Post]:
        places = [factories.make_account("facebook") for _ in range(accounts)]
        items = [factories.make_item(publish_at=clock()) for _ in range(posts)]
        return [factories.make_post(item, account) for item in items for account in places]

    return lay


@pytest.fixture
def at_once(monkeypatch):
    """How many calls there were at the same time, at each of them."""
    seen, guard, under_way, original = [], threading.Lock(), [], Facebook.publish

    def publish(*asked):
        with guard:
            under_way.append(1)
            seen.append(len(under_way))
        try:
            return original(*asked)
        finally:
            with guard:
                under_way.pop()

    monkeypatch.setattr(Facebook, "publish", publish)
    return seen


@pytest.mark.django_db(transaction=True)
def test_more_accounts_than_hands_keep_them_full_and_each_post_goes_out_once_and_in_order(
    sandbox, clock, laid, at_once, settings, monkeypatch
):
    settings.DISPATCH_BATCH, sandbox.world.latency = 4, 0.05
    monkeypatch.setattr(hands, "PATIENCE_S", 60)
    monkeypatch.setattr(hands, "_WAIT_S", 10)
    held, send = [], in_hand.InHand.send

    def sent(run, attempts, **asked):
        send(run, attempts, **asked)
        held.append(len(run))

    monkeypatch.setattr(in_hand.InHand, "send", sent)
    posts = laid(12, 4)
    assert dispatch.drain(clock=clock) == {"published": 48}
    assert max(at_once) == 4 and 4 < max(held) <= 7
    assert len(sandbox.wall) == 48
    assert shown.in_order(sandbox, posts)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("due", "free", "most", "left", "taken", "others"),
    [
        (10, 4, 3, 1, 7, True),
        (7, 4, 3, 1, 6, True),
        (5, 4, 3, 1, 4, True),
        (4, 4, 3, 1, 4, False),
        (2, 4, 3, 1, 2, False),
        (4, 0, 3, 1, 3, True),
        (3, 0, 3, 1, 2, True),
        (1, 0, 3, 1, 0, True),
        (0, 0, 3, 1, 0, False),
    ],
)
def test_what_is_taken_ahead_leaves_some_to_hands_elsewhere(clock, laid, due, free, most, left, taken, others):
    laid(due, 1)
    came = claim.claim(now=clock(), worker="w", limit=free, ahead=Ahead(most, left))
    assert (len(came.attempts), came.others, came.contended) == (taken, others, False)


@pytest.mark.django_db(transaction=True)
def test_no_post_is_taken_ahead_of_a_free_hand_while_none_waits(sandbox, clock, laid, settings, monkeypatch):
    """Another worker may have a hand free for it."""
    settings.DISPATCH_BATCH, sandbox.world.latency = 4, 0.05
    held, original = [], claim.claim

    def claimed(**asked):
        taken = original(**asked)
        held.append(asked["limit"] + asked["ahead"].most)
        return taken

    monkeypatch.setattr("social_queue.delivery.runs.refill.claim.claim", claimed)
    laid(3, 6)
    assert dispatch.drain(clock=clock) == {"published": 18}
    assert max(held) == 4


@pytest.mark.parametrize(("seconds", "room"), [(None, 7), (10, 7), (0.9, 4), (-1, 4)])
def test_nothing_is_taken_ahead_that_might_not_be_begun_before_the_time_is_over(clock, seconds, room):
    """What hangs then would be at it for longer than a task may last."""
    run = in_hand.InHand(clock, 4)
    run._hands._busy_s = 0.1
    until = None if seconds is None else clock() + timedelta(seconds=seconds)
    assert Refill(clock, run, until=until).room == room


@pytest.mark.django_db(transaction=True)
def test_a_platform_that_hangs_does_not_keep_what_stands_ready_waiting(sandbox, clock, laid, settings, monkeypatch):
    """All hands are held by it, after answers that came at once."""
    settings.DISPATCH_BATCH = 4
    monkeypatch.setattr(hands, "_WAIT_S", 10)
    laid(12, 1)
    original, calls, guard, hung = Facebook.publish, [], threading.Lock(), threading.Event()

    def publish(*asked):
        with guard:
            calls.append(time.monotonic())
            number = len(calls)
        if 4 < number <= 8:
            hung.wait(90)
        return original(*asked)

    monkeypatch.setattr(Facebook, "publish", publish)
    out = []

    def look():
        ends = time.monotonic() + 60
        while len(sandbox.wall) < 7 and time.monotonic() < ends:
            time.sleep(0.02)
        out.append(len(sandbox.wall))
        hung.set()

    watcher = threading.Thread(target=look)
    watcher.start()
    assert dispatch.drain(clock=clock) == {"published": 12}
    watcher.join()
    assert out == [7]
    assert Post.objects.filter(status="published").count() == 12 == len(sandbox.wall)
