"""Receivers over a socket: each gets every event in its order, or is paused with an alert and loses nothing."""

import threading
from datetime import timedelta

import pytest
from standardwebhooks import Webhook

from social_queue.access import keys
from social_queue.events import callbacks, receivers, sending, signing, trying
from social_queue.models import Alert, ApiKey, Event, EventSending, Subscription
from tests.factories import make_item

pytestmark = pytest.mark.django_db(transaction=True)


def _numbers(receiver) -> list[int]:
    return [event["data"]["item"]["id"] for event in receiver.heard]


def test_events_come_in_order_signed_as_the_published_library_expects(subscribed, happen, clock):
    one, _subscription, secret = subscribed()
    happen(60)
    assert sending.deliver_due(clock=clock) == {"taken": 60}
    assert _numbers(one) == list(range(1, 61))
    headers, body = one.asked[0]
    told = Webhook(secret).verify(body, {name.lower(): value for name, value in headers.items()})
    assert set(told) == {"id", "sequence", "type", "occurred_at", "data"}
    assert headers["webhook-id"] == told["id"] == Event.objects.get(sequence=told["sequence"]).uid
    assert sending.deliver_due(clock=clock) == {}


def test_a_subscription_begins_with_what_happens_after_it_was_made(subscribed, happen, clock):
    happen(3)
    one, *_ = subscribed()
    happen(1, type="item.failed")
    sending.deliver_due(clock=clock)
    assert [event["type"] for event in one.heard] == ["item.failed"]


def test_only_the_events_asked_for_are_told(subscribed, happen, clock):
    one, *_ = subscribed(types=["item.failed"])
    happen(5)
    happen(1, type="item.failed")
    happen(5)
    sending.deliver_due(clock=clock)
    assert [event["type"] for event in one.heard] == ["item.failed"]


@pytest.mark.parametrize("rude", [500, 404, 302, "hang up"])
def test_a_rude_receiver_is_tried_as_the_contract_says_then_paused_and_goes_on_where_it_stopped(
    rude, subscribed, happen, clock
):
    mood = [rude]
    one, subscription, _secret = subscribed(lambda _number: mood[0])
    happen(2)
    for wait in (5, 300, 1800, 7200, 18000, 36000, 36000):
        assert sending.deliver_due(clock=clock) == {"failed": 1}
        clock.pass_by(seconds=wait - 4)
        assert sending.deliver_due(clock=clock) == {}
        clock.pass_by(seconds=4)
    assert sending.deliver_due(clock=clock) == {"paused": 1}
    assert len(one.asked) == 8 and len({headers["webhook-id"] for headers, _ in one.asked}) == 1
    alert = Alert.objects.get(resolved_at=None)
    assert alert.kind == "receiver_paused" and one.url in alert.text
    clock.pass_by(days=30)
    happen(1)
    assert sending.deliver_due(clock=clock) == {}
    mood[0] = 200
    assert receivers.resume(Subscription.objects.get(), now=clock())
    assert sending.deliver_due(clock=clock) == {"taken": 3}
    assert _numbers(one) == [1, 2, 1]
    assert not Alert.objects.filter(resolved_at=None).exists()


def test_410_ends_the_subscription(subscribed, happen, clock):
    one, subscription, _secret = subscribed(410)
    happen(3)
    assert sending.deliver_due(clock=clock) == {"ended": 1}
    subscription.refresh_from_db()
    assert subscription.status == "ended" and len(one.asked) == 1
    assert not Alert.objects.exists()


@pytest.mark.parametrize("dead", [503, "hang up", 302])
def test_half_an_hour_down_and_everything_comes_within_the_next_try_in_order(dead, subscribed, happen, clock):
    began = clock()
    one, *_ = subscribed(lambda _number: 200 if clock() - began > timedelta(minutes=30) else dead)
    # Something happens every minute, while it is down and afterwards.
    for _minute in range(75):
        happen(1)
        sending.deliver_due(clock=clock)
        clock.pass_by(minutes=1)
    sending.deliver_due(clock=clock)
    sequences = [event["sequence"] for event in one.heard]
    assert sequences == sorted(sequences) and len(set(sequences)) == len(sequences) == 75
    # Tries after 5 s, 5 min and 30 min: nobody asks a dead one every minute.
    assert len(one.asked) - len(one.heard) <= 4
    assert not Alert.objects.exists()


def test_one_that_was_down_gets_everything_in_order_and_no_gap(subscribed, happen, clock):
    down_for = 3
    one, *_ = subscribed(lambda number: 503 if number <= down_for else 200)
    for _step in range(6):
        happen(10)
        sending.deliver_due(clock=clock)
        clock.pass_by(minutes=45)
    sending.deliver_due(clock=clock)
    assert _numbers(one) == list(range(1, 11)) * 6
    sequences = [event["sequence"] for event in one.heard]
    assert sequences == sorted(sequences) and len(set(sequences)) == 60


