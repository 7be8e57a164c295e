"""Subscriptions in the desk: made with a secret that is shown once, tested, paused, resumed; events and their log."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from standardwebhooks import Webhook

from social_queue.events import sending
from social_queue.models import Event, EventSending, Subscription
from tests.support.receiver import Receiver

pytestmark = pytest.mark.django_db(transaction=True)
ADD = "admin:queue_subscription_add"


@pytest.fixture
def receiver(settings):
    with Receiver() as running:
        settings.MEDIA_ALLOWED_HOSTS = [running.netloc]
        yield running


def test_it_is_made_with_a_secret_shown_once_and_told(desk, receiver):
    answer = desk.client.post(reverse(ADD), {"url": receiver.url, "types": ["item.posted"]})
    secret = re.search(r"whsec_[A-Za-z0-9+/=]+", answer.content.decode().replace("&#x3D;", "="))[0]
    assert "no-store" in answer["Cache-Control"]
    row = Subscription.objects.get()
    assert secret not in desk.page(row)
    Event.objects.create(type="item.posted", data={"item": {"id": 1, "title": "Gates"}})
    sending.deliver_due(clock=timezone.now)
    headers, body = receiver.asked[0]
    assert Webhook(secret).verify(body, {name.lower(): value for name, value in headers.items()})
    assert "Gates" in desk.list("event")
    assert "200" in desk.list("eventsending")


def test_a_private_address_is_refused_with_the_sentence(desk):
    answer = desk.client.post(reverse(ADD), {"url": "http://127.0.0.1:9009/"})
    assert "loopback address" in desk.text(answer)
    assert not Subscription.objects.exists()


def test_it_is_tested_paused_and_resumed(desk, receiver):
    desk.client.post(reverse(ADD), {"url": receiver.url})
    row = Subscription.objects.get()
    assert "done." in desk.press(row, "test")
    assert receiver.heard[0]["type"] == "ping"
    assert "done." in desk.press(row, "pause")
    Event.objects.create(type="item.posted", data={"item": {"id": 1}})
    assert sending.deliver_due(clock=timezone.now) == {}
    assert "1" in desk.page(row)
    assert "done." in desk.press(row, "resume")
    assert sending.deliver_due(clock=timezone.now) == {"taken": 1}


def test_an_event_is_sent_again_out_of_turn_under_its_own_id(desk, receiver):
    desk.client.post(reverse(ADD), {"url": receiver.url})
    Event.objects.create(type="item.posted", data={"item": {"id": 1}})
    sending.deliver_due(clock=timezone.now)
    assert "done." in desk.press(EventSending.objects.get(), "replay")
    assert len({headers["webhook-id"] for headers, _ in receiver.asked}) == 1
    assert EventSending.objects.count() == 2


def test_who_may_only_look_makes_nothing_and_presses_nothing(client, django_user_model, grant, receiver):
    user = django_user_model.objects.create_user("looker", is_staff=True)
    grant(user, "queue.view_subscription", "queue.view_eventsending")
    client.force_login(user)
    assert client.post(reverse(ADD), {"url": receiver.url}).status_code == 403
    row = Subscription.objects.create(url=receiver.url)
    address = reverse("admin:queue_subscription_press", args=[row.pk, "test"])
    assert client.post(address).status_code == 403
    assert not receiver.asked
