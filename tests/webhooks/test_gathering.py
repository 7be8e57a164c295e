"""Requests at the same moment: few acts for all of them, each its own answer, and nobody waits for nobody."""

import threading
import time

import pytest
from django.db import OperationalError

from social_queue.webhooks.gathering import Gathering
from social_queue.workings.group_commit import LARGEST
from tests.workings.test_group_commit import CROWD, Ledger, crowd

pytestmark = pytest.mark.django_db(transaction=True)


def test_those_who_come_back_are_waited_for_and_a_lone_caller_waits_for_nobody():
    ledger = Ledger()
    ledger.open.set()
    act = Gathering(ledger)
    began = time.monotonic()
    for number in range(50):
        assert act(number) == 2 * number
    assert ledger.groups == [[number] for number in range(50)]
    assert time.monotonic() - began < 5
    ledger.open.clear()
    threading.Timer(0.3, ledger.open.set).start()
    assert crowd(act, range(CROWD)) == [2 * number for number in range(CROWD)]
    assert len(ledger.groups) <= 50 + 3


def test_a_fault_of_a_gathering_reaches_everybody_and_holds_nobody_up():
    ledger = Ledger(7, fault=OperationalError)
    act = Gathering(ledger)
    threading.Timer(0.3, ledger.open.set).start()
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
