"""Calling other workers when more is due than one can take."""

import math
from datetime import datetime, timedelta

from django.conf import settings

from social_queue.delivery.claim import candidates
from social_queue.workings import kick


class Calls:
    """Calls to other workers for what one can't take alone: once at first, then ever less often."""

    def __init__(self) -> None:
        self._next: datetime | None = None
        self._pause = timedelta(seconds=1)

    def make(self, now: datetime, *, window: int) -> None:
        """Call a worker for each window that could be filled with what is due; any host's worker may come."""
        if self._next is not None and now < self._next:
            return
        open_windows = len(candidates(now, window * settings.Q_WORKERS)) / window
        for _ in range(math.floor(open_windows + 0.5)):
            kick.kick(now)
        self._next, self._pause = now + self._pause, self._pause * 2
