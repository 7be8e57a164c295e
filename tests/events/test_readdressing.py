"""An item's callback leads elsewhere: what the old address did not take goes to the new one, or to nobody."""

import pytest

from social_queue.access import keys
from social_queue.events import numbering, sending
from social_queue.models import Alert, Event, QueueItem, Subscription
from social_queue.operations import editing
from tests.factories import make_account, make_item

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def item(receiver, happen):
    """An item whose callback leads to a receiver that fails, with an event that waits for it."""
    keys.issue("bot")
    item = make_item(make_account(slug="fb"), source="bot", callback_url=receiver(500).url)
    happen(1, item_number=item.pk)
    return item


def _lead_to(item, url, clock):
    editing.edit(item.pk, {"callback_url": url}, now=clock())


def test_the_new_address_is_told_at_once_what_the_old_one_did_not_take(item, receiver, clock, happen):
    sending.deliver_due(clock=clock)
    one = receiver()
    _lead_to(item, one.url, clock)
    held = Subscription.objects.get()
    assert (held.url, held.host, held.failures, held.retry_at) == (one.url, one.netloc, 0, None)
    happen(1, "item.failed", item_number=item.pk)
    sending.deliver_due(clock=clock)
    assert [event["type"] for event in one.heard] == ["item.posted", "item.failed"]
    assert not Subscription.objects.exists()


@pytest.mark.parametrize("stopped", ["paused", "ended"])
def test_one_that_was_given_up_goes_on_at_another_address(item, receiver, clock, stopped):
    for _try in range(8):
        sending.deliver_due(clock=clock)
        clock.pass_by(hours=11)
    Subscription.objects.update(status=stopped)
    one = receiver()
    _lead_to(item, one.url, clock)
    assert not Alert.objects.filter(kind="receiver_paused", resolved_at=None).exists()
    sending.deliver_due(clock=clock)
    assert len(one.heard) == 1


def test_an_emptied_address_is_told_nothing_more(item, clock):
    sending.deliver_due(clock=clock)
    _lead_to(item, None, clock)
    clock.pass_by(hours=1)
    assert not sending.deliver_due(clock=clock)
    assert not Subscription.objects.exists()


def test_what_an_old_address_answers_late_does_not_stop_the_new_one(item, receiver, clock):
    one = receiver()

    def answer(_number):
        _lead_to(item, one.url, clock)
        return 410

    gone = receiver(answer)
    QueueItem.objects.update(callback_url=gone.url)
    sending.deliver_due(clock=clock)
    # What was only a failure of the old one has left nothing to wait for.
    sending.deliver_due(clock=clock)
    assert (len(gone.asked), len(one.heard)) == (1, 1)
    assert not Subscription.objects.exists()


def test_another_change_leaves_the_receiver_alone(item, clock):
    sending.deliver_due(clock=clock)
    before = Subscription.objects.values_list("url", "failures", "retry_at", "last_error").get()
    editing.edit(item.pk, {"title": "New", "callback_url": item.callback_url}, now=clock())
    assert Subscription.objects.values_list("url", "failures", "retry_at", "last_error").get() == before


def test_events_that_are_numbered_later_go_to_the_new_address(item, receiver, clock):
    one = receiver()
    _lead_to(item, one.url, clock)
    assert numbering.number() == Event.objects.count()
    assert Subscription.objects.get().url == one.url
