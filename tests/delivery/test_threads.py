"""A worker process that has just been started makes itself at home."""

import gc
import os
import subprocess
import sys

import pytest

from social_queue.delivery import threads

WORKER = """
import gc, os
from social_queue.delivery import threads
threads.settle_in(None)
print(gc.get_freeze_count() > 0, os.sched_getscheduler(0) == os.SCHED_BATCH)
"""


@pytest.fixture
def thawed():
    yield
    gc.unfreeze()


def test_a_worker_takes_its_place_behind_others():
    words = [sys.executable, "-c", "import django; django.setup()\n" + WORKER]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "True True\n"


def test_a_machine_that_does_not_allow_it_costs_nothing(monkeypatch, thawed):
    def refuse(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "sched_setscheduler", refuse)
    threads.settle_in(None)
