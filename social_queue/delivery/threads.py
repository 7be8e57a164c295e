"""The threads of a worker process that deliver posts and tell alerts, each on a database connection of its own."""

import functools
import gc
import logging
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar

from social_queue.alerts import telling
from social_queue.workings import held_connections

logger = logging.getLogger(__name__)

_Came = TypeVar("_Came")
#: Objects made more than gone, after which the youngest are looked through for garbage; Python's own number is 700.
_MADE_BETWEEN_LOOKS = 25_000


@functools.cache
def crew(size: int, name: str = "deliver") -> ThreadPoolExecutor:
    """So many threads of this process; kept, since each holds a connection."""
    return ThreadPoolExecutor(size, thread_name_prefix=name, initializer=_leave_signals_to_the_main_thread)


def _leave_signals_to_the_main_thread() -> None:
    """Interrupted in a wait that lasted too long, Python says "timed out" without looking whether the answer is there.

    So said a thread of a process that had been frozen, when its alarm went off as it went on.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM, signal.SIGTERM, signal.SIGINT})


def settle_in(sender: object, **_named: object) -> None:
    """Signal handler: a worker process has just been started and is about to run many threads.

    A thread that wakes shall not push aside the one that is at work, or all of them push each other all the time; web
    processes on the same machine come first, too.
    """
    look_seldom_for_garbage()
    if hasattr(os, "SCHED_BATCH"):
        try:
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
        except OSError as fault:
            logger.info("this worker runs without batch scheduling: %s", fault)


def look_seldom_for_garbage() -> None:
    """For a process that has been started, of workers or of the web, and is about to run many threads.

    What it has loaded need not be looked through, and what is made for a post or a request is nearly all gone with it.
    """
    gc.freeze()
    gc.set_threshold(_MADE_BETWEEN_LOOKS)


class Task(Future[_Came]):
    """Something that is done once, by whichever thread comes to it first."""

    def __init__(self, act: Callable[[], _Came]) -> None:
        super().__init__()
        self._act, self._mine = act, threading.Lock()

    @property
    def is_begun(self) -> bool:
        """Is somebody at it, or has it been done?"""
        return self._mine.locked()

    def __call__(self) -> None:
        """Do it, unless somebody is at it."""
        if not self._mine.acquire(blocking=False):
            return
        try:
            self.set_result(self._act())
        except BaseException as fault:
            self.set_exception(fault)
            raise


def run(act: Callable[[], _Came], *, size: int) -> Task[_Came]:
    """Do it in one of ``size`` threads, when one is free."""
    task = Task(act)
    _submit(task, crew(size))
    return task


def hurry(task: Task[_Came], *, size: int) -> None:
    """Do what none of those threads has come to in one of ``size`` others."""
    _submit(task, crew(size, "hurry"))


def tell(clock: Callable[[], datetime]) -> Task[None]:
    """Tell people the alerts that are due, in a thread of its own: a Telegram that hangs keeps no post waiting."""
    task = Task(functools.partial(_tell, clock))
    _submit(task, crew(1, "tell"))
    return task


def _submit(task: Task[_Came], crew_of_it: ThreadPoolExecutor) -> None:
    try:
        crew_of_it.submit(task)
    except RuntimeError:
        # The process ends, and the library takes no more work: what is claimed already is sent by whoever claimed it.
        # Or it may have no more threads; then the library has taken the work all the same, and a thread may be at it.
        task()


def _tell(clock: Callable[[], datetime]) -> None:
    try:
        with held_connections.in_use():
            telling.tell_due(clock())
    except Exception:
        logger.exception("alerts could not be sent")
