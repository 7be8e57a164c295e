"""A running worker holds no more connections to its database than the handbook says, and few when it is idle."""

import gc
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from django.db import connection, connections
from django.utils import timezone

from social_queue.delivery import threads
from social_queue.models import Post
from social_queue.workings import held_connections
from tests import factories
from tests.support import children
from tests.support.environment import ROOT

pytestmark = pytest.mark.django_db(transaction=True)

WORKERS, BATCH, EVENTS = 2, 6, 2
#: As docs/deployment.md says it.
MOST = WORKERS * (BATCH + EVENTS + 4) + 4
#: With nothing to do: of each worker the process and its standby, and of the cluster what looks after it; one to spare.
AT_REST = WORKERS * 2 + 4 + 1


def _sessions() -> int:
    """How many others are logged in to this test's database."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT count(*) - 1 FROM pg_stat_activity WHERE datname = current_database()")
        else:
            cursor.execute("SELECT count(*) - 1 FROM information_schema.processlist WHERE db = database()")
        return cursor.fetchone()[0]


@pytest.fixture
def cluster(sandbox):
    sandbox.world.latency = 0.3
    told = {"Q_WORKERS": WORKERS, "DISPATCH_BATCH": BATCH, "EVENT_WORKERS": EVENTS, "LOG_LEVEL": "warning"}
    env = children.environment(**{name: str(value) for name, value in told.items()})
    held_connections.close_idle(0)
    # Those of other tests' threads that have ended are logged in until they are found to be garbage.
    gc.collect()
    process = subprocess.Popen([sys.executable, "manage.py", "qcluster"], cwd=ROOT, env=env, start_new_session=True)
    yield process
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.mark.only_on("postgresql", "mysql")
def test_a_worker_holds_as_many_as_the_handbook_says_and_gives_them_back(cluster):
    accounts = [factories.make_account("telegram", address=f"-10077{number}") for number in range(20)]
    now = timezone.now()
    for place in range(100):
        factories.make_post(factories.make_item(publish_at=now), accounts[place % 20])
    most, ends = 0, time.monotonic() + 90
    while Post.objects.filter(status="published").count() < 100:
        most = max(most, _sessions())
        assert time.monotonic() < ends, "they are not out"
        time.sleep(0.1)
    assert BATCH < most <= MOST

    ends = time.monotonic() + held_connections.IDLE_S + 30
    while (left := _sessions()) > AT_REST:
        assert time.monotonic() < ends, f"{left} connections are kept by a cluster that has nothing to do"
        time.sleep(0.5)


def test_only_what_nobody_uses_is_closed():
    theirs, at_work, done = [], threading.Event(), threading.Event()

    def work():
        with held_connections.in_use():
            Post.objects.count()
            theirs.append(connections["default"])
            at_work.set()
            done.wait(30)

    ended = threads.crew(1).submit(work)
    at_work.wait(30)
    [wrapper] = theirs
    held_connections.close_idle(0)
    assert wrapper.connection is not None
    done.set()
    ended.result()
    held_connections.close_idle(3600)
    assert wrapper.connection is not None
    held_connections.close_idle(0)
    assert wrapper.connection is None
