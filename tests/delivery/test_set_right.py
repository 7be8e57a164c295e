"""Our clock ran two hours ahead for a while and was set back: what was written meanwhile keeps nobody from anything."""

from datetime import timedelta

import pytest
from django.utils import timezone

from social_queue.accounts import standing
from social_queue.delivery import claim, deliver, dispatch
from social_queue.delivery.sweeps import reconcile, set_right
from social_queue.models import Alert, Attempt, Errand, Part, PlatformAccount, Post
from social_queue.operations.recalling import asking, calling_off
from social_queue.workings import heartbeat
from tests import factories
from tests.support.clock import Clock
from tests.support.environment import NOWHERE

pytestmark = pytest.mark.django_db(transaction=True)

AHEAD = timedelta(hours=2)


@pytest.fixture
def clock(settings):
    settings.UNDO_SECONDS = 10
    return Clock()


@pytest.fixture
def wrong(clock):
    """The clock while it was two hours ahead."""
    return lambda: clock() + AHEAD


def due(clock, account, **fields):
    return factories.make_post(factories.make_item(publish_at=clock() - timedelta(minutes=1), **fields), account)


def statuses():
    return list(Post.objects.order_by("pk").values_list("status", flat=True))


def test_an_account_rests_no_longer_than_its_interval(sandbox, clock, wrong):
    account = factories.make_account(min_interval_s=600)
    due(clock, account)
    due(clock, account)
    assert dispatch.drain(clock=wrong) == {"published": 1}
    assert dispatch.drain(clock=clock) == {"published": 1}
    # By a clock that is right it rests as it should.
    due(clock, account)
    assert dispatch.drain(clock=clock) == {}
    clock.forward(seconds=600)
    assert dispatch.drain(clock=clock) == {"published": 1}


def test_nor_until_quiet_hours_are_over_that_have_not_begun(sandbox, clock, wrong):
    soon = timezone.localtime(clock()) + timedelta(hours=1)
    account = factories.make_account(quiet_hours=f"{soon:%H:%M}-{soon + timedelta(hours=6):%H:%M}")
    due(clock, account)
    assert dispatch.drain(clock=wrong) == {}
    assert dispatch.drain(clock=clock) == {"published": 1}


def test_in_its_quiet_hours_it_rests(sandbox, clock):
    begun = timezone.localtime(clock()) - timedelta(hours=1)
    account = factories.make_account(quiet_hours=f"{begun:%H:%M}-{begun + timedelta(hours=6):%H:%M}")
    due(clock, account)
    assert dispatch.drain(clock=clock) == {}
    rests = PlatformAccount.objects.get().resting_until
    assert rests and set_right.mend(clock()) == 0 and PlatformAccount.objects.get().resting_until == rests


def test_a_limit_that_was_met_meanwhile_is_tried(sandbox, clock, wrong, facebook_account):
    sandbox.scenario(facebook_account.address, "rate_limit", times=1)
    due(clock, facebook_account)
    assert dispatch.drain(clock=wrong) == {"rate_limited": 1}
    assert dispatch.drain(clock=clock) == {"published": 1}


def test_a_limit_of_a_clock_that_is_right_is_waited_for(sandbox, clock, facebook_account):
    sandbox.scenario(facebook_account.address, "rate_limit", times=1, seconds=3 * 3600)
    due(clock, facebook_account)
    assert dispatch.drain(clock=clock) == {"rate_limited": 1}
    assert dispatch.drain(clock=lambda: clock() + timedelta(seconds=50)) == {}
    assert PlatformAccount.objects.get().paused_until > clock() + timedelta(hours=2)


def test_what_failed_meanwhile_goes_on_at_once(sandbox, clock, wrong, facebook_account):
    sandbox.scenario(facebook_account.address, "rate_limit", times=1)
    due(clock, facebook_account)
    dispatch.drain(clock=wrong)
    before = Post.objects.get()
    assert before.not_before > clock() + timedelta(minutes=90)

    set_right.mend(clock())

    after = Post.objects.get()
    assert (after.status, after.not_before, after.waiting_since_at) == (before.status, clock(), clock())
    assert set_right.mend(clock()) == 0


