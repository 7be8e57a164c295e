"""Workers that are told to stop finish what they have in hand, and do it soon."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.utils import timezone

from social_queue.delivery import dispatch
from social_queue.models import Attempt, Post
from social_queue.workings import heartbeat
from tests import factories
from tests.support import children
from tests.support.environment import ROOT

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cluster():
    """``cluster()``: a real worker with its processes in a group of their own, none of which outlives the test."""
    started = []

    def start() -> subprocess.Popen:
        words = [sys.executable, "manage.py", "qcluster"]
        env = children.environment(Q_WORKERS="2", LOG_LEVEL="warning")
        started.append(subprocess.Popen(words, cwd=ROOT, env=env, start_new_session=True))
        return started[-1]

    yield start
    for process in started:
        if _alive(process.pid):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def _until(happened, *, seconds: float) -> None:
    began = time.monotonic()
    while not happened():
        assert time.monotonic() - began < seconds, f"it did not happen; there are\n{_processes()}"
        time.sleep(0.05)


def _processes() -> str:
    """Read from /proc: a bare machine has no ps."""
    shown = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            shown.append(f"{(process / 'stat').read_text()[:60]} {words}")
    return "\n".join(line for line in shown if "qcluster" in line or "python" in line)


def _somebody_waits() -> bool:
    return not heartbeat.role_is_free(dispatch.WAITING_ROLE, now=timezone.now())


def test_a_cluster_that_is_told_to_stop_does_not_wait_for_the_end_of_a_tick(sandbox, cluster):
    process = cluster()
    _until(_somebody_waits, seconds=60)
    process.terminate()
    _until(lambda: process.poll() is not None and not _alive(process.pid), seconds=15)
    assert not _somebody_waits()


@pytest.mark.parametrize("everybody", [False, True], ids=["the cluster alone", "all its processes"])
def test_what_is_being_sent_is_finished_first(sandbox, cluster, everybody):
    account = factories.make_account("telegram")
    sandbox.scenario(account.address, "slow", seconds=3)
    post = factories.make_post(factories.make_item(publish_at=timezone.now()), account)
    process = cluster()
    _until(lambda: Attempt.objects.filter(sent_at__isnull=False).exists(), seconds=60)
    (os.killpg if everybody else os.kill)(process.pid, signal.SIGTERM)
    _until(lambda: process.poll() is not None and not _alive(process.pid), seconds=60)
    assert Post.objects.get(pk=post.pk).status == "published"
    assert len(sandbox.wall) == 1
