"""What is out is deleted at most when it may be, as often as it takes, and told to a human where it stays."""

import signal
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from social_queue.delivery import claim, dispatch
from social_queue.delivery.errands import doing, run, taking, vanished
from social_queue.delivery.sweeps import reconcile, rounds
from social_queue.models import Alert, Attempt, Errand, Event, PlatformAccount, Post
from social_queue.operations import undecided
from social_queue.operations.recalling import asking
from tests import factories
from tests.support import children
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)

ALL = ("facebook", "instagram", "telegram", "twitter")
#: Wherever it dies, and how many of it are on the wall then.
STEPS = [
    ("before", "social_queue.delivery.errands.taking:_take", 1),
    ("after", "social_queue.delivery.errands.taking:_take", 1),
    ("after", "social_queue.delivery.errands.taking:claim", 1),
    ("before", "social_queue.delivery.errands.doing:begin", 1),
    ("after", "social_queue.delivery.errands.doing:begin", 1),
    ("before", "{connector}.take_back", 1),
    ("after", "{connector}.take_back", 0),
    ("before", "social_queue.delivery.errands.ends:record", 0),
    ("before", "social_queue.states:move_all", 0),
    ("after", "social_queue.states:move_all", 0),
    ("after", "social_queue.delivery.errands.ends:record", 0),
]
CONNECTORS = {
    "facebook": "connectors.facebook:Facebook",
    "telegram": "connectors.telegram:Telegram",
    "twitter": "connectors.twitter:Twitter",
}


@pytest.fixture(autouse=True)
def _ten_seconds(settings):
    settings.UNDO_SECONDS = 10


@pytest.fixture
def clock():
    return Clock()


def published(clock, platform="facebook", account=None):
    """A post of the platform that is out."""
    account = account or factories.make_account(platform)
    post = factories.make_post(factories.make_item(publish_at=clock()), account)
    assert dispatch.drain(clock=clock) == {"published": 1}
    post.refresh_from_db()
    return post


def later(clock, **by):
    """What a worker does some time later."""
    clock.forward(**by)
    vanished.expire(clock())
    return dict(dispatch.drain(clock=clock))


@pytest.mark.parametrize("platform", ALL)
def test_what_is_out_goes_when_the_time_to_undo_is_over_and_not_before(sandbox, media_root, clock, platform):
    post = published(clock, platform)
    assert asking.recall([post], now=clock()).taken == 1
    assert later(clock, seconds=9.9) == {} and len(sandbox.wall) == 1

    assert later(clock, seconds=0.1) == {"recalled": 1}

    post.refresh_from_db()
    assert sandbox.wall == []
    assert (post.status, post.recalled_at, post.item.status) == ("recalled", clock(), "cancelled")
    assert (post.in_flight_account, post.lease_until) == (None, None)
    assert list(post.attempts.values_list("number", "kind", "outcome")) == [
        (1, "post", "published"),
        (2, "recall", "recalled"),
    ]
    assert Event.objects.filter(type="post.recalled").count() == 1
    assert Errand.objects.get().ended_at == clock()


@pytest.mark.parametrize("door", ["reconcile", "dispatch"])
def test_the_commands_carry_deletions_out_as_a_worker_does(sandbox, door):
    post = published(timezone.now)
    asking.recall([post], now=timezone.now() - timedelta(seconds=11))
    call_command(door)
    assert Post.objects.get().status == "recalled" and sandbox.wall == []


@pytest.mark.parametrize("platform", ALL)
@pytest.mark.parametrize("day", ["server_error", "accept_then_500", "accept_then_hang_up", "refuse"])
def test_no_answer_is_asked_again_until_it_is_gone(sandbox, media_root, clock, platform, day):
    post = published(clock, platform)
    asking.recall([post], now=clock())
    sandbox.scenario(post.account.address, day, times=1)
    assert later(clock, seconds=10) == {"transient": 1}
    post.refresh_from_db()
    assert (post.status, post.error_kind, post.in_flight_account) == ("published", "transient", None)

    assert later(clock, seconds=5) == {"recalled": 1}

    post.refresh_from_db()
    assert sandbox.wall == [] and (post.status, post.error_kind, post.error) == ("recalled", "", "")
    assert not Alert.objects.exists() and PlatformAccount.objects.get().status == "active"


