"""Waiting for what happens in another thread or process: for it, and not for a time."""

import time
from collections.abc import Callable


def until(happened: Callable[[], object], what: str, *, seconds: float = 60) -> None:
    """Wait for it. ``seconds`` only keep a fault from hanging; it fails with ``what`` was waited for."""
    ends = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < ends, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.01)
