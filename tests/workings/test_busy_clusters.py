"""A cluster whose workers all have something to do leaves further tasks in the queue, where other hosts find them."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from django.utils import timezone
from django_q.brokers import get_broker
from django_q.models import Schedule
from django_q.tasks import async_task

from social_queue.models import Heartbeat
from social_queue.workings import heartbeat
from tests.support import clusters
from tests.support.clusters import until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cluster(sandbox):
    """``cluster(name)``: one with a single worker, which nobody but the test gives tasks, and no ticks of its own."""
    clusters.let_another_host_wait()
    Schedule.objects.all().delete()
    with clusters.clusters() as start:

        def begin(name: str) -> subprocess.Popen:
            process = start(Q_WORKERS="1", TICK_BUDGET="1", WORKER_NAME=name)
            until(lambda: name in heartbeat.clusters(), seconds=60, what="no pulse came")
            return process

        yield begin


def _lay(number: int) -> None:
    """So many tasks, each of which leaves a row."""
    for one in range(number):
        async_task("social_queue.workings.heartbeat.beat", f"task {one}", now=timezone.now())


def _done() -> int:
    return Heartbeat.objects.filter(name__startswith="task ").count()


@pytest.fixture
def long_task(tmp_path):
    """``long_task()`` keeps the only cluster's only worker busy until the test ends, or the file that it returns."""
    lasts = tmp_path / "lasts"

    def begin() -> Path:
        lasts.touch()
        until(lambda: not get_broker().queue_size() + get_broker().lock_size(), seconds=60, what="tasks are left over")
        waiting = f"touch {lasts}.began; while [ -e {lasts} ]; do sleep 0.1; done"
        async_task("subprocess.call", ["sh", "-c", waiting])
        until(lasts.with_suffix(".began").exists, seconds=60, what="nobody takes the long task")
        return lasts

    yield begin
    lasts.unlink(missing_ok=True)


def test_tasks_that_wait_for_a_busy_host_are_done_by_another(cluster, long_task):
    cluster("busy-host")
    long_task()
    _lay(3)
    time.sleep(2)
    assert (_done(), get_broker().queue_size()) == (0, 3)

    cluster("free-host")
    until(lambda: _done() == 3, seconds=60, what="the busy host keeps tasks for itself")


def test_a_host_that_is_free_again_goes_on_with_what_waits(cluster, long_task):
    cluster("busy-host")
    lasts = long_task()
    _lay(20)
    lasts.unlink()
    until(lambda: _done() == 20, seconds=60, what="it takes no more tasks")


def test_whoever_comes_for_a_killed_worker_takes_what_waits(cluster, long_task):
    process = cluster("busy-host")
    long_task()
    _lay(3)
    os.kill(clusters.workers(process, 1)[0], signal.SIGKILL)
    until(lambda: _done() == 3, seconds=60, what="it counts as busy for ever")
