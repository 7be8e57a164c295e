"""Deletions and corrections under way in threads: their leases are short, and prolonged while they take their time."""

import logging
from concurrent.futures import Future
from datetime import datetime
from typing import Any

from social_queue.delivery.deliver import Clock
from social_queue.delivery.errands import taking
from social_queue.models import Attempt
from social_queue.workings import outages

logger = logging.getLogger(__name__)


class Holding:
    """Those of one run, which nobody leaves for a dead worker's."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._under_way: dict[Future[Any], Attempt] = {}
        self._said_so_at: datetime | None = None

    def add(self, future: Future[Any], attempt: Attempt) -> None:
        """It is under way until ``future`` has come."""
        self._under_way[future] = attempt

    def say_so(self) -> None:
        """Hold on to those that take their time; what has come is held no longer."""
        self._under_way = {future: attempt for future, attempt in self._under_way.items() if not future.done()}
        if not self._under_way:
            return
        now = self._clock()
        if self._said_so_at is not None and abs(now - self._said_so_at) < taking.SAY_SO_EVERY:
            return
        self._said_so_at = now
        slow = [one for one in self._under_way.values() if now - one.started_at >= taking.SAY_SO_EVERY]
        try:
            taking.hold_on(slow, now=now)
        except outages.FAULTS as fault:
            logger.info("what is under way could not be held on to: %s", fault)
