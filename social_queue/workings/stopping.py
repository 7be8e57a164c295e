"""Graceful stop: a worker that is asked to stop claims nothing more, finishes what it has in hand, and exits.

The cluster's process tells its workers through shared memory, since a service manager may tell the cluster alone; one
that tells every process at once (a terminal, honcho) reaches the workers as SIGTERM, which waits until the tick ends.
"""

import contextlib
import multiprocessing
import os
import signal
from collections.abc import Iterator

#: Made before the workers are forked, so all of them see it. A bare number: a lock could die with a killed process.
_cluster_stops = multiprocessing.RawValue("b", 0)


class _Self:
    """Whether this process was asked to stop, and whether it is in the middle of work."""

    told = False
    busy = False


def tell_all() -> None:
    """Ask every process that was forked from this one to stop."""
    _cluster_stops.value = 1


def told() -> bool:
    """Was this process asked to stop? Then it must claim nothing more."""
    return _Self.told or bool(_cluster_stops.value)


@contextlib.contextmanager
def finishing() -> Iterator[None]:
    """A SIGTERM that arrives inside the block takes effect at its end."""
    _Self.busy = True
    try:
        yield
    finally:
        _Self.busy = False
        if _Self.told:
            _go()


def heed(sender: object, **_named: object) -> None:
    """Signal handler of django-q2: a worker that has just been started listens to SIGTERM."""
    signal.signal(signal.SIGTERM, _on_signal)


def _on_signal(*_signal_and_frame: object) -> None:
    _Self.told = True
    if not _Self.busy:
        _go()


def _go() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGTERM)
