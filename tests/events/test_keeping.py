"""Old events go; what somebody was not told of stays."""

from datetime import timedelta

import pytest
from django.utils import timezone

from social_queue.access import keys
from social_queue.events import keeping, numbering, receivers, sending
from social_queue.models import ApiKey, Event, Subscription
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
