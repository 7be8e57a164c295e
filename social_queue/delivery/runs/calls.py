"""How a run shares the work with others: when it claims, when it calls for help, when it leaves the rest to them."""

import math
import time
from datetime import datetime, timedelta

from django.conf import settings

from social_queue.delivery.claims.choosing import candidates
from social_queue.workings import heartbeat, kick

#: So much of its time a run may claim although less than half of its window is free.
_SHARE = 0.5
#: A claim that brought nothing is made again after so long, while there is something in hand.
_IN_VAIN_S = 0.03
#: A run with less than three quarters of its window full for so long leaves the rest to the others.
_LEAN_S = 0.3
#: So long before much comes due at once others are called, and wait for it.
AHEAD = timedelta(seconds=1)
#: So much of a window has to be left over before another worker is called for it.
_WORTH = 0.25
#: A call is made again after so long; after calls that brought no relief ever later, until the last.
_CALL_AGAIN, _CALL_AGAIN_LAST = timedelta(seconds=1), timedelta(seconds=8)
#: How often a run looks for paused platforms that are to be tried.
_PROBE_EVERY_S = 1.0
LONGEST_WAIT_S, _SHORTEST_WAIT_S = 0.2, 0.01


class Pace:
    """When the next claim is worth its cost, which is the same whatever it brings.

    With half of the window free it is; else once that cost is small beside the time since the last one, so that a post
    whose account is free does not wait for others to end.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._began = self._next = 0.0
        self._brought, self._in_vain = 0, False
        self._lean_since: float | None = None
        self._probed = -math.inf

    def probes(self) -> bool:
        """Is it time to look whether a paused platform is to be tried, which happens once a minute?"""
        now = time.monotonic()
        if now - self._probed < _PROBE_EVERY_S:
            return False
        self._probed = now
        return True

    def allows(self, room: int) -> bool:
        """May there be a claim for so many? Then it begins now."""
        now = time.monotonic()
        little = room < max(1, self._size // 2) or (self._in_vain and room < self._size)
        if not room or (little and now < self._next):
            return False
        self._began = now
        return True

    def patience(self, room: int) -> float:
        """Seconds that a run may wait for what it has in hand before it looks for more."""
        if not room or not self._brought:
            return LONGEST_WAIT_S
        return min(LONGEST_WAIT_S, max(_SHORTEST_WAIT_S, self._next - time.monotonic()))

    def claimed(self, brought: int, *, in_hand: int) -> None:
        """It is over and brought so many, and so many are in hand now."""
        now = time.monotonic()
        pause = (now - self._began) / _SHARE
        self._in_vain, self._brought = not brought, brought
        self._next = now + (max(pause, _IN_VAIN_S) if self._in_vain else pause)
        if in_hand >= self._size * 3 // 4:
            self._lean_since = None
        elif self._lean_since is None:
            self._lean_since = now

    def rested(self) -> None:
        """It waited for what was to come due: how little there was until then says nothing of that."""
        self._lean_since = None

    @property
    def is_lean(self) -> bool:
        """Has there been too little to do for a while? Few with full hands get more done than many with one each."""
        return self._lean_since is not None and time.monotonic() - self._lean_since >= _LEAN_S


class Calls:
    """Calls to other workers for what one can't take alone: once at first, then ever less often."""

    def __init__(self) -> None:
        self._next: datetime | None = None
        self._pause = _CALL_AGAIN
        #: The last moment for which others were called ahead, or were not needed.
        self._told_of: datetime | None = None

    def make(self, now: datetime, *, window: int, ready: int = 0) -> None:
        """Call a worker for each window that could be filled with what is due; any host's worker may come.

        ``ready``: so many posts are taken up already and wait for a hand.
        """
        if self._next is not None and now < self._next:
            return
        called = self._call(now, due=now, window=window, surplus=ready)
        self._next = now + self._pause
        self._pause = min(self._pause * 2, _CALL_AGAIN_LAST) if called else _CALL_AGAIN

    def ahead(self, now: datetime, due: datetime, *, window: int) -> None:
        """Call, once, for what will be due in a moment and is more than one can take: they are there when it is."""
        if due == self._told_of or due - now > AHEAD:
            return
        self._told_of = due
        if self._call(now, due=due, window=window, surplus=-window):
            self._next = due + self._pause

    @staticmethod
    def _call(now: datetime, *, due: datetime, window: int, surplus: int) -> int:
        """Call for what will be due and so many posts besides; returns how many were wanted."""
        hosts = max(1, heartbeat.alive(now))
        posts = len(candidates(due, window * settings.Q_WORKERS * hosts)) + surplus
        wanted = max(0, math.ceil(posts / window - _WORTH))
        for _ in range(wanted):
            kick.kick(now, hosts=hosts)
        return wanted
