"""Requests at the same moment: few acts for all of them, each its own answer, and nobody waits for nobody."""

import time
from types import SimpleNamespace

import pytest
from django.db import OperationalError

from social_queue.webhooks import gathering
from social_queue.webhooks.gathering import Gathering
from social_queue.workings.group_commit import LARGEST
from tests.support.waiting import until
from tests.workings.test_group_commit import CROWD, Ledger, crowd

pytestmark = pytest.mark.django_db(transaction=True)


class Shut(Ledger):
    """One whose first group is at work until all of a crowd are there."""

    act: Gathering
    held = 0

    def __call__(self, numbers: list[int]) -> list[int]:
        if not self.open.is_set():
            self.held = len(numbers)
            until(lambda: self.held + len(self.act._waiting) >= CROWD, "all of the crowd are there")
            self.open.set()
        return super().__call__(numbers)


def shut(*bad: int, **told) -> Shut:
    """With its gathering, ``act``."""
    ledger = Shut(*bad, **told)
    ledger.act = Gathering(ledger)
    return ledger


def test_those_who_come_back_are_waited_for_and_a_lone_caller_waits_for_nobody(monkeypatch):
    ledger, waited = shut(), []
    monkeypatch.setattr(gathering, "time", SimpleNamespace(monotonic=time.monotonic, sleep=waited.append))
    ledger.open.set()
    act = ledger.act
    for number in range(50):
        assert act(number) == 2 * number
    assert ledger.groups == [[number] for number in range(50)]
    assert not waited
    monkeypatch.undo()
    ledger.open.clear()
    assert crowd(act, range(CROWD)) == [2 * number for number in range(CROWD)]
    assert len(ledger.groups) <= 50 + 3


def test_a_fault_of_a_gathering_reaches_everybody_and_holds_nobody_up():
    ledger = shut(7, fault=OperationalError)
    act = ledger.act
    answers = crowd(act, range(CROWD))
    assert isinstance(answers[7], OperationalError)
    assert all(
        answer == 2 * number for number, answer in enumerate(answers) if not isinstance(answer, OperationalError)
    )
    assert act(3) == 6


def test_of_more_than_a_group_may_hold_everybody_is_answered():
    ledger = Ledger()
    ledger.open.set()
    many = 3 * LARGEST
    assert crowd(Gathering(ledger), range(many)) == [2 * number for number in range(many)]
    assert max(map(len, ledger.groups)) <= LARGEST
    assert sorted(number for group in ledger.groups for number in group) == list(range(many))
