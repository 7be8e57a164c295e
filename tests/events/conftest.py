"""Fixtures for the tests of events: receivers on a socket, and a clock that can be put forward."""

import pytest

from social_queue.events import receivers
from social_queue.models import Event
from tests.support import clock
from tests.support.receiver import Receiver


class Clock(clock.Clock):
    """One that stands still but for what a test lets pass by: what is due soon is not due because it took its time."""

    def pass_by(self, **time) -> None:
        self.forward(**time)


@pytest.fixture(name="clock")
def _clock():
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
