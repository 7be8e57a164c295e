"""Publishing what is due: claim, deliver in a crew of threads, and wait for the next post while time is left."""

import math
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime, timedelta

from django.conf import settings

from social_queue.alerts import telling
from social_queue.delivery import threads
from social_queue.delivery.claim import candidates, claim, next_due
from social_queue.delivery.deliver import Clock
from social_queue.delivery.leases import expire_leases
from social_queue.delivery.outcomes import Ending
from social_queue.workings import heartbeat, kick, stopping

#: How often a waiting tick looks for posts that came in meanwhile; half of the lateness we allow ourselves.
LOOK_EVERY = timedelta(milliseconds=500)
BEAT_EVERY = timedelta(seconds=10)
#: The one tick that waits; if its process dies, another may take over after this long.
WAITING_ROLE, ROLE_HOLD = "dispatch", timedelta(seconds=20)
#: A helping tick that could not fill three quarters of its window so many times in a row leaves the rest to the others.
LEAN_CLAIMS = 3


def drain(
    *, clock: Clock, report: Callable[[Ending], None] | None = None, until: datetime | None = None
) -> Counter[str]:
    """Publish everything that is due, then return how often each outcome came; what others hold is left to them."""
    return Tick(clock, report=report, until=until).run()


def tick(*, clock: Clock) -> Counter[str]:
    """Publish what is due for TICK_BUDGET seconds, waiting for what comes due; one tick waits at a time.

    A second tick helps as long as there is enough for both. Returns how often each outcome came.
    """
    until = clock() + timedelta(seconds=settings.TICK_BUDGET)
    holder = heartbeat.worker_name()
    with stopping.finishing():
        if not heartbeat.take_role(WAITING_ROLE, now=clock(), hold=ROLE_HOLD, holder=holder):
            return Tick(clock, until=until, helps=True).run()
        try:
            return Tick(clock, until=until, holder=holder).run()
        finally:
            heartbeat.leave_role(WAITING_ROLE, holder=holder)


def stay(*, clock: Clock, report: Callable[[Ending], None], stopped: Callable[[], bool]) -> Counter[str]:
    """Publish what is due, and go on waiting for more, until ``stopped()``."""
    return Tick(clock, report=report, holder=heartbeat.worker_name(), stopped=stopped).run()


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


class Tick:
    """One run: a window of attempts in hand that is refilled as they end."""

    def __init__(
        self,
        clock: Clock,
        *,
        until: datetime | None = None,
        holder: str = "",
        helps: bool = False,
        report: Callable[[Ending], None] | None = None,
        stopped: Callable[[], bool] = stopping.told,
    ) -> None:
        self._clock, self._until, self._holder, self._helps = clock, until, holder, helps
        self._report, self._stopped = report or (lambda ending: None), stopped
        self._in_hand, self._calls = threads.InHand(clock, settings.DISPATCH_BATCH), Calls()
        self._outcomes: Counter[str] = Counter()
        #: How many claims in a row left a helping tick with too little to do.
        self._lean = 0
        #: Alerts are told beside the posts and never hold them up; nobody waits for their outcome.
        self._telling: Future[None] | None = None
        self._beaten_at: datetime | None = None
        self._kept_house_at: datetime | None = None

    def run(self) -> Counter[str]:
        """Claim and deliver until the time is over or, unless this is the waiting tick, nothing is left to claim.

        A helping tick goes as soon as others are enough: few workers with full hands get more done than many with one
        post each, and the waiting tick stays.
        """
        while True:
            now = self._clock()
            self._housekeeping(now)
            time_left = not self._stopped() and (self._until is None or now < self._until) and self._lean < LEAN_CLAIMS
            claimed, contended = self._claim(now) if time_left else (0, False)
            self._show_life(now)
            if self._in_hand:
                self._collect()
            elif not time_left or not (self._holder or claimed or contended):
                break
            elif contended:
                time.sleep(0.005)
            else:
                self._rest(now)
        if self._telling is None or self._telling.done():
            telling.tell_due(self._clock())
        return self._outcomes

    def _claim(self, now: datetime) -> tuple[int, bool]:
        room, size = self._in_hand.room, self._in_hand.size
        if room < max(1, size // 2):
            return 0, False
        taken = claim(now=now, worker=heartbeat.worker_name(), limit=room)
        self._in_hand.send(taken.attempts)
        if self._helps:
            self._lean = self._lean + 1 if len(self._in_hand) < size * 3 // 4 else 0
        if not self._in_hand.room:
            # More may be due than one can take.
            self._calls.make(now, window=size)
        return len(taken.attempts), taken.contended

    def _collect(self) -> None:
        for ending in self._in_hand.collect():
            self._outcomes[ending.outcome] += 1
            self._report(ending)

    def _rest(self, now: datetime) -> None:
        due = next_due(now)
        pause = min(LOOK_EVERY, due - now) if due else LOOK_EVERY
        time.sleep(max(0.0, pause.total_seconds()))

    def _show_life(self, now: datetime) -> None:
        """After a claim and not before: a worker that can't get at the posts must not look alive."""
        if self._beaten_at is None or now - self._beaten_at >= BEAT_EVERY:
            self._beaten_at = now
            heartbeat.beat("tick", now=now)

    def _housekeeping(self, now: datetime) -> None:
        if self._kept_house_at is not None and now - self._kept_house_at < BEAT_EVERY:
            return
        self._kept_house_at = now
        expire_leases(now)
        if self._holder:
            heartbeat.take_role(WAITING_ROLE, now=now, hold=ROLE_HOLD, holder=self._holder)
            if self._telling is None or self._telling.done():
                self._telling = threads.tell(self._clock, size=self._in_hand.size)
