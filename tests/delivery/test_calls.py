"""Others are called before much comes due at once, and wait for it; nobody is called for what one can take."""

from datetime import timedelta

import pytest

from social_queue.delivery import dispatch
from social_queue.delivery.runs.calls import AHEAD, Calls
from social_queue.models import Post
from social_queue.workings import heartbeat
from tests import factories
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def calls(monkeypatch):
    """The moments at which a worker was called."""
    made = []
    monkeypatch.setattr("social_queue.workings.kick.kick", lambda now, hosts: made.append(now) or True)
    return made


@pytest.fixture
def window(settings):
    settings.DISPATCH_BATCH, settings.Q_WORKERS = 2, 4
    return 2


def lay(number: int, due) -> None:
    """So many posts that fall due together, each on an account of its own."""
    for _ in range(number):
        factories.make_item(factories.make_account("telegram"), publish_at=due)


@pytest.mark.parametrize(("posts", "called"), [(1, 0), (2, 0), (3, 1), (4, 1), (6, 2)])
def test_one_worker_is_called_for_each_window_that_one_can_not_take(calls, window, now, posts, called):
    lay(posts, now + AHEAD)

    Calls().ahead(now, now + AHEAD, window=window)

    assert len(calls) == called


@pytest.mark.parametrize(
    ("posts", "ready", "called"), [(1, 0, 0), (2, 0, 1), (5, 0, 1), (6, 0, 2), (1, 1, 1), (0, 1, 0), (4, 2, 2)]
)
def test_a_quarter_of_a_window_that_nobody_has_a_hand_for_is_worth_a_call(calls, settings, now, posts, ready, called):
    """What stands ready waits as well, or a worker would be idle beside one with half as many again as hands."""
    settings.Q_WORKERS = 4
    lay(posts, now)

    Calls().make(now, window=4, ready=ready)

    assert len(calls) == called


def test_others_are_called_again_ever_later_and_at_once_for_the_first_that_are_too_many(calls, window, now):
    def made_in(seconds: int) -> list[int]:
        calls.clear()
        for second in range(seconds):
            wants.make(now + timedelta(seconds=second), window=window)
        return [round((one - now).total_seconds()) for one in calls]

    wants = Calls()
    assert not made_in(100)

    lay(2, now)
    wants = Calls()
    assert made_in(32) == [0, 1, 3, 7, 15, 23, 31]

    Post.objects.all().delete()
    wants = Calls()
    assert not made_in(20)
    lay(2, now)
    wants.make(now + timedelta(seconds=20), window=window)
    assert len(calls) == 1


@pytest.mark.parametrize(("alive", "called"), [(0, 0), (1, 0), (2, 1), (3, 2), (9, 3)])
def test_workers_of_other_hosts_are_called_as_well(calls, window, settings, now, alive, called):
    """With a single worker on each there would be nobody to call on one's own."""
    settings.Q_WORKERS = 1
    for number in range(alive):
        heartbeat.beat(f"worker host-{number}", now=now - timedelta(seconds=60))
    heartbeat.beat("worker switched-off", now=now - timedelta(minutes=4))
    heartbeat.beat("reconcile", now=now)
    lay(8, now + AHEAD)

    Calls().ahead(now, now + AHEAD, window=window)

    assert len(calls) == called


def test_workers_of_other_hosts_are_called_for_what_is_due(calls, window, settings, now):
    settings.Q_WORKERS = 1
    for number in range(3):
        heartbeat.beat(f"worker host-{number}", now=now)
    lay(8, now)

    Calls().make(now, window=window)

    assert len(calls) == 3


def test_nobody_is_called_long_before_or_twice(calls, window, now):
    due = now + AHEAD + timedelta(milliseconds=1)
    lay(4, due)
    wants = Calls()

    wants.ahead(now, due, window=window)
    assert not calls
    for _ in range(3):
        wants.ahead(now + timedelta(seconds=0.5), due, window=window)
    wants.make(due, window=window)

    assert len(calls) == 1


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    clock.passes_while_runs_rest(monkeypatch)
    return clock


def test_a_waiting_tick_calls_before_the_posts_are_due(calls, window, sandbox, settings, clock):
    settings.TICK_BUDGET = 3
    due = clock() + timedelta(seconds=1.5)
    lay(4, due)

    dispatch.tick(clock=clock)

    assert calls and calls[0] < due
    assert set(Post.objects.values_list("status", flat=True)) == {"published"}


def test_a_called_worker_waits_for_what_is_due_in_a_moment(window, sandbox, clock):
    lay(2, clock() + timedelta(seconds=0.7))

    assert _help(clock) == {"published": 2}


def test_a_called_worker_stays_for_nothing_later(window, sandbox, clock):
    lay(1, clock() + timedelta(seconds=30))
    lay(2, clock() + timedelta(seconds=0.5))
    lay(2, clock() + timedelta(seconds=1.2))

    assert _help(clock) == {"published": 2}
    assert Post.objects.filter(status="pending").count() == 3


def _help(clock: Clock) -> dict[str, int]:
    """A tick while another waits for what comes due."""
    heartbeat.take_role(dispatch.WAITING_ROLE, now=clock(), hold=dispatch.ROLE_HOLD, holder="another:1")
    return dict(dispatch.tick(clock=clock))
