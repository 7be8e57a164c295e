"""Which workers of a cluster wait for a task: only for those is one fetched from the queue that all hosts share.

django-q2 fetches as many as its local queue holds, whatever its workers do. A tick lasts most of a minute: what was
fetched meanwhile waited for it, though another host had nothing to do, and was lost with the host where the broker
forgets what it hands out.
"""

import multiprocessing
import time
from multiprocessing.queues import Queue
from typing import Any

#: A fetcher looks so often for a free worker, and returns after so long to hear whether it is to stop.
_LOOK_EVERY_S, _LOOK_FOR_S = 0.025, 0.5


class Seats:
    """One for each worker, seen by all processes of the cluster. Made before the first of them is forked.

    Bare numbers: a lock could die with a killed process, and whoever comes for it sits down anew.
    """

    def __init__(self, number: int) -> None:
        self._waits = multiprocessing.RawArray("b", number)

    def vacant(self, taken: set[int]) -> int:
        """One on which nobody sits any more; who sat there last is no longer waited for."""
        seat = min(set(range(len(self._waits))) - taken)
        self._waits[seat] = False
        return seat

    def mark(self, seat: int, *, waits: bool) -> None:
        """Whoever sits there waits for a task, or has one."""
        self._waits[seat] = waits

    def free(self, queue: "Queue[Any]") -> int:
        """How many workers wait for more than lies in the local queue already."""
        lying = queue.qsize()  # asked first: a task taken in between then counts as lying and not as a free worker
        return int(sum(self._waits)) - lying


class LocalQueue:
    """The end of the local queue from which one worker takes its tasks."""

    def __init__(self, queue: "Queue[Any]", seats: Seats, seat: int) -> None:
        self._queue, self._seats, self._seat = queue, seats, seat

    def get(self) -> Any:
        """The next task, as soon as there is one."""
        self._seats.mark(self._seat, waits=True)
        task = self._queue.get()
        self._seats.mark(self._seat, waits=False)
        return task


class Broker:
    """The broker as a cluster's fetcher sees it: it has something only while a worker waits for it."""

    def __init__(self, broker: Any, seats: Seats, queue: "Queue[Any]") -> None:
        self._broker, self._seats, self._queue = broker, seats, queue

    def dequeue(self) -> Any:
        """What the broker has, or None; also when no worker waits."""
        ends = time.monotonic() + _LOOK_FOR_S
        while self._seats.free(self._queue) <= 0:
            if time.monotonic() > ends:
                return None
            time.sleep(_LOOK_EVERY_S)
        return self._broker.dequeue()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._broker, name)
