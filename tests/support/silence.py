"""Whoever asks the pretended platforms waits as long as it takes, and gives up once one has fallen silent.

A time-out that is short enough to wait for is too short for a busy machine: what was to be answered is not, and whoever
gave up looks at the wall before anything hangs there. So a test keeps its time-outs long, and within ``noticed`` a call
of this process times out as soon as the sandbox has done all it does about it and will say nothing.
"""

import contextlib
import select
import threading
import time
from collections.abc import Iterator
from unittest import mock

from urllib3.connection import HTTPConnection

from connectors.sandbox import server
from connectors.sandbox.stage.exchange import Exchange

#: Seconds for (connecting, answering); nobody waits so long who is answered or hung up on.
PATIENT = (20.0, 60.0)
#: A pause from which on an answer counts as one that does not come.
_TOO_LATE_S = 3
_GLANCE_S = 0.01


@contextlib.contextmanager
def noticed() -> Iterator[None]:
    """While this lasts; one caller at a time."""
    fallen = threading.Semaphore(0)
    holds, pauses, hears = server.wait_for_the_caller_to_leave, Exchange.pause, HTTPConnection.getresponse

    def hold(*line: object) -> None:
        fallen.release()
        holds(*line)

    def pause(exchange: Exchange, seconds: float) -> None:
        if seconds >= _TOO_LATE_S:
            fallen.release()
        pauses(exchange, seconds)

    def hear(connection: HTTPConnection, *told: object, **named: object) -> object:
        ends = time.monotonic() + PATIENT[1]
        while time.monotonic() < ends and not select.select([connection.sock], [], [], _GLANCE_S)[0]:
            if fallen.acquire(blocking=False):
                connection.timeout = _GLANCE_S
                break
        return hears(connection, *told, **named)

    with (
        mock.patch.object(server, "wait_for_the_caller_to_leave", hold),
        mock.patch.object(Exchange, "pause", pause),
        mock.patch.object(HTTPConnection, "getresponse", hear),
    ):
        yield
