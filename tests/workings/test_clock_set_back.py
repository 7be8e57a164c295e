"""A clock that ran ahead and was set back: what was written meanwhile neither blocks anybody nor lies."""

from datetime import timedelta

import pytest
from django_q.models import Schedule

from metrics import machinery
from social_queue.delivery import claim, dispatch
from social_queue.delivery.sweeps import leases
from social_queue.models import Post
from social_queue.upkeep import health, health_report
from social_queue.workings import heartbeat, schedules
from tests import factories
from tests.support.clock import Clock
from tests.support.environment import NOWHERE
from tests.support.outages import due, state

pytestmark = pytest.mark.django_db(transaction=True)

AHEAD = timedelta(hours=2)
HOLD = timedelta(seconds=20)


def test_a_role_held_until_hours_from_now_is_free(now):
    assert heartbeat.take_role("dispatch", now=now + AHEAD, hold=HOLD, holder="a")
    assert heartbeat.role_is_free("dispatch", now=now, hold=HOLD)
    assert heartbeat.take_role("dispatch", now=now, hold=HOLD, holder="b")
    assert not heartbeat.take_role("dispatch", now=now, hold=HOLD, holder="a")


@pytest.mark.parametrize("ahead_s", [0, 3, 30])
def test_a_host_whose_clock_is_a_little_ahead_keeps_its_role(now, ahead_s):
    heartbeat.take_role("dispatch", now=now + timedelta(seconds=ahead_s), hold=HOLD, holder="a")
    assert not heartbeat.take_role("dispatch", now=now, hold=HOLD, holder="b")
    assert not heartbeat.role_is_free("dispatch", now=now, hold=HOLD)


def test_a_beat_of_the_future_is_no_sign_of_life(now):
    heartbeat.beat("tick", now=now + AHEAD)
    heartbeat.beat(heartbeat.cluster_name(), now=now + AHEAD)
    assert health.silent(now)
    assert list(health.silent_clusters(now)) == list(heartbeat.clusters())
    assert health_report.report(now)["ok"] is False
    ages = [sample.value for one in machinery.families(now) for sample in one.samples]
    assert ages[0] == AHEAD.total_seconds()


def test_a_beat_of_a_few_seconds_from_now_is_one(now):
    heartbeat.beat("tick", now=now + timedelta(seconds=10))
    assert not health.silent(now)


def test_plans_of_the_wrong_clock_are_due_and_others_stay(now):
    schedules.lay(now)
    Schedule.objects.update(next_run=now + AHEAD)
    Schedule.objects.filter(name="prune").update(next_run=now + timedelta(hours=20))
    assert schedules.mend(now) == len(schedules.SCHEDULES) - 1
    assert Schedule.objects.get(name="dispatch").next_run == now
    assert Schedule.objects.get(name="prune").next_run == now + timedelta(hours=20)
    assert schedules.mend(now) == 0


def test_a_lease_of_the_wrong_clock_is_over(now, facebook_account):
    post = factories.make_post(factories.make_item(publish_at=now), facebook_account)
    assert claim.claim(now=now + AHEAD, worker="gone", limit=1).attempts
    assert leases.expire_leases(now) == {"pending": 1}
    post.refresh_from_db()
    assert (post.status, post.lease_until) == ("pending", None)


def test_a_tick_whose_clock_is_set_back_ends_and_the_next_publishes(sandbox, facebook_account, settings):
    settings.TICK_BUDGET = 60
    clock, due = Clock(), []
    factories.make_post(factories.make_item(publish_at=clock()), facebook_account)

    class SetBack:
        """Two hours less at every look but the first few."""

        looks = 0

        def __call__(self):
            SetBack.looks += 1
            due.append(SetBack.looks)
            return clock() if SetBack.looks < 4 else clock() - AHEAD

    dispatch.tick(clock=SetBack())
    assert len(due) < 40
    assert heartbeat.role_is_free(dispatch.WAITING_ROLE, now=clock())
    dispatch.drain(clock=clock)
    assert Post.objects.get().status in ("published", "publishing")


def test_a_paused_platform_is_tried_although_the_wrong_clock_planned_it_for_later(sandbox, settings):
    clock = Clock()
    settings.FACEBOOK_API_URL = NOWHERE
    due(clock, 2, 1)
    assert dispatch.drain(clock=lambda: clock() + AHEAD) == {"transient": 3} and state()
    settings.FACEBOOK_API_URL = sandbox.url
    assert dispatch.drain(clock=clock) == {"published": 3} and state() is None


@pytest.mark.parametrize("ahead_s", [0, 30])
def test_a_try_that_another_host_planned_is_waited_for(sandbox, settings, ahead_s):
    clock = Clock()
    settings.FACEBOOK_API_URL = NOWHERE
    due(clock, 2, 1)
    dispatch.drain(clock=lambda: clock() + timedelta(seconds=ahead_s))
    settings.FACEBOOK_API_URL = sandbox.url
    assert dispatch.drain(clock=clock) == {}
