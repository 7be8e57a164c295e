"""What a run has in hand is written down together, and by somebody whatever becomes of the run."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from connectors.facebook import Facebook
from social_queue.delivery import claim, dispatch, outcomes, threads
from social_queue.delivery.runs import in_hand
from social_queue.models import Attempt, Post
from tests import factories
from tests.support.clock import Clock
from tests.support.clusters import until

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 8


@pytest.fixture
def posts(sandbox, now):
    accounts = [factories.make_account("facebook") for _ in range(MANY)]
    return [factories.make_post(factories.make_item(publish_at=now), account) for account in accounts]


@pytest.fixture
def run(posts, now):
    """A run that has all of them in hand, and every answer to them."""
    run = in_hand.InHand(Clock(), MANY)
    run.send(claim.claim(now=now, worker="w", limit=MANY).attempts)
    until(lambda: len(run._ended) == MANY, seconds=60, what="they were not sent")
    return run


def _statuses() -> set[str]:
    return set(Post.objects.values_list("status", flat=True))


def test_all_that_ended_is_written_in_one_transaction(run, sandbox):
    assert (_statuses(), len(sandbox.wall)) == ({"publishing"}, MANY)
    with CaptureQueriesContext(connections["default"]) as heard:
        ends = run.collect()
    assert [end.outcome for end in ends] == ["published"] * MANY
    assert (_statuses(), len(run)) == ({"published"}, 0)
    assert sum(query["sql"].startswith("UPDATE") and "social_posts" in query["sql"] for query in heard) == 1
    assert {post.external_id for post in Post.objects.all()} == {one.id for one in sandbox.wall}


def test_an_answer_that_cannot_be_written_with_the_others_is_written_alone(run, monkeypatch):
    def refuse(_published):
        raise RuntimeError("one of them")

    monkeypatch.setattr(outcomes, "record_all", refuse)
    ends = [*run.collect(), *_rest(run)]
    assert [end.outcome for end in ends] == ["published"] * MANY
    assert _statuses() == {"published"}


def test_what_a_run_leaves_behind_is_written_by_the_threads(run):
    run.close()
    until(lambda: _statuses() == {"published"}, seconds=60, what="they were not written")
    assert set(Attempt.objects.values_list("outcome", flat=True)) == {"published"}


def test_an_answer_that_comes_after_the_run_has_ended_is_written(sandbox, facebook_account, monkeypatch):
    """As when a process was frozen for longer than its time: the run is broken off, and its threads are answered."""
    factories.make_item(facebook_account, publish_at=Clock()())
    original, called, answered = Facebook.publish, threading.Event(), threading.Event()

    def publish(*asked):
        called.set()
        assert answered.wait(60)
        return original(*asked)

    class TimeIsUp(BaseException):
        pass

    def collect(_run, **_asked):
        assert called.wait(60)
        raise TimeIsUp

    monkeypatch.setattr(Facebook, "publish", publish)
    monkeypatch.setattr(in_hand.InHand, "collect", collect)
    with pytest.raises(TimeIsUp):
        dispatch.drain(clock=Clock())
    assert _statuses() == {"publishing"}
    answered.set()
    until(lambda: _statuses() == {"published"}, seconds=60, what="it was not written")
    assert len(sandbox.wall) == 1


def test_a_run_with_more_than_its_window_in_hand_has_no_room(run, now):
    """What turns out to be its own later is sent whatever it holds."""
    account = factories.make_account("facebook")
    factories.make_post(factories.make_item(publish_at=now), account)
    run.send(claim.claim(now=now, worker="w", limit=1).attempts)
    assert (len(run), run.room) == (MANY + 1, 0)
    assert len(_rest(run)) == MANY + 1


def test_what_a_thread_is_to_do_is_done_once_although_no_more_threads_can_be_started(monkeypatch):
    """The library takes the work before it finds that out."""
    one_thread, done, hold = ThreadPoolExecutor(4), [], threading.Event()
    busy = one_thread.submit(hold.wait)

    def start(_thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threads, "crew", lambda _size: one_thread)
    with monkeypatch.context() as full:
        full.setattr(threading.Thread, "start", start)
        ended = threads.run(lambda: done.append("sent"), size=4)
    hold.set()
    assert busy.result(60)
    one_thread.shutdown(wait=True)
    assert (ended.done(), done) == (True, ["sent"])


def _rest(run: in_hand.InHand) -> list:
    found = []
    until(lambda: found.extend(run.collect()) or not run, seconds=60, what="they did not end")
    return found
