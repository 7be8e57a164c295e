"""What can't be written of a deletion or a correction, and what kills whoever is at it, has an end that people see."""

from datetime import timedelta

import pytest
from django.db import DataError, OperationalError

from connectors.facebook import Facebook
from social_queue import states
from social_queue.alerts import ledger
from social_queue.delivery import dispatch
from social_queue.delivery.errands import decisions, run, taking, vanished
from social_queue.delivery.sweeps import leases
from social_queue.models import Alert, Attempt, Errand, Post
from social_queue.operations.recalling import asking
from tests import factories
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clock(settings):
    settings.UNDO_SECONDS = 10
    return Clock()


@pytest.fixture
def post(sandbox, clock, facebook_account):
    """A post that is out and is to be deleted now."""
    post = factories.make_post(factories.make_item(publish_at=clock()), facebook_account)
    assert dispatch.drain(clock=clock) == {"published": 1}
    post.refresh_from_db()
    asking.recall([post], now=clock())
    clock.forward(seconds=10)
    return post


def stumbles(monkeypatch, room, name, fault):
    def stumble(*arguments, **named):
        raise fault

    monkeypatch.setattr(room, name, stumble)


#: MariaDB calls a letter that a column can't hold an operational error, as it calls being away.
UNWRITABLE = OperationalError(1366, "Incorrect string value")


@pytest.mark.only_on("sqlite", "mysql")
def test_what_a_database_calls_operational_and_is_no_outage_is_a_failure_too(clock, post, monkeypatch):
    stumbles(monkeypatch, states, "move_all", UNWRITABLE)
    assert run.drain(clock=clock) == {"our_fault": 1} and Errand.objects.get().failures_in_row == 1


@pytest.mark.parametrize("fault", [DataError("too long"), ValueError("no")])
def test_an_end_that_cant_be_written_is_a_failure_and_lets_its_account_go(clock, post, monkeypatch, fault):
    stumbles(monkeypatch, states, "move_all", fault)

    assert run.drain(clock=clock) == {"our_fault": 1}

    post.refresh_from_db()
    errand = Errand.objects.get()
    assert (errand.not_before, errand.failures_in_row) == (clock() + timedelta(seconds=5), 1)
    assert (post.status, post.in_flight_account, post.error_kind) == ("published", None, "our_fault")
    assert Attempt.objects.get(kind="recall").ended_at == clock()


def test_it_goes_on_once_it_can_be_written(clock, post, monkeypatch, sandbox):
    with monkeypatch.context() as broken:
        stumbles(broken, states, "move_all", ValueError("no"))
        run.drain(clock=clock)
    clock.forward(seconds=5)
    assert run.drain(clock=clock) == {"recalled": 1} and sandbox.wall == []
    assert Post.objects.get().status == "recalled"


def test_it_is_given_up_after_as_many_failures_as_any_and_people_hear_of_it(clock, post, monkeypatch):
    Errand.objects.update(failures_in_row=decisions.MOST_FAILURES - 1)
    stumbles(monkeypatch, states, "move_all", ValueError("no"))
    assert run.drain(clock=clock) == {"not_recallable": 1}
    assert Alert.objects.get().kind == "not_recallable" and Errand.objects.get().ended_at == clock()


def test_it_ends_even_if_nobody_can_be_told(clock, post, monkeypatch):
    Errand.objects.update(failures_in_row=decisions.MOST_FAILURES - 1)
    stumbles(monkeypatch, states, "move_all", ValueError("no"))
    stumbles(monkeypatch, ledger, "raise_for_post", ValueError("no words"))
    assert run.drain(clock=clock) == {"not_recallable": 1}
    post.refresh_from_db()
    assert Errand.objects.get().ended_at == clock()
    assert (post.error_kind, post.in_flight_account) == ("not_recallable", None)


def test_what_kills_one_worker_after_the_other_is_left_to_a_human(clock, post, monkeypatch):
    asked = []
    monkeypatch.setattr(Facebook, "take_back", lambda self, external_id: asked.append(external_id))
    for number in range(leases.MOST_VANISHED):
        assert taking.claim(now=clock(), worker=f"elsewhere:{number}", limit=1)
        clock.forward(seconds=taking.LEASE.total_seconds() + 1)
        assert vanished.expire(clock()) == 1

    assert run.drain(clock=clock) == {"not_recallable": 1}

    assert asked == [] and Alert.objects.get().kind == "not_recallable"
    post.refresh_from_db()
    assert "8 workers vanished" in post.error


def test_one_that_died_once_less_is_done_again(clock, post, sandbox):
    for number in range(leases.MOST_VANISHED - 1):
        assert taking.claim(now=clock(), worker=f"elsewhere:{number}", limit=1)
        clock.forward(seconds=taking.LEASE.total_seconds() + 1)
        vanished.expire(clock())
    assert run.drain(clock=clock) == {"recalled": 1} and sandbox.wall == []
