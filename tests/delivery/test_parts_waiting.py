"""What follows a post and has to wait: for quiet hours, for a limit, and a human hears of it when it takes long."""

from datetime import UTC, datetime, timedelta

import pytest

from social_queue.delivery import dispatch
from social_queue.delivery.sweeps import rounds
from social_queue.models import Alert, PostStatus
from social_queue.operations.accounts import resume_account
from tests.delivery.test_parts import _publish_first, a_thread, statuses, words_on
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)


def _limited(sandbox, clock, *, seconds):
    post = a_thread(clock=clock)
    _publish_first(post, clock)
    sandbox.scenario(post.account.address, "rate_limit", times=1, seconds=seconds)
    dispatch.drain(clock=clock)
    return post


def test_a_part_that_waits_for_over_an_hour_is_told_once_and_over_when_it_is_out(sandbox, media_root):
    clock = Clock()
    post = _limited(sandbox, clock, seconds=3 * 3600)
    clock.forward(minutes=59)
    rounds.settle(clock())
    assert not Alert.objects.exists()
    for _ in range(3):
        clock.forward(minutes=5)
        rounds.settle(clock())
    alert = Alert.objects.get()
    assert (alert.kind, alert.post) == (Alert.Kind.WAITING_LONG, post) and "Follow-up 1" in alert.text
    clock.forward(hours=3)
    dispatch.drain(clock=clock)
    alert.refresh_from_db()
    assert alert.resolved_at is not None and statuses(post) == ["published"] * 3


def test_a_part_that_is_limited_again_after_an_hour_is_told(sandbox, media_root):
    clock = Clock()
    post = _limited(sandbox, clock, seconds=3000)
    clock.forward(minutes=61)
    sandbox.scenario(post.account.address, "rate_limit", times=1, seconds=3000)
    dispatch.drain(clock=clock)
    assert Alert.objects.get().kind == Alert.Kind.WAITING_LONG


def test_a_part_that_met_a_limit_goes_as_soon_as_a_human_resumes_its_account(sandbox, media_root):
    clock = Clock()
    post = _limited(sandbox, clock, seconds=3000)
    post.account.refresh_from_db()
    assert resume_account(post.account, now=clock())
    dispatch.drain(clock=clock)
    assert statuses(post) == ["published"] * 3


def test_nothing_follows_in_quiet_hours_and_all_of_it_after_them(sandbox, media_root):
    clock = Clock(datetime(2026, 12, 1, 21, 59, 30, tzinfo=UTC))
    post = a_thread(clock=clock, zone="UTC", quiet_hours="22:00-07:00")
    _publish_first(post, clock)
    clock.forward(minutes=1)
    dispatch.drain(clock=clock)
    clock.forward(hours=8)
    dispatch.drain(clock=clock)
    assert words_on(sandbox) == [] and statuses(post) == [PostStatus.PENDING] * 3
    post.account.refresh_from_db()
    assert post.account.resting_until == datetime(2026, 12, 2, 7, 0, tzinfo=UTC)
    clock.forward(hours=1)
    dispatch.drain(clock=clock)
    assert statuses(post) == [PostStatus.PUBLISHED] * 3 and clock() - post.account.resting_until < timedelta(minutes=1)
