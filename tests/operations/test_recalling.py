"""What was asked back can be called off within the time to undo, whatever happened to it meanwhile."""

from datetime import timedelta

import pytest

from social_queue.delivery import dispatch
from social_queue.delivery.errands import taking
from social_queue.models import Errand, Event, Post
from social_queue.operations import undo
from social_queue.operations.pressing import Pressing
from social_queue.operations.recalling import asking
from tests import factories
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clock(settings):
    settings.UNDO_SECONDS = 10
    return Clock()


@pytest.fixture
def account():
    return factories.make_account()


def published(clock, account):
    post = factories.make_post(factories.make_item(publish_at=clock()), account)
    assert dispatch.drain(clock=clock) == {"published": 1}
    post.refresh_from_db()
    return post


def pressed(posts, person, clock):
    """The press of a person who takes these back."""
    press = Pressing(clock(), hold=undo.time_to_undo(), person=person.pk)
    asking.recall(posts, now=clock(), press=press)
    named = {"person": person.pk, "model": "post", "label": "Take back", "rows": [post.pk for post in posts]}
    return undo.keep(press, **named, now=clock())


def columns(post):
    return Post.objects.filter(pk=post.pk).values().get()


def test_undo_brings_every_post_back_exactly(admin_user, sandbox, clock, account):
    out = published(clock, account)
    waiting = factories.make_post(factories.make_item(publish_at=clock() + timedelta(days=1)), account)
    failed = factories.make_post(account=account, status="failed", attempts_made=1, error="no", error_kind="rejected")
    undecided = factories.make_post(account=account, status="unknown", attempts_made=1)
    posts = [out, waiting, failed, undecided]
    before = [columns(post) for post in posts]
    press = pressed(posts, admin_user, clock)
    assert [columns(post)["status"] for post in posts] == ["published", "cancelled", "cancelled", "unknown"]
    assert set(Errand.objects.values_list("not_before", flat=True)) == {clock() + timedelta(seconds=10)}

    assert undo.take_back(press, now=clock.forward(seconds=9)).taken == 4

    assert [columns(post) for post in posts] == before and not Errand.objects.exists()
    clock.forward(minutes=1)
    assert dispatch.drain(clock=clock) == {} and len(sandbox.wall) == 1


def test_a_press_holds_deletions_until_it_is_kept(admin_user, sandbox, clock, account):
    out = published(clock, account)
    asking.recall([out], now=clock(), press=Pressing(clock(), hold=undo.time_to_undo()))
    clock.forward(seconds=60)
    assert taking.claim(now=clock(), worker="w", limit=9) == []


def test_when_the_time_is_over_nothing_is_called_off(admin_user, sandbox, clock, account):
    press = pressed([published(clock, account)], admin_user, clock)
    assert undo.take_back(press, now=clock.forward(seconds=14)) is None
    assert dispatch.drain(clock=clock) == {"recalled": 1}


def test_what_a_worker_has_tried_already_stays_asked_back(admin_user, sandbox, clock, account):
    out = published(clock, account)
    press = pressed([out], admin_user, clock)
    sandbox.scenario(account.address, "accept_then_500", times=1)
    clock.forward(seconds=11)
    assert dispatch.drain(clock=clock) == {"transient": 1} and sandbox.wall == []
    done = undo.take_back(press, now=clock())
    assert (done.taken, sum(done.skipped.values())) == (0, 1)
    clock.forward(seconds=10)
    assert dispatch.drain(clock=clock) == {"recalled": 1}


def test_what_was_under_way_and_came_back_unsent_waits_again_after_an_undo(admin_user, sandbox, clock, account):
    post = factories.make_post(
        account=account, status="publishing", attempts_made=1, in_flight_account=account.pk, not_before=clock()
    )
    press = pressed([post], admin_user, clock)
    Post.objects.filter(pk=post.pk).update(status="pending", in_flight_account=None)
    assert dispatch.drain(clock=clock) == {} and columns(post)["status"] == "cancelled"
    assert undo.take_back(press, now=clock.forward(seconds=5)).taken == 1
    assert (columns(post)["status"], columns(post)["recall_asked_at"]) == ("pending", None)
    assert dispatch.drain(clock=clock) == {"published": 1}


def test_taking_back_twice_is_one_deletion(clock, account, sandbox):
    post = published(clock, account)
    assert asking.recall([post], now=clock()).taken == 1
    post.refresh_from_db()
    again = asking.recall([post], now=clock())
    assert (again.taken, Errand.objects.count()) == (0, 1)
    clock.forward(seconds=10)
    dispatch.drain(clock=clock)
    post.refresh_from_db()
    assert asking.recall([post], now=clock()).taken == 0
    assert Event.objects.filter(type="post.recalled").count() == 1
