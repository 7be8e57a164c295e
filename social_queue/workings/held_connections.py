"""Threads keep their database connection while there is work, and give it back when there has been none for a while.

A thread that waits can't close anything, so whoever looks after the process does it for it. A server allows a few
hundred connections in all, and a cluster that has published a burst would keep half a hundred of them for ever.
"""

import contextlib
import threading
import time
import weakref
from collections.abc import Iterator

from django.db import DEFAULT_DB_ALIAS, close_old_connections, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from social_queue.workings import outages

#: Idle for longer than this, a connection is closed.
IDLE_S = 15.0
#: Used so lately it is not asked first whether it works: that costs as much as what it is wanted for, and whoever finds
#: it dead does the same again on another.
_SURELY_THERE_S = 1.0


class _Held:
    """One thread's connection, and whether the thread is at work on it."""

    def __init__(self, wrapper: BaseDatabaseWrapper) -> None:
        self.wrapper, self.lock = wrapper, threading.Lock()
        self.busy, self.since = False, time.monotonic()

    def close(self) -> None:
        """From another thread, which Django must be told is meant."""
        self.wrapper.inc_thread_sharing()
        try:
            self.wrapper.close()
        finally:
            self.wrapper.dec_thread_sharing()


#: Those of threads that are gone go with them.
_all: "weakref.WeakSet[_Held]" = weakref.WeakSet()
_mine = threading.local()
_counting = threading.Lock()


@contextlib.contextmanager
def in_use() -> Iterator[None]:
    """This thread is at work, on a connection that is neither broken nor too old."""
    held = _of_this_thread()
    with held.lock:
        held.busy, idle = True, time.monotonic() - held.since
    close_old_connections()
    outages.drop_suspect()
    if idle < _SURELY_THERE_S:
        vars(held.wrapper)["health_check_done"] = True  # the stubs do not know it
    try:
        yield
    finally:
        close_old_connections()
        with held.lock:
            held.busy, held.since = False, time.monotonic()


def close_idle(seconds: float = IDLE_S) -> None:
    """Close what threads of this process have not used for so long. Returns at once; takes nothing from anybody."""
    with _counting:
        everybody = list(_all)
    for held in everybody:
        with held.lock:
            if not held.busy and time.monotonic() - held.since >= seconds and held.wrapper.connection is not None:
                held.close()


def _of_this_thread() -> _Held:
    if not hasattr(_mine, "held"):
        wrapper = connections[DEFAULT_DB_ALIAS]
        _mine.held = _Held(wrapper)
        with _counting:
            _all.add(_mine.held)
    held: _Held = _mine.held
    return held
