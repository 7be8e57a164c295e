"""A clock that ran ahead told receivers of events, or failed to: once it is set back they are told as ever."""

from datetime import timedelta

import pytest

from social_queue.events import sending
from social_queue.models import Subscription

pytestmark = pytest.mark.django_db(transaction=True)


def test_who_was_told_meanwhile_is_told_what_comes_after(subscribed, happen, clock):
    one, *_ = subscribed()
    clock.pass_by(hours=2)
    happen(1)
    assert sending.deliver_due(clock=clock) == {"taken": 1}
    clock.pass_by(hours=-2)
    happen(1)
    assert sending.deliver_due(clock=clock) == {"taken": 1} and len(one.heard) == 2


def test_who_did_not_answer_meanwhile_is_tried_again(subscribed, happen, clock):
    mood = [500]
    one, *_ = subscribed(lambda _number: mood[0])
    clock.pass_by(hours=2)
    happen(1)
    assert sending.deliver_due(clock=clock) == {"failed": 1}
    clock.pass_by(hours=-2)
    mood[0] = 200
    assert sending.deliver_due(clock=clock) == {"taken": 1} and len(one.asked) == 2


def test_who_does_not_answer_is_tried_no_sooner_by_a_clock_that_is_right(subscribed, happen, clock):
    one, *_ = subscribed(500)
    happen(1)
    assert sending.deliver_due(clock=clock) == {"failed": 1}
    clock.pass_by(seconds=-30)
    assert sending.deliver_due(clock=clock) == {}


def test_whoever_is_being_told_is_left_alone_by_a_clock_that_is_a_little_behind(subscribed, happen, clock):
    subscribed()
    happen(1)
    Subscription.objects.update(held_until=clock() + timedelta(seconds=100))
    assert sending.deliver_due(clock=clock) == {}


def test_a_worker_that_stays_looks_again_at_once(subscribed, happen, clock):
    one, *_ = subscribed()
    rounds = sending.Rounds(clock)
    rounds.look(clock() + timedelta(hours=2))
    rounds._round.result(timeout=60)
    happen(1)
    rounds.look(clock())
    rounds._round.result(timeout=60)
    assert len(one.heard) == 1
