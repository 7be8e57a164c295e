"""Work on what strangers wrote, given up when it takes too long: parsers that other people wrote can't be told to."""

import contextlib
import sys
import time
from collections.abc import Iterator
from types import FrameType


class TookTooLong(BaseException):
    """The time is over. No ``Exception``: parsers that expect the worst of a text would take it for one of those."""


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Cut off what this thread does in Python after so many seconds of its own work. Raises TookTooLong.

    A time-out of another kind is of no use here: a signal reaches the main thread alone, and a thread that nobody waits
    for any more goes on with its work, and keeps its process from ending.
    """
    ends = time.thread_time() + seconds

    def look(_frame: FrameType, _event: str, _argument: object) -> None:
        if time.thread_time() > ends:
            raise TookTooLong

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        yield
    finally:
        sys.setprofile(before)
