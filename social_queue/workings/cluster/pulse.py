"""The pulse of one cluster: a task that goes through its own queue, and what is told to systemd while it comes through.

What a cluster publishes says nothing of it: another host's may have done it. So each cluster lays a small task into its
own local queue every few seconds; a worker that takes it proves that the queue moves. Whoever is at work on something
longer is watched by the queue's own time-out.
"""

import contextlib
import logging
import multiprocessing
import os
import signal
import socket
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from queue import Full
from typing import Protocol

from django.conf import settings

from social_queue.workings.cluster.packets import TaskQueue
from social_queue.workings.cluster.seats import Seats

logger = logging.getLogger(__name__)

TASK = "social_queue.tasks.pulse"
#: An idle worker that leaves a task lying for so many beats is told to go, and killed when it does not.
TELL_AFTER, KILL_AFTER = 2, 4
#: A service manager that does not listen is told nothing after so many seconds: the workers need their guard.
_TOLD_WITHIN_S = 1.0
#: Made before the workers are forked, so all of them see it. A bare number: a lock could die with a killed process.
_felt = multiprocessing.RawValue("d", 0.0)


class Timer(Protocol):
    """How many seconds a worker's task has left; below zero while it has none."""

    value: float


class Worker(Protocol):
    """A worker's process, as django-q2 keeps it."""

    pid: int
    timer: Timer
    seat: int


def feel() -> None:
    """A worker of this cluster is alive and takes tasks."""
    _felt.value = time.monotonic()


def notify(words: str) -> None:
    """Tell the service manager, if there is one. https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html"""
    place = settings.NOTIFY_SOCKET
    if not place:
        return
    address = f"\0{place[1:]}" if place.startswith("@") else place
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as said:
            said.settimeout(_TOLD_WITHIN_S)
            said.connect(address)
            said.send(words.encode())
    except OSError as fault:
        logger.warning("the service manager could not be told %s: %s", words, fault)


@dataclass
class Watch:
    """One cluster's pulse, looked at from the process that guards it."""

    queue: TaskQueue
    seats: Seats
    laid_at: float = 0.0
    looked_at: float = 0.0
    #: When which idle worker left the laid task lying for the first time.
    idle_since: dict[int, float] = field(default_factory=dict)
    #: Who was there when the task was laid: one of them has it in hand when it lies there no longer.
    takers: set[int] = field(default_factory=set)
    reported: set[int] = field(default_factory=set)

    def look(self, workers: Iterable[Worker]) -> None:
        """Lay a task when the last one was taken; replace idle workers that take none; tell systemd how it stands."""
        now = time.monotonic()
        if now - self.looked_at < min(1.0, settings.PULSE_SECONDS / 2):
            return
        self.looked_at = now
        answered = _felt.value >= self.laid_at
        present = list(workers)
        idle = [worker.pid for worker in present if worker.timer.value == -1]
        if answered:
            self.idle_since.clear()
            if now - self.laid_at >= settings.PULSE_SECONDS:
                self.laid_at = now
                self._lay(present)
        else:
            if not self.takers.intersection(idle) and not self.queue.qsize():
                # Whoever took it is gone, and took it along: those who came since have nothing to answer.
                self._lay(present)
            self.idle_since = {pid: self.idle_since.get(pid, now) for pid in idle}
        self.reported.intersection_update(worker.pid for worker in present)
        for worker in present:
            waited = (now - self.idle_since.get(worker.pid, now)) / settings.PULSE_SECONDS
            self._replace(worker.pid, max(waited, self.seats.silent_for(worker.seat)))
        if answered or not idle or now - self.laid_at < TELL_AFTER * settings.PULSE_SECONDS:
            notify("WATCHDOG=1")

    def _lay(self, workers: Iterable[Worker]) -> None:
        self.takers = {worker.pid for worker in workers}
        task: dict[str, object] = {
            "id": uuid.uuid4().hex,
            "name": "pulse",
            "func": TASK,
            "args": (),
            "kwargs": {},
            "started": None,
        }
        try:
            self.queue.put(task, block=False)
        except Full:
            logger.info("the local queue is full: its tasks are the pulse")
        except OSError as fault:
            # Such as too many files on the whole machine: without the guard there would be no workers either. Nobody is
            # at fault who has nothing to take; the next look lays another.
            logger.error("no pulse could be laid: %s", fault)
            self.laid_at = 0.0

    def _replace(self, pid: int, beats: float) -> None:
        """What it has in hand beside the queue is finished first; what stands still can only be killed."""
        if beats > KILL_AFTER:
            logger.critical("worker %s takes no task and does not go: it is killed", pid)
            _send(signal.SIGKILL, pid)
        elif beats > TELL_AFTER and pid not in self.reported:
            logger.critical("worker %s has nothing to do and takes no task: it is replaced", pid)
            self.reported.add(pid)
            _send(signal.SIGTERM, pid)


def _send(number: int, pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
