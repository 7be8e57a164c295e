"""A clock that only moves when it is told to."""

import contextlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.utils import timezone

from social_queue.delivery.runs import run


class Clock:
    """Call it for the moment; ``forward(minutes=5)`` moves it. It begins now, since the sandbox lives in real time."""

    def __init__(self, moment: datetime | None = None) -> None:
        self.moment = moment or timezone.now()

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **by: float) -> datetime:
        """Move by a timedelta's arguments; returns the new moment."""
        self.moment += timedelta(**by)
        return self.moment

    def passes_while_runs_rest(self, patch: pytest.MonkeyPatch) -> None:
        """Nobody waits for it, and however busy the machine is, nothing is late by it."""
        patch.setattr(run, "time", SimpleNamespace(sleep=lambda seconds: self.forward(seconds=seconds)))


@contextlib.contextmanager
def within_a_minute() -> Iterator[None]:
    """Time stands still in the middle of this minute, so that what is counted by the minute falls into one."""
    with time_machine.travel(timezone.now().replace(second=30, microsecond=0), tick=False):
        yield
