"""Old events go; what somebody was not told of stays."""

from datetime import timedelta

import pytest
from django.utils import timezone

from social_queue.events import keeping, numbering, receivers, sending
from social_queue.models import Event, Subscription

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
