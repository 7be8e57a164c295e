"""Which wording the next post gets, A or B: what ``meta.variant = auto`` asks, in the transaction that lays it down."""

import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from random import SystemRandom

from django.db import transaction
from django.utils import timezone

from metrics.experiments import bandit, contest
from metrics.experiments.arms import Arm
from social_queue.models import PlatformAccount, QueueItem

_NOTHING = Arm(0, 0, 0)
#: What is known is asked for again after so long, once the transaction is over: it takes a second where there are some
#: hundred thousand posts. Known for so much longer, it is asked for at once.
_KEEP_S, _STALE_S = 60.0, 3600.0
#: A question that failed is asked again after so long: one transaction may deal out hundreds.
_AGAIN_S = 5.0


def choose(item: QueueItem, account: PlatformAccount) -> str:
    """The wording of the next post on this account."""
    return _choices.choose(account.platform)


def forget() -> None:
    """Ask the database afresh at the next choice; for tests."""
    _choices.forget()


class _Choices:
    """What is known of each platform; what is dealt out meanwhile is counted here."""

    def __init__(self) -> None:
        self._lock, self._looks = threading.Lock(), threading.Lock()
        self._chance = SystemRandom()
        self._until = self._asked = -_STALE_S
        self._table: contest.Table = {}
        self._given: dict[tuple[str, str], int] = {}

    def choose(self, platform: str) -> str:
        with self._lock:
            old = time.monotonic() - self._until
            if old >= _STALE_S:
                self._see(*_known(timezone.now()))
            chosen = self._chosen(platform)
        if 0 <= old < _STALE_S:
            # Whoever publishes waits for a transaction that lays posts down. What is dealt out is committed by then.
            transaction.on_commit(self._look, robust=True)
        return chosen

    def forget(self) -> None:
        with self._lock:
            self._until = self._asked = time.monotonic() - _STALE_S

    def _chosen(self, platform: str) -> str:
        weeks = self._table.get(platform, {})
        known = {name: replace(_sum(weeks, name), assigned=self._count(platform, name)) for name in contest.VARIANTS}
        chosen = bandit.choose(known, self._chance, strata=list(weeks.values()))
        self._given[platform, chosen] = self._count(platform, chosen) + 1
        return chosen

    def _look(self) -> None:
        """One thread looks, while the others go on with what is known."""
        if not self._is_time() or not self._looks.acquire(blocking=False):
            return
        try:
            if not self._is_time():
                return
            self._asked = time.monotonic()
            table, given = _known(timezone.now())
            with self._lock:
                self._see(table, given)
        finally:
            self._looks.release()

    def _is_time(self) -> bool:
        now = time.monotonic()
        return now >= self._until and now - self._asked >= _AGAIN_S

    def _see(self, table: contest.Table, given: dict[tuple[str, str], int]) -> None:
        self._table, self._given = table, given
        self._until = time.monotonic() + _KEEP_S

    def _count(self, platform: str, variant: str) -> int:
        return self._given.get((platform, variant), 0)


def _known(now: datetime) -> tuple[contest.Table, dict[tuple[str, str], int]]:
    return contest.arms(now), contest.assigned(now)


def _sum(weeks: Mapping[datetime, Mapping[str, Arm]], name: str) -> Arm:
    found = [known[name] for known in weeks.values() if name in known] or [_NOTHING]
    columns = zip(*((arm.posts, arm.clicks, arm.clicks_squared) for arm in found), strict=True)
    return Arm(*(sum(column) for column in columns))


_choices = _Choices()
