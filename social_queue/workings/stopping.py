"""Graceful stop: a worker that is asked to stop claims nothing more, finishes what it has in hand, and exits.

The cluster's process tells its workers through shared memory, since a service manager may tell the cluster alone; one
that tells every process at once (a terminal, honcho) reaches the workers as SIGTERM, which waits until the tick ends.
"""

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator

#: Made before the workers are forked, so all of them see it. A bare number: a lock could die with a killed process.
_cluster_stops = multiprocessing.RawValue("b", 0)


class _Self:
    """Whether this process was asked to stop, how many things it is in the middle of, and whose worker it is."""

    requested = False
    busy = 0
    guard: int | None = None


#: Held while ``busy`` is counted; the signal's handler only reads it, since it may interrupt whoever holds this.
_counting = threading.Lock()


def ask_all() -> None:
    """Ask every process that was forked from this one to stop."""
    _cluster_stops.value = 1


def requested() -> bool:
    """Was this process asked to stop, or is its guard no more? Then it must claim nothing more."""
    asked = _Self.requested or bool(_cluster_stops.value) or not threading.main_thread().is_alive()
    return asked or (_Self.guard is not None and os.getppid() != _Self.guard)


@contextlib.contextmanager
def finishing() -> Iterator[None]:
    """A SIGTERM that arrives inside the block takes effect at its end."""
    with _counting:
        _Self.busy += 1
    try:
        yield
    finally:
        with _counting:
            _Self.busy -= 1
            done = not _Self.busy
        if done and _Self.requested:
            _go()


def heed(sender: object, **_named: object) -> None:
    """Signal handler of django-q2: a worker that has just been started listens to SIGTERM."""
    _Self.guard = os.getppid()
    signal.signal(signal.SIGTERM, _on_signal)


def _on_signal(*_signal_and_frame: object) -> None:
    _Self.requested = True
    if not _Self.busy:
        _go()


def _go() -> None:
    # Only the main thread may change what a signal does; in any other the signal itself calls this.
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGTERM)
