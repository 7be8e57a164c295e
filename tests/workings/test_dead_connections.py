"""Connections that died together are found out together: nobody waits out what another thread has waited out."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from social_queue.workings import group_commit, held_connections, outages
from tests.support.cable import cable

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.only_on("mysql", "postgresql")]

CROWD = 8
#: Seconds in which the database must answer.
TIMEOUT = 3


@pytest.fixture
def line(monkeypatch):
    """A cable to the database that every thread begun from now on has its connection through."""
    told = connections.settings["default"]
    with cable(int(told["PORT"])) as laid:
        impatient = {"patience" if connection.vendor == "postgresql" else "read_timeout": TIMEOUT}
        monkeypatch.setitem(told, "PORT", laid.port)
        monkeypatch.setitem(told, "OPTIONS", told["OPTIONS"] | impatient)
        yield laid


@pytest.fixture
def threads(line):
    """A crew in which each holds a connection that has been used."""
    together = threading.Barrier(CROWD)

    def open_one(_number):
        ask([0])
        together.wait(30)

    with ThreadPoolExecutor(CROWD) as crew:
        list(crew.map(open_one, range(CROWD)))
        yield crew
        list(crew.map(lambda _number: (together.wait(60), connection.close()), range(CROWD)))


def ask(numbers: list[int]) -> list[int]:
    """What a group writes together."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return [2 * number for number in numbers]


@pytest.mark.parametrize("checked", [True, False], ids=["in the middle of a task", "at the start of one"])
def test_a_group_whose_connections_all_died_waits_once(line, threads, checked):
    act, together = group_commit.Together(ask), threading.Barrier(CROWD)

    def write(number: int) -> int:
        if not checked:
            connection.close_if_unusable_or_obsolete()
        together.wait(30)
        time.sleep(number / 20)
        return outages.outlast(lambda: act(number), seconds=60, what="a test", worth=outages.is_outage)

    line.forget()
    began = time.monotonic()
    assert list(threads.map(write, range(CROWD))) == [2 * number for number in range(CROWD)]
    assert time.monotonic() - began < 3 * TIMEOUT


def test_whoever_is_answered_by_another_does_not_wait_with_its_next_statement(line, threads):
    act, together = group_commit.Together(ask), threading.Barrier(CROWD)
    line.forget()
    with pytest.raises(outages.FAULTS):
        threads.submit(outages.outlast, lambda: ask([1]), seconds=0, what="a test", worth=outages.is_outage).result()

    def write(number: int) -> list[int]:
        together.wait(30)
        return [act(number), *ask([number])]

    began = time.monotonic()
    assert list(threads.map(write, range(CROWD))) == [[2 * number] * 2 for number in range(CROWD)]
    assert time.monotonic() - began < TIMEOUT


def test_whoever_begins_a_task_afterwards_does_not_wait(line, threads):
    line.forget()
    with pytest.raises(outages.FAULTS):
        threads.submit(outages.outlast, lambda: ask([1]), seconds=0, what="a test", worth=outages.is_outage).result()

    def work(number: int) -> list[int]:
        with held_connections.in_use():
            return ask([number])

    began = time.monotonic()
    for number in range(2 * CROWD):
        assert threads.submit(work, number).result() == [2 * number]
    assert time.monotonic() - began < TIMEOUT


def test_a_refusal_is_no_sign_that_connections_died(line, threads):
    """A lock that is not given, a row that is not allowed: every other connection is as good as before."""

    together = threading.Barrier(CROWD)

    def mine(_number):
        with held_connections.in_use():
            together.wait(30)
            ask([1])
            return connection.connection

    before = set(threads.map(mine, range(CROWD)))
    collision = {"mysql": (1205, "Lock wait timeout exceeded")}.get(connection.vendor, ("lock not available",))
    fault = outages.OperationalError(*collision)
    fault.__cause__ = type("Refused", (Exception,), {"sqlstate": "55P03"})()
    outages.suspect(fault)
    assert set(threads.map(mine, range(CROWD))) == before
