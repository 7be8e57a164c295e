"""Two sessions of a real server that meet: who waits, who goes on, and who does it again."""

import contextlib
import threading
import time

import pytest
from django.db import OperationalError, connection, transaction

from social_queue.models import Lock
from social_queue.workings import deadlocks, server_turns, turns

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.only_on("mysql", "postgresql")]


def _beside(act) -> threading.Thread:
    """Run ``act`` in a thread on a connection of its own."""

    def whole() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=whole)
    thread.start()
    return thread


def test_whoever_is_the_victim_of_a_deadlock_does_it_again():
    for name in ("a", "b"):
        Lock.objects.create(name=name)
    both_hold, tries, ends = threading.Barrier(2), [], []

    @deadlocks.again
    def cross(first: str, second: str) -> None:
        with transaction.atomic():
            Lock.objects.select_for_update().get(name=first)
            tries.append(first)
            if len(tries) <= 2:
                both_hold.wait(timeout=30)
            Lock.objects.select_for_update().get(name=second)
        ends.append(first)

    other = _beside(lambda: cross("b", "a"))
    cross("a", "b")
    other.join()
    assert (sorted(ends), len(tries)) == (["a", "b"], 3)


@pytest.fixture
def patience(monkeypatch):
    monkeypatch.setattr(server_turns, "PATIENCE_S", 1)
    monkeypatch.setattr(server_turns, "_patience", server_turns.Patience())


@contextlib.contextmanager
def _held_by_another():
    """The turn, by one that stands still."""
    held, free = threading.Event(), threading.Event()

    def hold() -> None:
        with turns.turn_to_claim():
            held.set()
            free.wait(timeout=30)

    other = _beside(hold)
    assert held.wait(timeout=30)
    yield
    free.set()
    other.join()


def test_a_turn_to_claim_is_waited_for_and_then_gone_on_without(patience):
    with _held_by_another():
        began = time.monotonic()
        with turns.turn_to_claim():
            waited = time.monotonic() - began
            Lock.objects.create(name="written without the turn")
    assert 0.9 < waited < 10
    assert Lock.objects.filter(name="written without the turn").exists()


def test_whoever_waited_in_vain_does_not_wait_again_until_a_turn_is_given(patience, caplog):
    """One that is stopped keeps its turn: each claim of every host would wait for it, for ever."""
    with _held_by_another():
        for _ in range(3):
            with turns.turn_to_claim():
                assert server_turns._patience.seconds == 0
    assert caplog.text.count("is it stopped?") == 1
    with turns.turn_to_claim():
        assert server_turns._patience.seconds == 1
    with _held_by_another(), turns.turn_to_claim():
        assert caplog.text.count("is it stopped?") == 2


def test_a_turn_that_comes_free_is_taken_at_once():
    order = []

    def first() -> None:
        with turns.turn_to_claim():
            order.append("first in")
            time.sleep(0.3)
            order.append("first out")

    other = _beside(first)
    while not order:
        time.sleep(0.01)
    with turns.turn_to_claim():
        order.append("second in")
    other.join()
    assert order == ["first in", "first out", "second in"]


def test_what_fails_within_a_turn_is_what_the_caller_sees():
    with pytest.raises(ZeroDivisionError), turns.turn_to_claim():
        raise ZeroDivisionError
    with turns.turn_to_claim():
        assert Lock.objects.count() == 0


@pytest.mark.only_on("mysql")
def test_so_it_is_when_the_connection_broke_within():
    """The driver's "commands out of sync", said when the lock was given back, hid that the server was gone."""
    with pytest.raises(ZeroDivisionError):
        _break_within_a_turn()
    with turns.turn_to_claim():
        assert Lock.objects.count() == 0


def _break_within_a_turn() -> None:
    with turns.turn_to_claim():
        connection.connection.query("SELECT 1")  # whose answer nobody reads
        raise ZeroDivisionError


@pytest.mark.only_on("postgresql")
def test_in_a_turn_locks_are_waited_for_as_anywhere(patience):
    """However long, or not at all, the turn itself was waited for."""
    usual = _lock_timeout()
    with _held_by_another(), turns.turn_to_claim():
        assert _lock_timeout() == usual
    with turns.turn_to_claim():  # nobody has it, and nobody would be waited for
        assert _lock_timeout() == usual
    with _given_back_soon(), turns.turn_to_claim():
        assert _lock_timeout() == usual


def _lock_timeout() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        return cursor.fetchone()[0]


@contextlib.contextmanager
def _given_back_soon():
    """The turn, by one that waits until somebody else waits for it."""
    held = threading.Event()

    def hold() -> None:
        with turns.turn_to_claim():
            held.set()
            deadline = time.monotonic() + 30
            while not _somebody_waits() and time.monotonic() < deadline:
                time.sleep(0.01)

    other = _beside(hold)
    assert held.wait(timeout=30)
    yield
    other.join()


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return cursor.fetchone()[0] > 0


@pytest.mark.only_on("postgresql")
def test_a_lock_that_is_not_given_in_time_is_a_collision():
    Lock.objects.create(name="a")
    held, free = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Lock.objects.select_for_update().get(name="a")
            held.set()
            free.wait(timeout=30)

    other = _beside(hold)
    assert held.wait(timeout=30)
    with pytest.raises(OperationalError) as met:
        _take_within_a_moment("a")
    free.set()
    other.join()
    assert deadlocks.is_collision(met.value)


def _take_within_a_moment(name: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '50ms'")
        Lock.objects.select_for_update().get(name=name)
