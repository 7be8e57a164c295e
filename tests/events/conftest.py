"""Fixtures for the tests of events: receivers on a socket, and a clock that can be put forward."""

from datetime import timedelta

import pytest
from django.utils import timezone

from social_queue.events import receivers
from social_queue.models import Event
from tests.support.receiver import Receiver


class Clock:
    """The time, and as much more as a test has put it forward."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self):
        return timezone.now() + self.ahead

    def pass_by(self, **time) -> None:
        self.ahead += timedelta(**time)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def receiver(settings):
    """``receiver(answer, slow=…)``: a running one that the guard lets through."""
    running = []

    def make(*args, **kwargs) -> Receiver:
        one = Receiver(*args, **kwargs).__enter__()
        running.append(one)
        settings.MEDIA_ALLOWED_HOSTS = [*settings.MEDIA_ALLOWED_HOSTS, one.netloc]
        return one

    yield make
    for one in running:
        one.__exit__()


@pytest.fixture
def subscribed(db, receiver):
    """``subscribed(answer, types=…)`` → (receiver, subscription, secret)."""

    def make(*args, types=(), **kwargs):
        one = receiver(*args, **kwargs)
        return one, *receivers.make(one.url, types)

    return make


@pytest.fixture
def happen(db):
    """``happen(3)``: so many events of items."""

    def make(count: int = 1, type: str = "item.posted", **fields) -> None:
        Event.objects.bulk_create(
            Event(type=type, data={"item": {"id": number}}, **fields) for number in range(1, count + 1)
        )

    return make
