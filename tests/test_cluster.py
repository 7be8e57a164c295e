"""A cluster whose workers are killed or stand still goes on, says how it is, and publishes without its task queue."""

import contextlib
import os
import signal
import socket
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_q.brokers import get_broker
from django_q.models import Schedule

from connectors.wire import line
from social_queue.delivery import dispatch
from social_queue.models import Attempt, Heartbeat, Post
from social_queue.workings import heartbeat
from tests import factories
from tests.support import clusters
from tests.support.fake_redis import fake_redis

pytestmark = pytest.mark.django_db(transaction=True)


class _Manager:
    """A service manager, which listens all the time: where nobody does, only ten words find room."""

    def __init__(self, address: Path) -> None:
        self.address, self.said = str(address), []
        self._ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._ear.bind(self.address)
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()

    def _listen(self) -> None:
        while words := self._ear.recv(200).decode():
            self.said.append(words)

    def hears(self, words: str) -> None:
        """Wait until it is said, from now on."""
        self.said.clear()
        clusters.until(lambda: any(words in one for one in self.said), seconds=60, what=f"nobody says {words}")

    def go(self) -> None:
        """An empty word of its own ends the listening."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as own:
            own.sendto(b"", self.address)
        self._listener.join()
        self._ear.close()


@pytest.fixture
def manager(tmp_path):
    """``manager.said`` is what was said to it."""
    listening = _Manager(tmp_path / "notify")
    yield listening
    listening.go()


@pytest.fixture
def cluster():
    """``cluster(**settings)``: a real one in a process group of its own, gone after the test."""
    with clusters.clusters() as start:
        yield start


def _felt_since(moment) -> bool:
    return Heartbeat.objects.filter(name="worker this-host", beat_at__gt=moment).exists()


def _ready(process) -> None:
    began = timezone.now()
    clusters.until(lambda: _felt_since(began), seconds=60, what="no pulse came")
    assert process.poll() is None


def _gone(process, *workers) -> None:
    """Wait until none of them is its guard's any more."""
    guard = clusters.guard(process)
    clusters.until(
        lambda: not set(workers) & set(clusters.children_of(guard)), seconds=90, what=f"not all of {workers} are missed"
    )


@contextlib.contextmanager
def _given_nothing(process):
    """Within the block its guard stands still: its workers have nothing in hand, nor get anything.

    What is stopped with a task in hand is another matter: it has until its time-out.
    """
    guard, broker = clusters.guard(process), get_broker()
    os.kill(guard, signal.SIGSTOP)
    clusters.until(lambda: clusters.stands_still(guard), seconds=60, what="the guard goes on")
    clusters.until(lambda: not broker.queue_size() + broker.lock_size(), seconds=60, what="tasks are left over")
    time.sleep(3)  # it is out of every queue: the pulse that it had laid, too, is felt
    yield
    os.kill(guard, signal.SIGCONT)


@pytest.fixture
def quiet():
    """Somebody else waits for posts, as on a site with another host: this one's workers are idle."""
    clusters.let_another_host_wait()


def test_workers_are_not_started_that_could_call_nobody(monkeypatch, tmp_path):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "gone.pem"))
    monkeypatch.setattr(line, "_local", threading.local())
    with pytest.raises(CommandError, match=r"REQUESTS_CA_BUNDLE.*gone\.pem"):
        call_command("qcluster")


def test_workers_killed_while_they_wait_for_a_task_take_nothing_with_them(sandbox, cluster, quiet):
    process = cluster()
    _ready(process)
    for worker in clusters.workers(process):
        os.kill(worker, signal.SIGKILL)
    killed_at = timezone.now() + timedelta(seconds=1)
    clusters.until(lambda: _felt_since(killed_at), seconds=60, what="the queue stands still for ever")


def test_workers_that_stand_still_are_replaced(sandbox, cluster, quiet, manager):
    process = cluster(NOTIFY_SOCKET=manager.address)
    _ready(process)
    manager.hears("WATCHDOG=1")
    frozen = clusters.workers(process)
    with _given_nothing(process):
        for worker in frozen:
            os.kill(worker, signal.SIGSTOP)
    stopped_at = timezone.now()
    clusters.until(lambda: _felt_since(stopped_at + timedelta(seconds=3)), seconds=90, what="nobody replaced them")
    _gone(process, *frozen)  # each has a silence of its own: whoever came for the first may answer before the last goes
    manager.hears("WATCHDOG=1")


def test_one_worker_that_stands_still_is_replaced_while_the_other_takes_tasks(sandbox, cluster, quiet):
    process = cluster()
    _ready(process)
    frozen, healthy = clusters.workers(process)
    with _given_nothing(process):
        os.kill(frozen, signal.SIGSTOP)
    _gone(process, frozen)
    assert healthy in clusters.children_of(clusters.guard(process))