@pytest.mark.parametrize("platform", ALL)
@pytest.mark.parametrize("day", ["no_permission", "reject"])
def test_what_stays_is_told_to_a_human_with_its_address_and_stops_no_account(sandbox, media_root, clock, platform, day):
    post = published(clock, platform)
    asking.recall([post], now=clock())
    sandbox.scenario(post.account.address, day)

    assert later(clock, seconds=10) == {"not_recallable": 1}
    assert later(clock, hours=2) == {}

    post.refresh_from_db()
    assert (post.status, post.error_kind) == ("published", "not_recallable") and post.error
    assert PlatformAccount.objects.get().status == "active" and len(sandbox.wall) == 1
    alert = Alert.objects.get()
    assert alert.kind == "not_recallable" and post.permalink in alert.text
    sandbox.scenario(post.account.address, "ok")
    asking.recall([post], now=clock())
    assert later(clock, seconds=10) == {"recalled": 1}
    assert Alert.objects.get().resolved_at == clock()


@pytest.mark.parametrize("platform", ALL)
def test_a_rate_limit_puts_off_the_deletions_of_its_account_and_none_of_its_posts(sandbox, media_root, clock, platform):
    post = published(clock, platform)
    asking.recall([post], now=clock())
    sandbox.scenario(post.account.address, "rate_limit", times=1, seconds=120)
    assert later(clock, seconds=10) == {"rate_limited": 1}
    assert Errand.objects.get().not_before >= clock() + timedelta(seconds=60)
    assert PlatformAccount.objects.get().paused_until is None
    factories.make_post(factories.make_item(publish_at=clock()), post.account)
    assert later(clock, seconds=1) == {"published": 1}
    assert later(clock, minutes=6) == {"recalled": 1}


def test_a_token_that_is_dead_waits_for_another_and_then_it_goes_on(sandbox, clock):
    post = published(clock)
    asking.recall([post], now=clock())
    sandbox.scenario(post.account.address, "token_expired")
    assert later(clock, seconds=10) == {"token_invalid": 1}
    assert PlatformAccount.objects.get().status == "needs_token" and Alert.objects.get().kind == "token_invalid"
    assert later(clock, hours=1) == {}
    sandbox.scenario(post.account.address, "ok")
    PlatformAccount.objects.update(status="active")
    assert later(clock, seconds=1) == {"recalled": 1}


def test_a_paused_account_posts_nothing_and_what_should_not_be_there_goes(sandbox, clock):
    post = published(clock)
    PlatformAccount.objects.update(status="paused")
    asking.recall([post], now=clock())
    assert later(clock, seconds=10) == {"recalled": 1}


def test_a_day_of_failures_ends_with_a_human(sandbox, clock):
    post = published(clock)
    asking.recall([post], now=clock())
    sandbox.scenario(post.account.address, "server_error")
    tries = 0
    while Errand.objects.filter(ended_at=None).exists() and tries < 200:
        later(clock, minutes=15)
        tries += 1
    post.refresh_from_db()
    assert tries == 100 and post.error.startswith("It was not deleted in a day of tries.")
    assert (post.status, post.error_kind) == ("published", "not_recallable")


def test_one_call_is_in_flight_an_account_deletions_and_posts_together(sandbox, clock):
    account = factories.make_account()
    first, second = published(clock, account=account), published(clock, account=account)
    asking.recall([first, second], now=clock())
    factories.make_post(factories.make_item(publish_at=clock()), account)
    clock.forward(seconds=10)
    [attempt] = taking.claim(now=clock(), worker="a", limit=20)
    assert (attempt.kind, attempt.post_id) == ("recall", first.pk)
    assert taking.claim(now=clock(), worker="b", limit=20) == []
    assert claim.claim(now=clock(), worker="b", limit=20).attempts == []
    assert doing.carry_out(attempt, clock=clock).outcome == "recalled"
    assert later(clock, seconds=0) == {"recalled": 1, "published": 1}