def test_what_may_be_out_is_asked_about_when_its_platform_can_know(sandbox, clock, wrong, facebook_account):
    """Asked at once a platform may not show it yet: it would be sent again, and be out twice."""
    sandbox.scenario(facebook_account.address, "accept_then_hang_up", times=1)
    due(clock, facebook_account)
    assert dispatch.drain(clock=wrong) == {"outcome_unknown": 1}
    wait = Post.objects.get().not_before - Attempt.objects.get().ended_at
    assert timedelta(seconds=10) < wait <= reconcile.ASK_EVERY

    set_right.mend(clock())

    assert Post.objects.get().not_before == clock() + wait
    assert reconcile.reconcile_unknown(clock()) == {} and set_right.mend(clock()) == 0
    clock.forward(seconds=wait.total_seconds())
    assert reconcile.reconcile_unknown(clock()) == {"published": 1} and len(sandbox.wall) == 1


def test_not_sooner_than_its_platform_is_given_time(sandbox, clock, wrong, facebook_account, settings):
    """Whoever has found that a platform needs longer is not asked for less."""
    settings.RECONCILE_AFTER = 900
    sandbox.scenario(facebook_account.address, "accept_then_hang_up", times=1)
    due(clock, facebook_account)
    assert dispatch.drain(clock=wrong) == {"outcome_unknown": 1}
    set_right.mend(clock())
    assert Post.objects.get().not_before == clock() + timedelta(seconds=900)


def test_a_person_hears_of_what_nobody_can_tell(sandbox, clock, wrong, telegram_account):
    """However far ahead the clock was when it became undecided."""
    sandbox.scenario(telegram_account.address, "accept_then_hang_up", times=1)
    due(clock, telegram_account)
    assert dispatch.drain(clock=wrong) == {"outcome_unknown": 1}
    for _ in range(8):
        clock.forward(minutes=5)
        set_right.mend(clock())
        reconcile.reconcile_unknown(clock())
    assert Alert.objects.filter(kind="undecided").count() == 1


def test_what_was_asked_about_meanwhile_is_asked_about_again(sandbox, clock, wrong, facebook_account, settings):
    sandbox.scenario(facebook_account.address, "accept_then_hang_up", times=1)
    due(clock, facebook_account)
    dispatch.drain(clock=clock)
    there, settings.FACEBOOK_API_URL = settings.FACEBOOK_API_URL, NOWHERE
    assert reconcile.reconcile_unknown(wrong()) == {"unknown": 1}
    settings.FACEBOOK_API_URL = there
    # So would an answer have it that names a limit.
    standing.wait_until(facebook_account.pk, wrong() + timedelta(minutes=1))
    due(clock, facebook_account)

    set_right.mend(clock())

    assert PlatformAccount.objects.get().paused_until is None
    clock.forward(minutes=5)
    assert reconcile.reconcile_unknown(clock()) == {"published": 1}
    assert dispatch.drain(clock=clock) == {"published": 1}


def test_a_limit_that_was_met_as_the_clock_jumped_is_tried(sandbox, clock, wrong, facebook_account):
    sandbox.scenario(facebook_account.address, "rate_limit", times=1)
    due(clock, facebook_account)
    [attempt] = claim.claim(now=clock(), worker="first", limit=1).attempts
    deliver.deliver(attempt, clock=wrong)
    PlatformAccount.objects.update(resting_until=None, last_served_at=clock())
    assert dispatch.drain(clock=clock) == {"published": 1}


def test_what_another_host_put_off_whose_clock_is_a_little_ahead_waits(sandbox, clock, facebook_account):
    sandbox.scenario(facebook_account.address, "accept_then_hang_up", times=1)
    due(clock, facebook_account)
    assert dispatch.drain(clock=lambda: clock() + timedelta(seconds=30)) == {"outcome_unknown": 1}
    assert set_right.mend(clock()) == 0 and dispatch.drain(clock=clock) == {}


def test_a_host_whose_clock_is_behind_sets_nothing_right(sandbox, clock, wrong, facebook_account):
    """It sees what a host whose clock is right wrote as still to come: so is that host's sign of life."""
    sandbox.scenario(facebook_account.address, "rate_limit", times=1)
    due(clock, facebook_account)
    assert dispatch.drain(clock=wrong) == {"rate_limited": 1}
    heartbeat.beat("worker another-host", now=wrong())
    assert dispatch.drain(clock=clock) == {} and set_right.mend(clock()) == 0
    # This host's own was written by its own clock before that was set.
    heartbeat.retire("worker another-host")
    heartbeat.beat(heartbeat.cluster_name(), now=wrong())
    assert dispatch.drain(clock=clock) == {"published": 1}


def test_what_was_planned_for_later_stays_where_it_is(sandbox, clock, facebook_account):
    factories.make_post(factories.make_item(publish_at=clock() + timedelta(hours=5)), facebook_account)
    assert set_right.mend(clock()) == 0
    assert Post.objects.get().not_before == clock() + timedelta(hours=5)


