"""Which workers of a cluster wait for a task: only for those is one fetched from the queue that all hosts share.

django-q2 fetches as many as its local queue holds, whatever its workers do. A tick lasts most of a minute: what was
fetched meanwhile waited for it, though another host had nothing to do, and was lost with the host where the broker
forgets what it hands out.
"""

import contextlib
import multiprocessing
import os
import time
from queue import Empty
from typing import Any

from django.conf import settings

from social_queue.workings.cluster.packets import PacketQueue, TaskQueue

#: A fetcher looks so often for a free worker, and returns after so long to hear whether it is to stop.
_LOOK_EVERY_S, _LOOK_FOR_S = 0.025, 0.5
#: For so many beats a worker that said it waits is believed; a frozen one takes nothing.
_BELIEVED_FOR = 2
#: What ends the library's workers and its monitor.
STOP = "STOP"


class Seats:
    """One for each worker, seen by all processes of the cluster. Made before the first of them is forked.

    Bare numbers: a lock could die with a killed process, and whoever comes for it sits down anew. Each is the moment at
    which whoever sits there last said that it waits for a task, in seconds of the machine's own clock; 0 with a task.
    """

    def __init__(self, number: int) -> None:
        self._waits = multiprocessing.RawArray("d", number)

    def vacant(self, taken: set[int]) -> int:
        """One on which nobody sits any more; who sat there last is no longer waited for."""
        seat = min(set(range(len(self._waits))) - taken)
        self._waits[seat] = 0
        return seat

    def mark(self, seat: int, *, waits: bool) -> None:
        """Whoever sits there waits for a task, or has one."""
        self._waits[seat] = time.monotonic() if waits else 0

    def silent_for(self, seat: int) -> float:
        """For how many beats whoever waits there has not said so; 0 where somebody has a task."""
        said = self._waits[seat]
        return float(time.monotonic() - said) / settings.PULSE_SECONDS if said else 0

    def free(self, queue: TaskQueue) -> int:
        """How many workers wait for more than lies in the local queue already."""
        lying = queue.qsize()  # asked first: a task taken in between then counts as lying and not as a free worker
        waiting = [seat for seat, said in enumerate(self._waits) if said and self.silent_for(seat) < _BELIEVED_FOR]
        return len(waiting) - lying


class _Forked:
    """Made by the guard for a process that it forks, which ends when the guard is no more: nobody else would stop it.

    It would go on with the code that it was started with, beside the cluster that comes instead.
    """

    def __init__(self) -> None:
        self._guard = os.getpid()

    def is_forsaken(self) -> bool:
        """Asked in that process, or by the guard itself."""
        return self._guard not in (os.getppid(), os.getpid())


class LocalQueue(_Forked):
    """The end of the local queue from which one worker takes its tasks."""

    def __init__(self, queue: TaskQueue, seats: Seats, seat: int) -> None:
        super().__init__()
        self._queue, self._seats, self._seat = queue, seats, seat

    def get(self) -> Any:
        """The next task, as soon as there is one; meanwhile every beat shows that somebody sits here."""
        while not self.is_forsaken():
            self._seats.mark(self._seat, waits=True)
            with contextlib.suppress(Empty):
                return self._next()
        return STOP

    def _next(self) -> Any:
        """Raises ``queue.Empty`` when none comes within a beat."""
        if not isinstance(self._queue, PacketQueue):
            task = self._queue.get(timeout=settings.PULSE_SECONDS)
            self._seats.mark(self._seat, waits=False)
            return task
        if not self._queue.comes(settings.PULSE_SECONDS):
            raise Empty
        # Before it takes it: one for whom nothing lies there any more would be fetched another, to lie there for long.
        self._seats.mark(self._seat, waits=False)
        return self._queue.get(block=False)


class Results(_Forked):
    """The end of the queue of results from which the monitor takes them."""

    def __init__(self, queue: TaskQueue) -> None:
        super().__init__()
        self._queue = queue

    def get(self) -> Any:
        """The next result, as soon as there is one."""
        while not self.is_forsaken():
            with contextlib.suppress(Empty):
                return self._queue.get(timeout=settings.PULSE_SECONDS)
        return STOP


class Broker(_Forked):
    """The broker as a cluster's fetcher sees it: it has something only while a worker waits for it."""

    def __init__(self, broker: Any, seats: Seats, queue: TaskQueue) -> None:
        super().__init__()
        self._broker, self._seats, self._queue = broker, seats, queue

    def dequeue(self) -> Any:
        """What the broker has, or None; also when no worker waits."""
        if self.is_forsaken():
            # The library has no word for it, and takes every other exception for the broker's.
            raise SystemExit
        ends = time.monotonic() + _LOOK_FOR_S
        while self._seats.free(self._queue) <= 0:
            if time.monotonic() > ends:
                return None
            time.sleep(_LOOK_EVERY_S)
        return self._broker.dequeue()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._broker, name)
