"""What is out gets its other text as often as it takes and never twice, and a human hears where it can not."""

import signal
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from social_queue.delivery.errands import doing, taking, vanished
from social_queue.models import Alert, Attempt, Errand, Event, PlatformAccount
from social_queue.operations.correcting import asking
from tests import factories
from tests.connectors.sandbox_calls import graph_post
from tests.delivery.corrected import ASKER, NEW, ask, later, on_wall, published
from tests.support import children
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)

BOTH = ("facebook", "telegram")
#: Wherever it dies, and whether the new words stand there then.
STEPS = [
    ("before", "social_queue.delivery.errands.taking:_take", False),
    ("after", "social_queue.delivery.errands.taking:claim", False),
    ("before", "social_queue.delivery.errands.doing:begin", False),
    ("after", "social_queue.delivery.errands.doing:begin", False),
    ("before", "{connector}.correct", False),
    ("after", "{connector}.correct", True),
    ("before", "social_queue.delivery.errands.ends:record", True),
    ("before", "social_queue.delivery.errands.correcting:keep", True),
    ("after", "social_queue.delivery.errands.correcting:keep", True),
    ("after", "social_queue.delivery.errands.ends:record", True),
]
CONNECTORS = {"facebook": "connectors.facebook:Facebook", "telegram": "connectors.telegram:Telegram"}


@pytest.fixture(autouse=True)
def _ten_seconds(settings):
    settings.UNDO_SECONDS = 10


@pytest.fixture
def clock():
    return Clock()


@pytest.mark.parametrize("platform", BOTH)
def test_it_reads_otherwise_when_the_time_to_undo_is_over_and_not_before(sandbox, clock, platform):
    post = published(clock, platform)
    [old] = on_wall(sandbox)
    errand = ask(post, clock)
    assert later(clock, seconds=9.9) == {} and on_wall(sandbox) == [old]

    assert later(clock, seconds=0.1) == {"corrected": 1}

    before, errand = post.caption, Errand.objects.get(pk=errand.pk)
    post.refresh_from_db()
    assert on_wall(sandbox) == [NEW] and sandbox.wall[0].edited_at
    assert (post.status, post.caption, post.corrected_at) == ("published", NEW, clock())
    assert (post.in_flight_account, post.lease_until, post.error) == (None, None, "")
    assert (errand.ended_at, errand.outcome, errand.open_key) == (clock(), "corrected", None)
    assert (errand.text, errand.old_text, errand.asked_by) == (NEW, before, "ann")
    tries = [(1, "post", "published"), (2, "correct", "corrected")]
    assert list(post.attempts.values_list("number", "kind", "outcome")) == tries
    [event] = Event.objects.filter(type="post.corrected")
    assert event.data["post"]["id"] == post.pk and event.data["item"]["id"] == post.item_id
    assert len(sandbox.creating_calls()) == 1


@pytest.mark.parametrize("door", ["reconcile", "dispatch"])
def test_the_commands_carry_corrections_out_as_a_worker_does(sandbox, door):
    post = published(timezone.now)
    asking.correct(post, NEW, asker=ASKER, now=timezone.now() - timedelta(seconds=11))
    call_command(door)
    assert on_wall(sandbox) == [NEW]


@pytest.mark.parametrize("platform", BOTH)
@pytest.mark.parametrize("day", ["server_error", "accept_then_500", "accept_then_hang_up", "refuse"])
def test_no_answer_is_asked_again_until_it_stands_there(sandbox, clock, platform, day):
    post = published(clock, platform)
    ask(post, clock)
    sandbox.scenario(post.account.address, day, times=1)
    assert later(clock, seconds=10) == {"transient": 1}
    post.refresh_from_db()
    assert (post.status, post.error_kind, post.in_flight_account) == ("published", "transient", None)
    assert post.caption != NEW

    assert later(clock, seconds=5) == {"corrected": 1}

    post.refresh_from_db()
    assert on_wall(sandbox) == [NEW] and (post.caption, post.error_kind, post.error) == (NEW, "", "")
    assert not Alert.objects.exists() and PlatformAccount.objects.get().status == "active"
    assert len(sandbox.creating_calls()) == 1 and Event.objects.filter(type="post.corrected").count() == 1


def test_what_stands_there_already_is_read_and_not_written_again(sandbox, clock):
    post = published(clock)
    ask(post, clock)
    sandbox.scenario(post.account.address, "accept_then_500", times=1)
    later(clock, seconds=10)
    before = len(sandbox.calls)
    assert later(clock, seconds=5) == {"corrected": 1}
    assert [call.method for call in sandbox.calls[before:]] == ["GET"]


def test_a_refusal_after_a_lost_answer_is_no_failure_when_the_words_stand_there(sandbox, clock):
    post = published(clock)
    ask(post, clock)
    sandbox.scenario(post.account.address, "accept_then_500", times=1)
    later(clock, seconds=10)
    sandbox.scenario(post.account.address, "change_refused")
    assert later(clock, seconds=5) == {"corrected": 1}
    assert not Alert.objects.exists()


