"""The threads of a worker process that deliver posts and tell alerts, each on a database connection of its own."""

import contextlib
import functools
import gc
import logging
import os
import signal
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from queue import Empty, SimpleQueue

from social_queue.alerts import telling
from social_queue.delivery.deliver import Clock, deliver
from social_queue.delivery.ending import Ending
from social_queue.delivery.errands import taking
from social_queue.delivery.errands.doing import carry_out
from social_queue.models import Attempt
from social_queue.wording.templates.finding import Shelf
from social_queue.workings import held_connections, outages, stopping

logger = logging.getLogger(__name__)


@functools.cache
def crew(size: int) -> ThreadPoolExecutor:
    """This process's threads, ``size`` for posts and one for alerts; kept, since each holds a connection."""
    return ThreadPoolExecutor(size + 1, thread_name_prefix="deliver", initializer=_leave_signals_to_the_main_thread)


def _leave_signals_to_the_main_thread() -> None:
    """Interrupted in a wait that lasted too long, Python says "timed out" without looking whether the answer is there.

    So said a thread of a process that had been frozen, when its alarm went off as it went on.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM, signal.SIGTERM, signal.SIGINT})


def settle_in(sender: object, **_named: object) -> None:
    """Signal handler: a worker process has just been started and is about to run many threads.

    A thread that wakes shall not push aside the one that is at work, or all of them push each other all the time; web
    processes on the same machine come first, too. What was loaded at the start need not be looked through for garbage.
    """
    gc.freeze()
    if hasattr(os, "SCHED_BATCH"):
        try:
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
        except OSError as fault:
            logger.info("this worker runs without batch scheduling: %s", fault)


def send(attempt: Attempt, clock: Clock, shelf: Shelf, *, size: int) -> Future[Ending | None]:
    """Deliver one claimed post in a thread; the result is its Ending, or None when a newer attempt took over."""
    try:
        return crew(size).submit(_send, attempt, clock, shelf)
    except RuntimeError:
        # The process ends, and the library takes no more work: what is claimed already is sent by whoever claimed it.
        done: Future[Ending | None] = Future()
        done.set_result(_send(attempt, clock, shelf))
        return done


class InHand:
    """The attempts of one run that are under way in threads, ``size`` at most."""

    def __init__(self, clock: Clock, size: int) -> None:
        self.size = size
        self._clock, self._count = clock, 0
        self._ended: SimpleQueue[Future[Ending | None]] = SimpleQueue()
        #: Deletions and corrections, which are held by short leases.
        self._errands: dict[Future[Ending | None], Attempt] = {}
        self._said_so_at: datetime | None = None

    def __len__(self) -> int:
        return self._count

    @property
    def room(self) -> int:
        """How many more may be sent."""
        return self.size - self._count

    def send(self, attempts: list[Attempt]) -> None:
        """Begin to deliver the posts of one claim."""
        shelf = Shelf()
        for attempt in attempts:
            future = send(attempt, self._clock, shelf, size=self.size)
            if attempt.kind != Attempt.Kind.POST:
                self._errands[future] = attempt
            future.add_done_callback(self._ended.put)
        self._count += len(attempts)

    def collect(self) -> Iterable[Ending]:
        """How attempts ended since the last call, superseded ones left out; waits a moment when none did."""
        done = []
        with contextlib.suppress(Empty):
            done.append(self._ended.get(timeout=0.2))
            while True:
                done.append(self._ended.get_nowait())
        self._count -= len(done)
        for future in done:
            self._errands.pop(future, None)
        self._say_so()
        return filter(None, (future.result() for future in done))

    def _say_so(self) -> None:
        """Deletions that take their time are not left by a dead worker."""
        if not self._errands:
            return
        now = self._clock()
        if self._said_so_at is not None and abs(now - self._said_so_at) < taking.SAY_SO_EVERY:
            return
        self._said_so_at = now
        slow = [attempt for attempt in self._errands.values() if now - attempt.started_at >= taking.SAY_SO_EVERY]
        try:
            taking.hold_on(slow, now=now)
        except outages.FAULTS as fault:
            logger.info("what is under way could not be held on to: %s", fault)


def tell(clock: Clock, *, size: int) -> Future[None]:
    """Tell people the alerts that are due, in a thread."""
    return crew(size).submit(_tell, clock)


def _send(attempt: Attempt, clock: Clock, shelf: Shelf) -> Ending | None:
    try:
        with stopping.finishing(), held_connections.in_use():
            if attempt.kind != Attempt.Kind.POST:
                return carry_out(attempt, clock=clock)
            return deliver(attempt, clock=clock, shelf=shelf)
    except Exception:
        # The outcome could not be written for the whole of a lease, which will speak for the post.
        post = attempt.post
        logger.exception("post %s: its outcome could not be recorded", post.pk, extra={"post": post.pk})
        return Ending(post.pk, post.item_id, post.platform, post.account.slug, "unrecorded")


def _tell(clock: Clock) -> None:
    try:
        with held_connections.in_use():
            telling.tell_due(clock())
    except Exception:
        logger.exception("alerts could not be sent")
