"""Tells the receivers what is due: each in order, all beside each other, none held up by another.

One process at a time goes round, with a few threads of its own; receivers that fail or are slow share half of them. A
receiver gets one event after the other; no two requests go to one host at once. After so many events, or so much
time, it goes to the end of the row.
"""

import functools
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q, QuerySet

from social_queue.events import numbering, receivers, trying
from social_queue.models import Subscription, SubscriptionStatus
from social_queue.workings import heartbeat, held_connections, stopping

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]

#: While one process goes round, others leave it alone; and while one thread tells a receiver.
_ROLE, _ROLE_HOLD, _HOLD = "events", timedelta(seconds=30), timedelta(seconds=60)
#: How often a worker looks.
_EVERY = timedelta(seconds=1)
#: A receiver's turn.
_MOST_IN_TURN, _TURN_S = 50, 3.0
#: Slower answers than that make a receiver one of the troubled.
_SLOW_MS = 1000


def deliver_due(*, clock: Clock, seconds: float = 20.0) -> Counter[str]:
    """Tell everybody all that is due, for so many seconds at most. Counts ``taken``, ``failed``, ``paused``, ``ended``.

    Returns at once while another process is at it.
    """
    numbering.number()
    if not _due(clock()).exists():
        return Counter()
    holder = f"{heartbeat.worker_name()}:{threading.get_ident()}"
    if not heartbeat.take_role(_ROLE, now=clock(), hold=_ROLE_HOLD, holder=holder):
        return Counter()
    try:
        return _Round(clock, holder, ends=time.monotonic() + seconds).run()
    finally:
        heartbeat.leave_role(_ROLE, holder=holder)


class Rounds:
    """Rounds in a thread of their own, for a worker that has posts to see to."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._round: Future[Counter[str] | None] | None = None
        self._begun_at: datetime | None = None

    def look(self, now: datetime) -> None:
        """Begin another unless one is under way, or was begun a moment ago. Returns at once."""
        if self._round is not None and not self._round.done():
            return
        if self._begun_at is not None and abs(now - self._begun_at) < _EVERY:
            return
        self._round, self._begun_at = _herald().submit(_quietly, lambda: deliver_due(clock=self._clock)), now


class _Round:
    def __init__(self, clock: Clock, holder: str, *, ends: float) -> None:
        self._clock, self._holder, self._ends = clock, holder, ends
        self._counts: Counter[str] = Counter()
        #: The turns under way, with the receiver of each.
        self._turns: dict[Future[Counter[str] | None], Subscription] = {}

    def run(self) -> Counter[str]:
        while True:
            open_still = time.monotonic() < self._ends and not stopping.requested()
            if open_still:
                heartbeat.take_role(_ROLE, now=self._clock(), hold=_ROLE_HOLD, holder=self._holder)
                self._hand_out()
            if not self._turns:
                return self._counts
            done, _ = wait(self._turns, timeout=0.5, return_when=FIRST_COMPLETED)
            for turn in done:
                del self._turns[turn]
                self._counts += turn.result() or Counter()
            if open_still:
                numbering.number()

    def _hand_out(self) -> None:
        threads = settings.EVENT_WORKERS
        while len(self._turns) < threads:
            troubled = sum(map(_is_troubled, self._turns.values()))
            due = _due(self._clock()).exclude(host__in={held.host for held in self._turns.values()})
            if troubled >= max(1, threads // 2):
                due = due.filter(failures=0, took_ms__lte=_SLOW_MS)
            # The one served longest ago comes first.
            chosen = due.order_by(F("held_until").asc(nulls_first=True), "pk").select_related("key").first()
            if chosen is None or not _hold(chosen, self._clock()):
                return
            self._turns[_crew(threads).submit(_quietly, functools.partial(_turn, chosen, self._clock))] = chosen


def _is_troubled(receiver: Subscription) -> bool:
    return receiver.failures > 0 or receiver.took_ms > _SLOW_MS


def _due(now: datetime) -> QuerySet[Subscription]:
    """Receivers that may be sent something now and have events to receive. Callbacks that have are gone."""
    # Further ahead than it is ever held, its last turn was ended, and its next try planned, by a clock that was wrong.
    wrong = Q(held_until__gt=heartbeat.never(now) + _HOLD)
    rested = Q(retry_at=None) | Q(retry_at__lte=now) | wrong
    let_go = Q(held_until=None) | Q(held_until__lte=now) | wrong
    may_hear = Q(key=None) | (Q(key__revoked_at=None) & (Q(key__expires_at=None) | Q(key__expires_at__gt=now)))
    rows = Subscription.objects.filter(rested, let_go, may_hear, status=SubscriptionStatus.ACTIVE)
    return rows.filter(after__lt=numbering.last())


def _hold(receiver: Subscription, now: datetime) -> bool:
    """Be the only one who tells it, for a while; an end that has passed says when that was last."""
    held = Subscription.objects.filter(
        pk=receiver.pk, held_until=receiver.held_until, after=receiver.after, status=SubscriptionStatus.ACTIVE
    )
    if not held.update(held_until=now + _HOLD):
        return False
    receiver.held_until = now + _HOLD
    return True


def _turn(receiver: Subscription, clock: Clock) -> Counter[str]:
    counts: Counter[str] = Counter()
    ends = time.monotonic() + _TURN_S
    try:
        last = numbering.last()
        events = list(receivers.numbered_after(receiver, receiver.after).filter(sequence__lte=last)[:_MOST_IN_TURN])
        for event in events:
            outcome = trying.tell(receiver, event, clock=clock)
            counts[outcome] += 1
            # A turn and the request it ends with are over long before the hold is.
            if outcome != trying.TAKEN or stopping.requested() or time.monotonic() > ends:
                return counts
        if len(events) < _MOST_IN_TURN:
            trying.has_heard(receiver, last)
    finally:
        # The past, and not null: the row is made of those moments.
        Subscription.objects.filter(pk=receiver.pk, held_until=receiver.held_until).update(held_until=clock())
    return counts


def _quietly(act: Callable[[], Counter[str]]) -> Counter[str] | None:
    try:
        with held_connections.in_use():
            return act()
    except Exception:
        logger.exception("events could not be delivered")
        time.sleep(1)  # whatever it is, it is likely to be met again at once
        return None


@functools.cache
def _crew(size: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=size, thread_name_prefix="events")


@functools.cache
def _herald() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="event-rounds")