def test_a_follow_up_goes_on_at_once(sandbox, clock, wrong, facebook_account):
    post = due(clock, facebook_account, follow_ups=[{"text": "First comment."}])
    [attempt] = claim.claim(now=clock(), worker="first", limit=1).attempts
    deliver.deliver(attempt, clock=clock)
    sandbox.scenario(post.account.address, "rate_limit", times=1)
    assert dispatch.drain(clock=wrong) == {"rate_limited": 1}
    assert dispatch.drain(clock=clock) == {"published": 1}
    assert Part.objects.get().status == "published"


def test_a_follow_up_that_was_laid_meanwhile_follows_its_post(sandbox, clock, wrong, facebook_account):
    facebook_account.min_interval_s = 600
    facebook_account.save()
    due(clock, facebook_account, follow_ups=[{"text": "First comment."}, {"text": "Second."}])
    assert dispatch.drain(clock=wrong) == {"published": 1}
    assert dispatch.drain(clock=clock) == {"published": 1}
    assert list(Part.objects.order_by("number").values_list("status", flat=True)) == ["published", "pending"]


class TestErrands:
    @pytest.fixture
    def post(self, sandbox, clock, facebook_account):
        post = due(clock, facebook_account)
        dispatch.drain(clock=clock)
        post.refresh_from_db()
        return post

    def test_one_that_was_asked_for_meanwhile_has_its_time_to_undo_and_goes(self, sandbox, clock, wrong, post):
        asking.recall([post], now=wrong())
        assert dispatch.drain(clock=clock) == {}
        assert Errand.objects.get().not_before == clock() + timedelta(seconds=10)
        clock.forward(seconds=10)
        assert dispatch.drain(clock=clock) == {"recalled": 1} and sandbox.wall == []

    def test_one_that_was_tried_since_cant_be_called_off(self, sandbox, clock, wrong, post):
        asking.recall([post], now=wrong())
        set_right.mend(clock())
        clock.forward(seconds=10)
        sandbox.scenario(post.account.address, "accept_then_500", times=1)
        assert dispatch.drain(clock=clock) == {"transient": 1}
        assert list(calling_off.call_off([post.pk], now=clock())) == ["was changed meanwhile"]

    def test_one_that_failed_meanwhile_goes_on_at_once(self, sandbox, clock, wrong, post):
        asking.recall([post], now=clock())
        sandbox.scenario(post.account.address, "refuse", times=1)
        assert dispatch.drain(clock=wrong) == {"transient": 1}
        assert dispatch.drain(clock=clock) == {"recalled": 1}

    def test_the_others_of_its_account_go_on_with_it(self, sandbox, clock, wrong, post):
        other = due(clock, post.account)
        dispatch.drain(clock=clock)
        other.refresh_from_db()
        asking.recall([post, other], now=clock())
        sandbox.scenario(post.account.address, "rate_limit", times=1)
        clock.forward(seconds=10)
        assert dispatch.drain(clock=wrong) == {"rate_limited": 1}
        assert dispatch.drain(clock=clock) == {"recalled": 2}

    def test_none_goes_before_its_time_to_undo_is_over(self, sandbox, clock, wrong, post, settings):
        other = due(clock, post.account)
        dispatch.drain(clock=clock)
        other.refresh_from_db()
        asking.recall([post], now=clock())
        sandbox.scenario(post.account.address, "refuse", times=1)
        assert dispatch.drain(clock=wrong) == {"transient": 1}
        settings.UNDO_SECONDS = 6 * 3600
        asking.recall([other], now=clock())
        set_right.mend(clock())
        assert Errand.objects.get(post=other).not_before == clock() + timedelta(hours=6)


@pytest.mark.parametrize("column", ["last_served_at", "resumed_at"])
def test_what_was_missed_is_left_out_as_soon_as_it_can_be_known(sandbox, clock, wrong, column):
    """Nobody knows how long ago it was: from now on it counts."""
    account = factories.make_account(late_policy="skip", late_after=30)
    PlatformAccount.objects.update(**{column: wrong()})
    assert dispatch.drain(clock=clock) == {}
    assert getattr(PlatformAccount.objects.get(), column) == clock()
    clock.forward(minutes=10)
    due(clock, account)
    clock.forward(minutes=31)
    assert dispatch.drain(clock=clock) == {}
    assert statuses() == ["cancelled"] and not Attempt.objects.exists()
