"""Posts stand ready while another run takes some of the same accounts, and while their platform goes away."""

import threading

import pytest

from connectors import errors
from connectors.facebook import Facebook
from social_queue.delivery import dispatch
from social_queue.delivery.runs import hands
from social_queue.models import Post
from tests.support import shown
from tests.support.clock import Clock
from tests.support.clusters import until
from tests.support.crowd import at_once
from tests.support.outages import due, state

pytestmark = pytest.mark.django_db(transaction=True)

#: So many hands a run has, and so many posts are out before their platform goes away.
SIZE, OUT = 4, 10


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(autouse=True)
def many_stand_ready(sandbox, settings, monkeypatch):
    """As many as may, however long this machine takes for a post."""
    settings.DISPATCH_BATCH, sandbox.world.latency = SIZE, 0.05
    monkeypatch.setattr(hands, "_WAIT_S", 1000)


def _posts():
    return Post.objects.order_by("not_before", "pk")


@pytest.mark.parametrize("runs", [2, 3])
def test_runs_that_share_few_accounts_send_each_post_once_and_in_order(sandbox, clock, runs):
    due(clock, *[5] * 9)
    ends = at_once(lambda _: dispatch.drain(clock=clock), runs)
    dispatch.drain(clock=clock)
    assert sum(sum(end.values()) for end in ends) == 45
    assert set(Post.objects.values_list("status", "attempts_made")) == {("published", 1)}
    assert shown.in_order(sandbox, _posts())


def test_a_platform_that_goes_away_meets_what_stands_ready_and_nothing_more(sandbox, clock, monkeypatch):
    """None of it is a failure, and afterwards everything goes on in order."""
    original, calls, guard = Facebook.publish, [], threading.Lock()

    def publish(*asked):
        with guard:
            calls.append(1)
            gone = len(calls) > OUT
        if not gone:
            return original(*asked)
        # Nothing that got through is written down between those that do not.
        until(lambda: Post.objects.filter(status="published").count() == OUT, seconds=60, what="they are not out")
        raise errors.TransientError("It could not be reached.", unreachable=True)

    due(clock, *[3] * 12)
    with monkeypatch.context() as away:
        away.setattr(Facebook, "publish", publish)
        came = dispatch.drain(clock=clock)
    assert state()
    # Two whose places others took, and all that were in hand when the third one failed.
    assert came["published"] == OUT and 3 < came["transient"] <= 2 + hands.most(SIZE)
    assert set(Post.objects.exclude(status="published").values_list("status", "failures_in_row")) == {("pending", 0)}

    clock.forward(minutes=1)
    dispatch.drain(clock=clock)
    assert set(Post.objects.values_list("status", flat=True)) == {"published"}
    assert shown.in_order(sandbox, _posts())
