"""Work on what strangers wrote, given up when it takes too long: parsers that other people wrote can't be told to."""

import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

Made = TypeVar("Made")

_AGAIN_AFTER_SECONDS = 0.2


class TookTooLong(BaseException):
    """The time is over. No ``Exception``: parsers that expect the worst of a text would take it for one of those."""


def within(seconds: float, work: Callable[[], Made]) -> Made:
    """What the work makes. Raises TookTooLong once this thread has worked on it for so long.

    A time-out of another kind is of no use here: a signal reaches the main thread alone, and a thread that nobody waits
    for any more goes on with its work, and keeps its process from ending.

    Python drops what is raised in a finalizer or while it collects garbage, and with it the profile function that
    raised it (https://docs.python.org/3/library/sys.html#sys.unraisablehook). The trace function that it left behind
    brings it back at the next call, so the end of the time is told again until somebody hears it; a moment later, for
    who writes down what was dropped works in this thread too.
    """
    ends, left = time.thread_time() + seconds, False
    # No thread works for longer than time goes by, and to ask for that is cheap.
    cannot_end_before = time.monotonic() + seconds

    def look(_frame: FrameType, _event: str, _argument: object) -> None:
        nonlocal ends, cannot_end_before
        if left or time.monotonic() < cannot_end_before:
            return
        rest = ends - time.thread_time()
        if rest < 0:
            ends += _AGAIN_AFTER_SECONDS
            sys.settrace(look_again)
            raise TookTooLong
        cannot_end_before = time.monotonic() + rest

    def look_again(_frame: FrameType, _event: str, _argument: object) -> None:
        sys.settrace(None)
        sys.setprofile(look)

    profiled, traced = sys.getprofile(), sys.gettrace()
    sys.setprofile(look)
    try:
        return work()
    finally:
        left = True  # before the calls below, which are looked at like any other
        sys.settrace(traced)
        sys.setprofile(profiled)