def test_a_worker_that_was_only_slow_does_not_delete_beside_the_one_after_it(sandbox, clock):
    post = published(clock)
    asking.recall([post], now=clock())
    clock.forward(seconds=10)
    [stale] = taking.claim(now=clock(), worker="stale", limit=1)
    clock.forward(minutes=5)
    assert vanished.expire(clock()) == 1
    [fresh] = taking.claim(now=clock(), worker="fresh", limit=1)
    assert doing.carry_out(stale, clock=clock) is None and len(sandbox.wall) == 1
    assert doing.carry_out(fresh, clock=clock).outcome == "recalled" and sandbox.wall == []


def test_what_is_undecided_is_asked_about_first_and_deleted_when_it_is_found(sandbox, clock):
    account = factories.make_account()
    sandbox.scenario(account.address, "accept_then_500", times=1)
    post = factories.make_post(factories.make_item(publish_at=clock()), account)
    assert dispatch.drain(clock=clock) == {"outcome_unknown": 1}
    post.refresh_from_db()
    assert asking.recall([post], now=clock()).taken == 1
    assert later(clock, seconds=20) == {} and len(sandbox.wall) == 1
    clock.forward(minutes=3)
    assert reconcile.reconcile_unknown(clock()) == {"published": 1}
    assert later(clock, seconds=0) == {"recalled": 1} and sandbox.wall == []


def test_what_is_undecided_and_not_there_never_goes_out(sandbox, clock):
    account = factories.make_account()
    sandbox.scenario(account.address, "drop_then_time_out", times=1)
    post = factories.make_post(factories.make_item(publish_at=clock()), account, status="unknown", attempts_made=1)
    factories.make_attempt(post, sent_at=clock())
    asking.recall([post], now=clock())
    undecided.deny_published(post, now=clock())
    assert later(clock, seconds=20) == {} and sandbox.wall == []
    post.refresh_from_db()
    assert (post.status, post.error_kind) == ("cancelled", "asked_back")
    assert Errand.objects.get().ended_at is not None


def test_what_was_asked_back_under_way_is_cancelled_although_its_account_is_stopped(clock):
    post = factories.make_post(account=factories.make_account(status="blocked"), status="unknown", attempts_made=1)
    asking.recall([post], now=clock())
    undecided.deny_published(post, now=clock())
    rounds.settle(clock())
    assert Post.objects.get().status == "cancelled"


def test_only_an_id_that_is_ours_is_deleted(sandbox, clock):
    there = published(clock)
    unseen = factories.make_post(factories.make_item(publish_at=clock()), there.account, status="unknown")
    undecided.confirm_published(unseen, now=clock())
    moved = factories.make_post(
        factories.make_item(publish_at=clock()),
        there.account,
        status="published",
        external_id=there.external_id,
        published_at=clock(),
        sent_to="another-place",
    )
    asking.recall([unseen, moved], now=clock())
    clock.forward(seconds=10)
    assert run.drain(clock=clock) == {"not_recallable": 2} and len(sandbox.wall) == 1
    errors = list(Post.objects.filter(error_kind="not_recallable").order_by("pk").values_list("error", flat=True))
    assert "nobody knows its id" in errors[0] and "another-place" in errors[1]


def test_where_it_was_sent_is_kept(sandbox, clock):
    post = published(clock)
    assert post.sent_to == post.account.address


@pytest.mark.parametrize(
    ("platform", "moment", "place", "on_wall"),
    [("facebook", *step) for step in STEPS]
    + [(name, *step) for name in ("telegram", "twitter") for step in STEPS[5:9]],
)
def test_a_worker_killed_at_any_step_leaves_nothing_that_should_be_gone(
    sandbox, media_root, platform, moment, place, on_wall
):
    post = published(timezone.now, platform)
    asking.recall([post], now=timezone.now() - timedelta(seconds=11))
    target = place.format(connector=CONNECTORS[platform])
    child = children.run("-m", "tests.support.die_at", moment, target)
    assert child.returncode == -signal.SIGKILL, f"it did not come to {target}: {child.stdout}{child.stderr}"
    assert len(sandbox.wall) == on_wall

    clock = Clock()
    later(clock, minutes=5)

    post.refresh_from_db()
    assert post.status == "recalled" and sandbox.wall == [] and post.in_flight_account is None
    assert not Attempt.objects.filter(ended_at=None).exists() and not Errand.objects.filter(ended_at=None).exists()
    assert Event.objects.filter(type="post.recalled").count() == 1
