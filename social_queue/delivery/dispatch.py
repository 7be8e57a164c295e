"""Publishing what is due: claim, deliver in a crew of threads, and wait for the next post while time is left."""

import contextlib
import math
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue

from django.conf import settings

from social_queue.alerts import telling
from social_queue.delivery import threads
from social_queue.delivery.claim import candidates, claim, next_due
from social_queue.delivery.deliver import Clock
from social_queue.delivery.leases import expire_leases
from social_queue.delivery.outcomes import Ending
from social_queue.wording.templates.finding import Shelf
from social_queue.workings import heartbeat, kick, stopping

#: How often a waiting tick looks for posts that came in meanwhile; half of the lateness we allow ourselves.
LOOK_EVERY = timedelta(milliseconds=500)
BEAT_EVERY = timedelta(seconds=10)
#: The one tick that waits; if its process dies, another may take over after this long.
WAITING_ROLE, ROLE_HOLD = "dispatch", timedelta(seconds=20)
#: A helping tick that could not fill three quarters of its window so many times in a row leaves the rest to the others.
LEAN_CLAIMS = 3


def drain(*, clock: Clock, report: Callable[[Ending], None] | None = None, until: datetime | None = None) -> Counter:
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


def stay(*, clock: Clock, report: Callable[[Ending], None], stopped: Callable[[], bool]) -> Counter:
    """Publish what is due, and go on waiting for more, until ``stopped()``."""
    run = Tick(clock, report=report, holder=heartbeat.worker_name())
    run.stopped = stopped
    return run.run()


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
    ) -> None:
        self.clock, self.until, self.holder, self.helps = clock, until, holder, helps
        self.report = report or (lambda ending: None)
        self.batch = settings.DISPATCH_BATCH
        self.worker = heartbeat.worker_name()
        self.outcomes: Counter[str] = Counter()
        #: How many attempts are under way, and those that have ended since we looked.
        self.in_hand = 0
        self.ended: SimpleQueue[Future[Delivery | None]] = SimpleQueue()
        #: Alerts are told beside the posts and never hold them up; nobody waits for their outcome.
        self.telling: Future[None] | None = None
        self.beaten_at: datetime | None = None
        self.kept_house_at: datetime | None = None
        #: When others may be called again, and how long after that.
        self.call_from: datetime | None = None
        self.call_pause = timedelta(seconds=1)
        self.lean = 0
        self.stopped: Callable[[], bool] = stopping.told

    def run(self) -> Counter[str]:
        """Claim and deliver until the time is over or, unless this is the waiting tick, nothing is left to claim.

        A helping tick goes as soon as others are enough: few workers with full hands get more done than many with one
        post each, and the waiting tick stays.
        """
        while True:
            now = self.clock()
            self._housekeeping(now)
            time_left = not self.stopped() and (self.until is None or now < self.until) and self.lean < LEAN_CLAIMS
            claimed, contended = self._claim(now) if time_left else (0, False)
            self._show_life(now)
            if self.in_hand:
                self._collect()
            elif not time_left or not (self.holder or claimed or contended):
                break
            elif contended:
                time.sleep(0.005)
            else:
                self._rest(now)
        if self.telling is None or self.telling.done():
            telling.tell_due(self.clock())
        return self.outcomes

    def _claim(self, now: datetime) -> tuple[int, bool]:
        room = self.batch - self.in_hand
        if room < max(1, self.batch // 2):
            return 0, False
        taken = claim(now=now, worker=self.worker, limit=room)
        shelf = Shelf()
        for attempt in taken.attempts:
            threads.send(attempt, self.clock, shelf, size=self.batch).add_done_callback(self.ended.put)
        self.in_hand += len(taken.attempts)
        if self.helps:
            self.lean = self.lean + 1 if self.in_hand < self.batch * 3 // 4 else 0
        if self.in_hand == self.batch:
            self._call_others(now)
        return len(taken.attempts), taken.contended

    def _call_others(self, now: datetime) -> None:
        """More may be due than one can take: call a worker for each window that could be filled, then ever less often.

        Any host's worker may come.
        """
        if self.call_from is not None and now < self.call_from:
            return
        open_windows = len(candidates(now, self.batch * settings.Q_WORKERS)) / self.batch
        for _ in range(math.floor(open_windows + 0.5)):
            kick.kick(now)
        self.call_from, self.call_pause = now + self.call_pause, self.call_pause * 2

    def _collect(self) -> None:
        """Take in what has ended; wait a moment when nothing has."""
        with contextlib.suppress(Empty):
            self._count(self.ended.get(timeout=0.2))
            while True:
                self._count(self.ended.get_nowait())

    def _count(self, done: Future[Delivery | None]) -> None:
        self.in_hand -= 1
        if ending := done.result():
            self.outcomes[ending.outcome] += 1
            self.report(ending)

    def _rest(self, now: datetime) -> None:
        due = next_due(now)
        pause = min(LOOK_EVERY, due - now) if due else LOOK_EVERY
        time.sleep(max(0.0, pause.total_seconds()))

    def _show_life(self, now: datetime) -> None:
        """After a claim and not before: a worker that can't get at the posts must not look alive."""
        if self.beaten_at is None or now - self.beaten_at >= BEAT_EVERY:
            self.beaten_at = now
            heartbeat.beat("tick", now=now)

    def _housekeeping(self, now: datetime) -> None:
        if self.kept_house_at is not None and now - self.kept_house_at < BEAT_EVERY:
            return
        self.kept_house_at = now
        expire_leases(now)
        if self.holder:
            heartbeat.take_role(WAITING_ROLE, now=now, hold=ROLE_HOLD, holder=self.holder)
            if self.telling is None or self.telling.done():
                self.telling = threads.tell(self.clock, size=self.batch)
