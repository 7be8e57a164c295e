"""This host's clock is behind another's: what that one writes seems to be still to come, and is right all the same."""

from datetime import timedelta

import pytest
from django_q.models import Schedule

from social_queue.access import hearing
from social_queue.accounts import free
from social_queue.alerts import ledger, telling
from social_queue.delivery import claim, deliver, dispatch, outcomes
from social_queue.delivery.claims.taken import Begin
from social_queue.delivery.sweeps import leases, rounds, set_right
from social_queue.events import numbering, sending
from social_queue.models import Alert, Event, Part, PlatformState, Post, Subscription
from social_queue.wording.templates.finding import Shelf
from social_queue.workings import heartbeat, schedules
from tests import factories
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)

HOLD = timedelta(seconds=20)
CHAT = "-100777"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(params=[90, 2 * 3600], ids=["by a minute and a half", "by two hours"])
def other(request, clock):
    """The clock of another host, whose workers were all at work when they should have given their last sign of life."""
    by = timedelta(seconds=request.param)
    heartbeat.beat("worker another-host", now=clock() + by - timedelta(seconds=50))
    return lambda: clock() + by


@pytest.fixture
def phone(sandbox, settings):
    settings.TELEGRAM_ALERT_BOT_TOKEN, settings.TELEGRAM_ALERT_CHAT_ID = "4242:sandbox-alerts", CHAT
    return lambda: [posting.text for posting in sandbox.wall if posting.address == CHAT]


def test_a_role_that_it_plays_is_left_to_it(clock, other):
    heartbeat.take_role("dispatch", now=other(), hold=HOLD, holder="a")
    assert not heartbeat.take_role("dispatch", now=clock(), hold=HOLD, holder="b")
    assert not heartbeat.role_is_free("dispatch", now=clock(), hold=HOLD)


def test_whoever_gives_no_more_sign_of_life_keeps_no_role(clock, monkeypatch):
    """A clock that was hours ahead, and was not set right before its host was no more, blocks nobody for long."""
    ahead, seconds = clock() + timedelta(hours=2), [0.0]
    heartbeat.beat("worker another-host", now=ahead)
    heartbeat.take_role("dispatch", now=ahead, hold=HOLD, holder="a")
    monkeypatch.setattr(heartbeat.time, "monotonic", lambda: seconds[0])
    for looked in range(0, 181, 30):
        seconds[0] = looked
        assert not heartbeat.take_role("dispatch", now=clock(), hold=HOLD, holder="b")
    seconds[0] = 181
    assert heartbeat.role_is_free("dispatch", now=clock(), hold=HOLD)
    heartbeat.beat("worker another-host", now=ahead + timedelta(minutes=3))
    assert not heartbeat.role_is_free("dispatch", now=clock(), hold=HOLD)
    seconds[0] = 400
    assert heartbeat.take_role("dispatch", now=clock(), hold=HOLD, holder="b")


def test_an_alert_that_it_is_telling_is_told_once(clock, other, phone):
    ledger.raise_for_post("rejected", factories.make_post(), reason="No.", now=other())
    heartbeat.take_role("telling", now=other(), hold=timedelta(minutes=2), holder="another-host:1")
    Alert.objects.update(tell_not_before=other() + timedelta(minutes=2))
    assert telling.tell_due(clock()) == 0 and phone() == []


def test_one_that_it_could_not_tell_waits(clock, other, phone, sandbox):
    ledger.raise_for_post("rejected", factories.make_post(), reason="No.", now=other())
    sandbox.scenario(CHAT, "rate_limit", seconds=600, times=1)
    assert telling.tell_due(other()) == 0
    assert telling.tell_due(clock()) == 0 and phone() == []
    clock.forward(seconds=601)
    assert telling.tell_due(other()) == 1


def test_what_it_has_told_is_not_told_anew(clock, other, phone):
    post = factories.make_post()
    ledger.raise_for_post("undecided", post, reason="?", now=other())
    assert telling.tell_due(other()) == 1
    ledger.raise_for_post("undecided", factories.make_post(account=post.account), reason="??", now=clock())
    telling.tell_due(clock())
    assert len(phone()) == 1 and "2 times" in phone()[0]


def test_an_alert_that_is_hardly_raised_hides_those_behind_it(clock, other):
    first = ledger.raise_for_post("rejected", factories.make_post(), reason="No.", now=other())
    assert first and not hearing._settled(Alert.objects.all(), clock()).exists()


def test_a_receiver_whom_it_is_telling_is_left_alone(clock, other):
    Event.objects.create(type="item.posted", data={})
    numbering.number()
    Subscription.objects.create(url="https://example.com/", held_until=other() + timedelta(seconds=60))
    assert not sending._due(clock()).exists()
    assert sending._due(other() + timedelta(seconds=60)).exists()


def test_its_plans_stay(clock, other):
    schedules.lay(clock())
    for row in Schedule.objects.all():
        Schedule.objects.filter(pk=row.pk).update(next_run=other() + timedelta(minutes=row.minutes))
    assert schedules.mend(clock()) == 0


