"""A helping run leaves the rest to the others only when those have hands enough for all of it."""

import itertools
from datetime import timedelta

import pytest
from django.utils import timezone

from social_queue.delivery import claim, dispatch
from social_queue.delivery.runs import calls, company, hands, run
from social_queue.models import Attempt, Post
from social_queue.workings import heartbeat
from tests.support import children
from tests.support.clock import Clock
from tests.support.outages import due

pytestmark = pytest.mark.django_db(transaction=True)

SIZE, WAITING = 4, "waiting:1"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(autouse=True)
def window(settings, sandbox):
    settings.DISPATCH_BATCH, sandbox.world.latency = SIZE, 0.2


def hold(clock, **numbers) -> None:
    """So many posts are in flight at workers of these names."""
    for worker, number in numbers.items():
        due(clock, *[1] * number)
        assert len(claim.claim(now=clock(), worker=worker, limit=number).attempts) == number


@pytest.mark.parametrize(
    ("held", "may_go"),
    [
        ({"own": 1}, False),
        ({"own": 1, "b": 3}, True),
        ({"own": 1, "b": 4}, False),
        # What stands ready there waits for a hand.
        ({"own": 1, "b": 6}, False),
        ({"own": 2, "b": 3, "c": 3}, True),
        ({"own": 2, "b": 4, "c": 3}, False),
        # Another has less to lose.
        ({"own": 2, "b": 1, "c": 3}, False),
        # Of two with as much one goes.
        ({"own": 2, "b": 4, "z": 2}, True),
        ({"z": 4, "own": 2, "b": 2}, False),
        ({"b": 3}, True),
        # The one that waits never goes, however little it holds.
        ({"own": 2, WAITING: 1}, True),
        ({"own": 2, WAITING: 1, "c": 3}, True),
        ({"own": 3, WAITING: 2}, False),
        ({"own": 2, WAITING: 3, "c": 1}, False),
    ],
)
def test_who_may_go(clock, held, may_go):
    hold(clock, **held)
    assert company.can_do_without("own", size=SIZE, stays=WAITING) is may_go


def test_a_worker_that_was_killed_has_no_hands(clock):
    """What it held waits for its lease, and counted as if it could send more."""
    hold(clock, **{"own": 2, WAITING: SIZE - 1, children.ended_process(): SIZE - 1})
    assert not company.can_do_without("own", size=SIZE, stays=WAITING)


def test_what_has_ended_is_in_nobody_s_hand(clock):
    hold(clock, own=1, b=SIZE)
    Attempt.objects.filter(pk=Attempt.objects.filter(worker="b").first().pk).update(ended_at=clock())
    assert company.can_do_without("own", size=SIZE, stays="")


def test_a_helping_run_with_half_of_its_hands_stays_while_all_others_are_full(clock):
    """It left after a third of a second, and the accounts it had waited for hands of the other."""
    hold(clock, another=SIZE)
    due(clock, 6, 6)
    assert _help(clock) == {"published": 12}


def test_a_helping_run_goes_when_the_others_have_hands_enough(clock):
    hold(clock, another=3, third=3)
    due(clock, 12, 12)
    assert 0 < _help(clock)["published"] < 24
    assert not Post.objects.filter(status="publishing", attempts__worker=heartbeat.worker_name()).exists()


def test_a_helping_run_goes_although_the_one_that_waits_holds_less(clock):
    hold(clock, **{WAITING: 1})
    due(clock, 12, 12)
    assert 0 < _help(clock)["published"] < 24


def test_a_helping_run_stays_while_the_one_that_waits_stands_still(clock):
    """It left all that was due to a host that was frozen, until another had the role of that one."""
    hold(clock, **{WAITING: SIZE - 1})
    due(clock, 12)
    assert _help(clock, said_ago=dispatch.SILENT + timedelta(seconds=1)) == {"published": 12}


def test_the_one_that_waits_says_so_often_enough_for_those_who_help_and_for_those_who_would_wait(clock, monkeypatch):
    """A host frozen for 40 s kept all others from publishing for 20: as long as its role was held."""
    clock.passes_while_runs_rest(monkeypatch)
    began, said = clock(), [clock()]
    run.Run(clock, waits=said.append, stopped=lambda: clock() - began > timedelta(minutes=1)).run()
    pauses = [later - earlier for earlier, later in itertools.pairwise(said)]
    # Two clocks may differ by as much as is left.
    assert max(pauses) + timedelta(seconds=1) < dispatch.SILENT
    assert max(pauses) + run._CLOCKS_DIFFER < dispatch.ROLE_HOLD < timedelta(seconds=10)
    assert said[-1] > began + timedelta(seconds=55)


def _help(clock, said_ago: timedelta = timedelta(0)) -> dict[str, int]:
    now = clock() - said_ago
    heartbeat.take_role(dispatch.WAITING_ROLE, now=now, hold=dispatch.ROLE_HOLD, holder=WAITING)
    return dict(dispatch.tick(clock=clock))


def test_no_account_goes_on_with_a_hand_that_is_kept_for_what_stands_ready(clock, settings, monkeypatch):
    """Else it keeps its place in a run that has more than it has hands for, while other runs' accounts go ahead."""
    settings.DISPATCH_BATCH = 2
    monkeypatch.setattr(hands, "_WAIT_S", 1000)
    original, at_once = claim.follow, []

    def follow(accounts, **named):
        taken = original(accounts, **named)
        at_once.append(Attempt.objects.filter(ended_at=None).count())
        return taken

    monkeypatch.setattr(claim, "follow", follow)
    due(clock, 8, 8, 8)
    assert dispatch.drain(clock=clock) == {"published": 24}
    assert max(at_once, default=0) <= 2


def test_another_is_called_for_what_stands_ready(clock, settings, monkeypatch):
    """Three accounts and two hands: what nobody has a hand for is in hand already."""
    settings.DISPATCH_BATCH, settings.Q_WORKERS = 2, 4
    monkeypatch.setattr(hands, "_WAIT_S", 1000)
    monkeypatch.setattr(calls, "candidates", lambda moment, most: {})
    called = []
    monkeypatch.setattr("social_queue.workings.kick.kick", lambda now, hosts: called.append(now) or True)
    due(clock, 10, 10, 10)
    assert dispatch.drain(clock=timezone.now) == {"published": 30}
    assert called
