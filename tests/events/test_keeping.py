"""Old events go; what somebody was not told of stays."""

import itertools
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from social_queue.access import keys
from social_queue.events import keeping, numbering, receivers, sending
from social_queue.models import ApiKey, Event, EventSending, Subscription
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
LONG_AGO = timedelta(days=400)


def _age() -> None:
    Event.objects.update(occurred_at=timezone.now() - LONG_AGO)


def test_old_events_go_and_numbers_are_never_given_twice(happen):
    happen(20)
    numbering.number()
    last = numbering.last()
    _age()
    assert keeping.prune(timezone.now()) == 19
    happen(1)
    numbering.number()
    assert numbering.last() > last


def test_what_a_paused_receiver_was_not_told_stays(subscribed, happen, clock):
    one, subscription, _secret = subscribed()
    happen(3)
    sending.deliver_due(clock=clock)
    receivers.pause(subscription, now=clock())
    happen(5)
    numbering.number()
    _age()
    assert keeping.prune(timezone.now()) == 3
    receivers.resume(Subscription.objects.get(), now=clock())
    sending.deliver_due(clock=clock)
    assert len(one.heard) == 8


def test_what_is_not_numbered_yet_stays(happen):
    happen(3)
    _age()
    assert keeping.prune(timezone.now()) == 0


@pytest.fixture
def callback(happen):
    """The callback of an item that has heard of nothing since, and three events of the item among those of others."""
    item = factories.make_item(callback_url="https://callback.test/")
    happen(2)
    happen(3, item_number=item.pk)
    happen(4)
    numbering.number()
    _age()
    return Subscription.objects.get(item=item)


@pytest.mark.parametrize("status", ["active", "paused"])
def test_a_callback_that_takes_nothing_keeps_the_events_of_its_item_and_no_others(callback, happen, status):
    Subscription.objects.update(status=status)
    happen(1)
    numbering.number()
    assert keeping.prune(timezone.now()) == 6
    assert Event.objects.filter(item_number=callback.item_id).count() == 3


def test_what_a_callback_has_taken_goes(callback, happen):
    second = Event.objects.filter(item_number=callback.item_id).order_by("sequence")[1]
    Subscription.objects.update(status="paused", after=second.sequence)
    happen(1)
    numbering.number()
    assert keeping.prune(timezone.now()) == 8
    assert Event.objects.filter(item_number=callback.item_id).count() == 1


@pytest.mark.parametrize("how", ["revoked_at", "expires_at"])
@pytest.mark.parametrize(("since", "left"), [(LONG_AGO, 1), (timedelta(days=1), 5)])
def test_whoever_has_no_key_any_more_keeps_events_as_long_as_they_are_kept_anyway(subscribed, happen, how, since, left):
    _one, subscription, _secret = subscribed()
    key, _text = keys.issue("shop")
    ApiKey.objects.update(**{how: timezone.now() - since})
    Subscription.objects.filter(pk=subscription.pk).update(key=key)
    happen(5)
    numbering.number()
    _age()
    keeping.prune(timezone.now())
    assert Event.objects.count() == left


@pytest.fixture
def groups(happen, monkeypatch):
    """Nine old events, each of which was sent once a moment ago, of which two go at a time; the tenth is the newest."""
    monkeypatch.setattr(keeping, "_AT_ONCE", 2)
    happen(10)
    numbering.number()
    _age()
    for event in Event.objects.all():
        EventSending.objects.create(url="https://receiver.test/", event=event, sent_at=timezone.now())


def test_events_go_unread_and_a_few_at_a_time_with_their_sendings(groups):
    said = []

    def note(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if "social_events" in sql or "event_sendings" in sql:
            said.append((sql.replace("`", '"'), context["cursor"].rowcount))
        return result

    with connection.execute_wrapper(note):
        assert keeping.prune(timezone.now()) == 9
    assert [sql for sql, _rows in said if '"uid"' in sql] == []
    taken = [rows for sql, rows in said if sql.startswith('DELETE FROM "social_events"')]
    assert taken == [2, 2, 2, 2, 1]
    assert EventSending.objects.count() == 1


def test_what_is_stopped_in_the_middle_leaves_whole_groups_and_goes_on(groups):
    deaths = iter([False, False, True])

    def die(execute, sql, params, many, context):
        if sql.startswith("DELETE") and "social_events" in sql and next(deaths):
            raise DatabaseError("the power is gone")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(die), pytest.raises(DatabaseError, match="the power is gone"):
        keeping.prune(timezone.now())
    assert (Event.objects.count(), EventSending.objects.count()) == (6, 6)
    assert keeping.prune(timezone.now()) == 5


def test_it_ends_within_its_time_and_goes_on_the_next_day(groups, settings, monkeypatch):
    seconds = itertools.count(0, settings.Q_TIMEOUT / 4)
    monkeypatch.setattr(keeping, "monotonic", lambda: next(seconds))
    assert keeping.prune(timezone.now()) == 2
    assert keeping.prune(timezone.now()) == 2
    assert Event.objects.count() == 6