def test_a_slow_and_a_dead_receiver_delay_nobody(subscribed, happen, clock, settings, monkeypatch):
    settings.EVENT_WORKERS = 3
    monkeypatch.setattr(trying, "TIMEOUT_S", 5.0)
    known, heard_all, given_up = threading.Event(), threading.Event(), []

    def hang(_number: int) -> int:
        if not known.is_set():
            known.wait(60)
        else:
            given_up.append(not heard_all.wait(60))
        return 503

    for _dead in range(2):
        subscribed(hang)
    slow, *_ = subscribed(slow=1.2)
    good, *_ = subscribed()
    happen(1)
    sending.deliver_due(clock=clock)  # now it is known who is slow
    known.set()
    clock.pass_by(minutes=10)
    heard = len(good.heard)
    happen(20)
    monkeypatch.setattr(trying, "TIMEOUT_S", 90.0)

    def watch(_number: int) -> int:
        if len(good.heard) - heard == 19:  # and this one
            heard_all.set()
        return 200

    good.answer = watch
    sending.deliver_due(clock=clock, seconds=5)
    assert len(good.heard) - heard == 20
    assert not any(given_up), "all of them while the dead were still waited for"
    assert slow.heard


def test_a_private_address_is_refused_before_it_is_saved_and_when_it_is_told(settings, happen, clock, receiver):
    with pytest.raises(receivers.BadSubscription) as refused:
        receivers.make("http://127.0.0.1:9009/hook")
    assert "loopback address" in str(refused.value)
    one = receiver()
    receivers.make(one.url)
    settings.MEDIA_ALLOWED_HOSTS = []
    happen(1)
    assert sending.deliver_due(clock=clock) == {"failed": 1}
    assert not one.asked
    assert "loopback" in EventSending.objects.get().error


def test_the_old_secret_signs_beside_the_new_one_for_a_day(subscribed, happen, clock):
    one, subscription, old = subscribed()
    new = signing.rotate(subscription, now=clock())
    happen(1)
    sending.deliver_due(clock=clock)
    clock.pass_by(hours=25)
    happen(1)
    sending.deliver_due(clock=clock)
    (first, body), (second, later) = one.asked
    lower = [{name.lower(): value for name, value in headers.items()} for headers in (first, second)]
    for secret in (old, new):
        Webhook(secret).verify(body, lower[0])
    lower[1]["webhook-timestamp"] = second["webhook-timestamp"]
    assert len(second["webhook-signature"].split()) == 1
    assert signing.headers(second["webhook-id"], later, [new], now=clock())["webhook-signature"]


def test_the_secret_is_kept_encrypted(subscribed):
    from django.db import connection

    _one, _subscription, secret = subscribed()
    with connection.cursor() as cursor:
        cursor.execute("SELECT secrets FROM event_subscriptions")
        assert secret not in cursor.fetchone()[0]


def test_a_callback_is_told_of_its_item_alone_and_leaves_no_row(happen, clock, receiver):
    key, _text = keys.issue("bot")
    one = receiver()
    mine = make_item(source="bot", callback_url=one.url)
    other = make_item(source="bot")
    happen(2, item_number=mine.pk)
    happen(2, item_number=other.pk)
    happen(1, "item.failed", item_number=mine.pk)
    sending.deliver_due(clock=clock)
    assert [event["type"] for event in one.heard] == ["item.posted", "item.posted", "item.failed"]
    assert not Subscription.objects.exists()
    headers, body = one.asked[0]
    Webhook(callbacks.secret_of(key)).verify(body, {name.lower(): value for name, value in headers.items()})
    happen(1, item_number=mine.pk)
    sending.deliver_due(clock=clock)
    assert len(one.heard) == 4


def test_many_callbacks_to_a_dead_host_are_asked_one_by_one_and_raise_one_alert(happen, clock, receiver, monkeypatch):
    keys.issue("bot")
    dead = receiver(500)
    for _item in range(4):
        happen(1, item_number=make_item(source="bot", callback_url=dead.url).pk)
    for _try in range(8):
        sending.deliver_due(clock=clock)
        clock.pass_by(hours=11)
    assert Subscription.objects.filter(status="paused").count() == 4
    assert Alert.objects.filter(kind="receiver_paused", resolved_at=None).count() == 1


def test_a_subscription_of_a_revoked_key_is_told_nothing(subscribed, happen, clock):
    one, subscription, _secret = subscribed()
    key, _text = keys.issue("bot")
    Subscription.objects.update(key=key)
    keys.revoke(key, now=clock())
    happen(1)
    assert sending.deliver_due(clock=clock) == {}
    assert not one.asked


@pytest.mark.parametrize("how", ["revoked_at", "expires_at"])
def test_a_key_that_has_ended_signs_no_callback_until_it_works_again(receiver, happen, clock, how):
    one = receiver()
    keys.issue("bot")
    happen(1, item_number=make_item(source="bot", callback_url=one.url).pk)
    ApiKey.objects.update(**{how: clock()})
    assert sending.deliver_due(clock=clock) == {"failed": 1}
    assert not one.asked
    assert "no secret to sign it with" in Subscription.objects.get().last_error
    ApiKey.objects.update(**{how: None})
    clock.pass_by(minutes=1)
    assert sending.deliver_due(clock=clock) == {"taken": 1}
    assert len(one.heard) == 1