def test_a_platform_is_tried_when_it_has_planned_it(clock, other):
    PlatformState.objects.create(platform="facebook", state="probing", next_probe_at=other() + free.PROBE_EVERY)
    assert free.due_probes(now=clock()) == []


def test_a_post_in_its_hands_is_left_there(clock, other, facebook_account):
    factories.make_post(factories.make_item(publish_at=clock()), facebook_account)
    assert claim.claim(now=other(), worker="another-host:1", limit=1).attempts
    assert leases.expire_leases(clock()) == {}


def test_what_it_has_put_off_waits(sandbox, clock, other, facebook_account):
    """Due at once, its tries would be used up within a minute, and nobody would wait for a limit."""
    facebook_account.min_interval_s = 600
    facebook_account.save()
    sandbox.scenario(facebook_account.address, "rate_limit", times=1)
    factories.make_post(factories.make_item(publish_at=clock()), facebook_account)
    assert dispatch.drain(clock=other) == {"rate_limited": 1}
    before = Post.objects.get().not_before
    facebook_account.refresh_from_db()
    rests = facebook_account.resting_until, facebook_account.paused_until
    assert set_right.mend(clock()) == 0 and dispatch.drain(clock=clock) == {}
    facebook_account.refresh_from_db()
    assert (facebook_account.resting_until, facebook_account.paused_until) == rests
    assert Post.objects.get().not_before == before


@pytest.mark.parametrize("minutes", [6, 120])
@pytest.mark.parametrize("worker", ["another-host:1", heartbeat.worker_name()], ids=["another's", "before it was set"])
def test_what_is_being_sent_by_a_clock_that_is_behind_is_not_sent_once_more(
    sandbox, clock, facebook_account, worker, minutes
):
    """Its lease is over by the clock that is right; its call is under way, and the platform has no such post yet."""
    behind = clock() - timedelta(minutes=minutes)
    factories.make_post(factories.make_item(publish_at=behind), facebook_account)
    taken = claim.claim(now=behind, worker=worker, limit=1, begin=Begin(Shelf()))
    [attempt], [ready] = taken.attempts, taken.ready.values()

    assert rounds.settle(clock()).leases == {"unknown": 1}
    assert dispatch.drain(clock=clock) == {} and sandbox.wall == []

    answer = ready.connector.publish(ready.outgoing, "")
    outcomes.record(attempt, answer, now=behind + timedelta(seconds=2))
    assert Post.objects.get().status == "published"
    clock.forward(minutes=5)
    rounds.settle(clock())
    assert dispatch.drain(clock=clock) == {} and len(sandbox.wall) == 1


def test_whoever_surely_vanished_is_asked_about_at_once(sandbox, clock, facebook_account, monkeypatch):
    factories.make_post(factories.make_item(publish_at=clock()), facebook_account)
    claim.claim(now=clock(), worker=heartbeat.worker_name(), limit=1, begin=Begin(Shelf()))
    clock.forward(minutes=6)
    monkeypatch.setattr(heartbeat, "is_gone", lambda worker: True)
    assert rounds.settle(clock()).asked == {"pending": 1}


@pytest.mark.parametrize("follow_up", [False, True], ids=["a post", "a follow-up"])
def test_what_may_be_out_is_given_its_time_by_the_clock_that_is_ahead(
    sandbox, clock, other, facebook_account, follow_up
):
    """Else the other host would ask at once, and a platform that does not show it yet be taken to lack it."""
    fields = {"follow_ups": [{"text": "First comment."}]} if follow_up else {}
    factories.make_post(factories.make_item(publish_at=clock(), **fields), facebook_account)
    for attempt in claim.claim(now=clock(), worker="first", limit=1).attempts if follow_up else ():
        deliver.deliver(attempt, clock=clock)
    sandbox.scenario(facebook_account.address, "accept_then_hang_up", times=1)
    assert dispatch.drain(clock=clock) == {"outcome_unknown": 1}
    [asked_at] = (Part if follow_up else Post).objects.filter(status="unknown").values_list("not_before", flat=True)
    assert asked_at >= other() + timedelta(seconds=180 - 50)


def test_a_person_hears_no_sooner_of_what_may_be_out(sandbox, clock, other, telegram_account):
    """Nor is it sent again any sooner, on an account that has it so."""
    telegram_account.resend_unknown = True
    telegram_account.save()
    sandbox.scenario(telegram_account.address, "accept_then_hang_up", times=1)
    factories.make_post(factories.make_item(publish_at=clock()), telegram_account)
    assert dispatch.drain(clock=clock) == {"outcome_unknown": 1}
    clock.forward(minutes=20)
    rounds.settle(other())
    assert Post.objects.get().status == "unknown" and not Alert.objects.exists()
    clock.forward(minutes=15)
    rounds.settle(other())
    assert Post.objects.get().status == "pending"