def test_a_guard_that_stands_still_is_told_by_silence(sandbox, cluster, quiet, manager):
    process = cluster(NOTIFY_SOCKET=manager.address)
    _ready(process)
    guard = clusters.guard(process)
    os.kill(guard, signal.SIGSTOP)
    clusters.until(lambda: clusters.stands_still(guard), seconds=60, what="the guard goes on")
    time.sleep(0.5)  # what it said before is heard
    manager.said.clear()
    time.sleep(3)
    assert manager.said == []


@pytest.mark.parametrize("who", ["guard", "cluster"])
@pytest.mark.parametrize("works", [False, True], ids=["idle", "in a tick"])
def test_nobody_stays_behind_whose_guard_was_killed(sandbox, cluster, request, who, works):
    """It would go on beside the cluster that comes instead, with the code that it was started with."""
    if not works:
        request.getfixturevalue("quiet")
    process = cluster()
    _ready(process)
    clusters.until(
        lambda: len(clusters.children_of(clusters.guard(process))) == 4, seconds=60, what="not all are there"
    )
    os.kill(clusters.guard(process) if who == "guard" else process.pid, signal.SIGKILL)
    process.wait(timeout=60)
    clusters.until(lambda: not clusters.members(process.pid), seconds=60, what="some are left")


def test_a_cluster_that_is_told_to_stop_says_so_and_is_missed_by_nobody(sandbox, cluster, quiet, manager):
    process = cluster(NOTIFY_SOCKET=manager.address)
    _ready(process)
    process.terminate()
    process.wait(timeout=60)
    clusters.until(lambda: any("STOPPING=1" in one for one in manager.said), seconds=60, what="it stops without a word")
    assert heartbeat.clusters() == {}


def test_posts_go_out_while_the_broker_is_away(sandbox, cluster):
    account = factories.make_account("telegram")
    with fake_redis() as broker:
        process = cluster(Q_BROKER=broker.url, TICK_BUDGET="2")
        _ready(process)
        broker.go_away()
        time.sleep(6)  # the tick that was under way is over
        post = factories.make_post(factories.make_item(publish_at=timezone.now()), account)
        clusters.until(
            lambda: Post.objects.get(pk=post.pk).status == "published", seconds=60, what="it waits for the broker"
        )


def test_a_cluster_starts_without_its_broker(sandbox, cluster):
    with fake_redis() as broker:
        away = broker.url
    post = factories.make_post(factories.make_item(publish_at=timezone.now()), factories.make_account("telegram"))
    cluster(Q_BROKER=away)
    clusters.until(
        lambda: Post.objects.get(pk=post.pk).status == "published", seconds=60, what="it waits for the broker"
    )


def test_the_role_of_a_killed_cluster_is_taken_up_within_its_hold(sandbox, cluster):
    dead = cluster()
    clusters.until(
        lambda: not heartbeat.role_is_free(dispatch.WAITING_ROLE, now=timezone.now()), seconds=60, what="nobody waits"
    )
    # No tick of the next minute comes to help, however late that is.
    Schedule.objects.all().delete()
    os.killpg(dead.pid, signal.SIGKILL)
    dead.wait()
    cluster()
    due = timezone.now() + timedelta(seconds=5)
    post = factories.make_post(factories.make_item(publish_at=due), factories.make_account("telegram"))
    clusters.until(
        lambda: Post.objects.get(pk=post.pk).status == "published", seconds=60, what="it waits for the next minute"
    )


def test_a_worker_that_thaws_after_its_lease_writes_the_answers_it_was_given(sandbox, cluster, answers):
    """Others have moved its posts, its time-out is over and its guard has told it to go: what it knows still counts."""
    answers.hold()
    for number in range(8):
        place = factories.make_account("telegram", address=f"-10055{number}")
        factories.make_post(factories.make_item(publish_at=timezone.now()), place)
    short = {"TICK_BUDGET": "1", "PREPARE_BUDGET": "1", "CONNECT_TIMEOUT": "1", "READ_TIMEOUT": "6"}
    cluster(**short, Q_TIMEOUT="10", LEASE_SECONDS="11", Q_RETRY="12")
    sent = Attempt.objects.filter(sent_at__isnull=False)
    # Past its point of no return a post may still wait for its thread.
    clusters.until(lambda: len(sandbox.calls) == sent.count() == 8, seconds=60, what="they were not sent")
    [name] = set(sent.values_list("worker", flat=True))
    worker = int(name.rpartition(":")[2])
    os.kill(worker, signal.SIGSTOP)
    clusters.until(lambda: clusters.stands_still(worker), seconds=60, what="it goes on")
    answers.go()
    unknown = Post.objects.filter(status="unknown")
    try:
        clusters.until(lambda: unknown.count() == 8, seconds=90, what="nobody took the leases back")
    finally:
        os.kill(worker, signal.SIGCONT)
    clusters.until(lambda: not unknown.exists(), seconds=60, what="its answers were lost")
    assert Post.objects.filter(status="published").count() == len(sandbox.wall) == 8
