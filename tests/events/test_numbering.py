"""Whoever has read up to a number has missed nothing, whatever order things were committed in."""

import threading

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from social_queue.events import numbering
from social_queue.models import Event

pytestmark = pytest.mark.django_db(transaction=True)


def _write(count: int = 1) -> None:
    Event.objects.bulk_create(Event(type="item.posted") for _ in range(count))


def _sequences() -> list[int]:
    return list(Event.objects.exclude(sequence=None).order_by("pk").values_list("sequence", flat=True))


def test_numbers_rise_in_the_order_of_writing():
    _write(3)
    assert numbering.number() == 3
    _write(2)
    assert numbering.number() == 2
    assert _sequences() == sorted(set(_sequences())) and len(_sequences()) == 5


@settings(deadline=None, max_examples=30)
@given(late=st.lists(st.integers(1, 60), unique=True, min_size=1, max_size=20), steps=st.integers(1, 5))
def test_what_is_committed_late_comes_after_what_was_read(late, steps):
    """Rows below ``late`` ids are seen first; those that come afterwards are never put before them."""
    Event.objects.all().delete()
    seen: list[str] = []
    for round_number in range(steps):
        for number in late[round_number::steps]:
            Event.objects.create(pk=number + 1000, uid=f"e{number}", type="item.posted")
        before = numbering.last()
        numbering.number()
        fresh = Event.objects.filter(sequence__gt=before).order_by("sequence").values_list("uid", flat=True)
        seen.extend(fresh)
    assert sorted(seen) == sorted(f"e{number}" for number in late)


@pytest.mark.only_on("mysql")
def test_an_open_transaction_holds_nobody_up_and_is_numbered_when_it_ends():
    written, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            _write()
            written.set()
            go_on.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    written.wait(10)
    _write()
    assert numbering.number() == 1
    read_up_to = numbering.last()
    go_on.set()
    thread.join()
    assert numbering.number() == 1
    assert Event.objects.filter(sequence__gt=read_up_to).count() == 1
