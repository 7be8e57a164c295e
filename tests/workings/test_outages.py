"""What is an outage of the database and what is not, and how long one is borne."""

import time

import pytest
from django.db import DataError, Error, IntegrityError, InterfaceError, OperationalError, connection, transaction

from social_queue.workings import outages
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    "fault",
    [
        OperationalError(2006, "MySQL server has gone away"),
        OperationalError(2013, "Lost connection to server during query"),
        OperationalError(1053, "Server shutdown in progress"),
        OperationalError(1021, "Disk full"),
        OperationalError(1213, "Deadlock found when trying to get lock"),
        InterfaceError(0, ""),
    ],
)
def test_it_is_one(fault):
    assert outages.is_outage(fault)


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("said", ["database is locked", "database or disk is full", "disk I/O error"])
def test_sqlite_says_it_in_words(said):
    assert outages.is_outage(OperationalError(said))


@pytest.mark.only_on("mysql", "postgresql")
def test_a_database_that_takes_nothing_for_now_is_one():
    """As one is that was just promoted, is being moved, or has a full disk."""
    words = {"mysql": "SET SESSION TRANSACTION READ ONLY", "postgresql": "SET default_transaction_read_only = on"}
    with connection.cursor() as cursor:
        cursor.execute(words[connection.vendor])
    try:
        with pytest.raises(Error) as told, transaction.atomic():
            factories.make_account("telegram")
    finally:
        connection.close()
    assert outages.is_outage(told.value), told.value


@pytest.mark.parametrize(
    "fault", [OperationalError(1054, "Unknown column"), IntegrityError(1062, "Duplicate"), DataError(), ValueError()]
)
def test_it_is_none(fault):
    assert not outages.is_outage(fault)


class Failing:
    """Fails so many times, then says how often it was asked."""

    def __init__(self, times: int, fault: Exception) -> None:
        self.times, self.fault, self.asked = times, fault, 0

    def __call__(self) -> int:
        self.asked += 1
        if self.asked <= self.times:
            raise self.fault
        return self.asked


class _Clock:
    """The machine's own clock, which passes while somebody sleeps and else stands still."""

    def __init__(self) -> None:
        self.now = time.monotonic()

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    told = _Clock()
    monkeypatch.setattr(outages, "time", told)
    # The first moment of a process, to its connection: nothing that another test met is suspected here, nor later.
    monkeypatch.setattr(outages._Trust, "since", 0.0)
    return told


def _outlast(act, *, seconds=5.0):
    return outages.outlast(act, seconds=seconds, what="a test", worth=outages.is_outage)


def test_it_is_tried_until_it_goes_well():
    assert _outlast(Failing(3, OperationalError(2002, "can't connect"))) == 4


def test_it_is_tried_no_longer_than_allowed(clock):
    act, began = Failing(1000, OperationalError(2002, "can't connect")), clock.now
    with pytest.raises(OperationalError):
        _outlast(act, seconds=1)
    assert clock.now - began <= 1
    assert act.asked > 2


def test_what_is_no_outage_is_raised_at_once():
    act = Failing(1, OperationalError(1054, "Unknown column"))
    with pytest.raises(OperationalError):
        _outlast(act)
    assert act.asked == 1


def test_within_a_transaction_nothing_is_repeated():
    act = Failing(1, OperationalError(2006, "gone away"))
    with transaction.atomic(), pytest.raises(OperationalError):
        _outlast(act)
    assert act.asked == 1