@pytest.mark.parametrize("platform", BOTH)
@pytest.mark.parametrize("day", ["change_refused", "no_permission", "reject"])
def test_what_can_not_be_changed_is_told_to_a_human_with_its_address_and_stops_no_account(
    sandbox, clock, platform, day
):
    post = published(clock, platform)
    ask(post, clock)
    [old] = on_wall(sandbox)
    sandbox.scenario(post.account.address, day)

    assert later(clock, seconds=10) == {"not_correctable": 1}
    assert later(clock, hours=2) == {}

    before = post.caption
    post.refresh_from_db()
    assert (post.status, post.error_kind, post.caption, post.corrected_at) == (
        "published", "not_correctable", before, None,
    )  # fmt: skip
    assert post.error and on_wall(sandbox) == [old]
    assert PlatformAccount.objects.get().status == "active"
    alert = Alert.objects.get()
    assert alert.kind == "not_correctable" and post.permalink in alert.text
    sandbox.scenario(post.account.address, "ok")
    ask(post, clock)
    assert later(clock, seconds=10) == {"corrected": 1}
    post.refresh_from_db()
    assert Alert.objects.get().resolved_at == clock() and (post.error_kind, post.error) == ("", "")


@pytest.mark.parametrize("platform", BOTH)
def test_a_rate_limit_puts_off_the_errands_of_its_account_and_none_of_its_posts(sandbox, clock, platform):
    post = published(clock, platform)
    ask(post, clock)
    sandbox.scenario(post.account.address, "rate_limit", times=1, seconds=120)
    assert later(clock, seconds=10) == {"rate_limited": 1}
    assert PlatformAccount.objects.get().paused_until is None
    factories.make_post(factories.make_item(publish_at=clock()), post.account)
    assert later(clock, seconds=1) == {"published": 1}
    assert later(clock, minutes=6) == {"corrected": 1}


def test_a_refusal_is_no_failure_where_a_person_has_written_the_same_words_by_hand(sandbox, clock):
    post = published(clock)
    assert graph_post(sandbox, post.external_id, message=NEW).ok
    ask(post, clock)
    sandbox.scenario(post.account.address, "change_refused")
    assert later(clock, seconds=10) == {"corrected": 1}
    assert on_wall(sandbox) == [NEW] and not Alert.objects.exists()


def test_a_token_that_is_dead_waits_for_another_and_then_it_goes_on(sandbox, clock):
    post = published(clock)
    ask(post, clock)
    sandbox.scenario(post.account.address, "token_expired")
    assert later(clock, seconds=10) == {"token_invalid": 1}
    assert PlatformAccount.objects.get().status == "needs_token"
    sandbox.scenario(post.account.address, "ok")
    PlatformAccount.objects.update(status="active")
    assert later(clock, seconds=1) == {"corrected": 1}


def test_a_day_of_failures_ends_with_a_human(sandbox, clock):
    post = published(clock)
    ask(post, clock)
    sandbox.scenario(post.account.address, "server_error")
    tries = 0
    while Errand.objects.filter(ended_at=None).exists() and tries < 200:
        later(clock, minutes=15)
        tries += 1
    post.refresh_from_db()
    assert tries == 100 and post.error.startswith("Its text was not changed in a day of tries.")
    assert Alert.objects.get().kind == "not_correctable"


def test_a_worker_that_was_only_slow_does_not_write_beside_the_one_after_it(sandbox, clock):
    post = published(clock)
    ask(post, clock)
    clock.forward(seconds=10)
    [stale] = taking.claim(now=clock(), worker="stale", limit=1)
    clock.forward(minutes=5)
    assert vanished.expire(clock()) == 1
    [fresh] = taking.claim(now=clock(), worker="fresh", limit=1)
    assert doing.carry_out(stale, clock=clock) is None and on_wall(sandbox) != [NEW]
    assert doing.carry_out(fresh, clock=clock).outcome == "corrected" and on_wall(sandbox) == [NEW]


@pytest.mark.parametrize(
    ("platform", "moment", "place", "stands"),
    [("facebook", *step) for step in STEPS] + [("telegram", *step) for step in STEPS[4:7]],
)
def test_a_worker_killed_at_any_step_leaves_one_post_with_the_new_words(sandbox, platform, moment, place, stands):
    post = published(timezone.now, platform)
    asking.correct(post, NEW, asker=ASKER, now=timezone.now() - timedelta(seconds=11))
    target = place.format(connector=CONNECTORS[platform])
    child = children.run("-m", "tests.support.die_at", moment, target)
    assert child.returncode == -signal.SIGKILL, f"it did not come to {target}: {child.stdout}{child.stderr}"
    assert (on_wall(sandbox) == [NEW]) is stands

    clock = Clock()
    later(clock, minutes=5)

    post.refresh_from_db()
    assert on_wall(sandbox) == [NEW] and len(sandbox.creating_calls()) == 1
    assert (post.status, post.caption, post.in_flight_account) == ("published", NEW, None)
    assert not Attempt.objects.filter(ended_at=None).exists() and not Errand.objects.filter(ended_at=None).exists()
    assert Event.objects.filter(type="post.corrected").count() == 1
