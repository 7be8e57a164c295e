"""One run: a window of attempts in hand that is refilled as they end."""

import contextlib
import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime, timedelta

from django.conf import settings

from social_queue.alerts import telling
from social_queue.delivery import threads
from social_queue.delivery.claims.choosing import next_due
from social_queue.delivery.deliver import Clock
from social_queue.delivery.ending import Ending
from social_queue.delivery.errands import taking, vanished
from social_queue.delivery.parts import leases as leases_of_parts
from social_queue.delivery.runs import company
from social_queue.delivery.runs.calls import AHEAD
from social_queue.delivery.runs.in_hand import InHand
from social_queue.delivery.runs.refill import Following, Refill
from social_queue.delivery.sweeps import chores
from social_queue.delivery.sweeps.leases import expire_leases
from social_queue.events import sending
from social_queue.workings import heartbeat, held_connections, outages, stopping

#: How often a waiting run looks for posts that came in meanwhile; half of the lateness we allow ourselves.
LOOK_EVERY = timedelta(milliseconds=500)
BEAT_EVERY = timedelta(seconds=10)
#: How often a run that waits says so; when it has not for long, others take its place.
SAY_EVERY = timedelta(seconds=2)
#: So much the clocks of two hosts may differ, and one be set back, before anything is made of it.
_CLOCKS_DIFFER = timedelta(seconds=5)
Report = Callable[[Ending], None]


class Run:
    """From the first claim until the last outcome."""

    def __init__(
        self,
        clock: Clock,
        *,
        until: datetime | None = None,
        waits: Callable[[datetime], object] | None = None,
        helps: Callable[[], str] | None = None,
        report: Report | None = None,
        stopped: Callable[[], bool] = stopping.requested,
    ) -> None:
        """``waits``: says so every few seconds, of the run that waits for what comes due. ``helps``: of one that was
        called to help, names the worker whose run that is, or "" while none shows life.
        """
        self._clock, self._until, self._waits, self._helps = clock, until, waits, helps
        self._report, self._stopped = report or (lambda ending: None), stopped
        self._in_hand, self._began = InHand(clock, settings.DISPATCH_BATCH), clock()
        self._refill = Refill(clock, self._in_hand, until=until)
        self._outcomes: Counter[str] = Counter()
        #: Only a run that was called to help comes early.
        self._may_be_early = helps is not None
        #: Does a helping run leave the rest to the others?
        self._leaves = False
        #: Alerts are sent beside the posts; nobody waits for their outcome.
        self._telling: Future[None] | None = None
        self._events = sending.Rounds(clock)
        self._said_at: datetime | None = None
        self._beaten_at: datetime | None = None
        self._kept_house_at: datetime | None = None

    def run(self) -> Counter[str]:
        """Claim and deliver until the time is over or, unless it is the one that waits, nothing is left to claim.

        A helping run goes as soon as others are enough: few workers with full hands get more done than many with one
        post each, and the one that waits stays.
        """
        with contextlib.closing(self._in_hand):
            return self._run()

    def _run(self) -> Counter[str]:
        while True:
            now = self._clock()
            time_left = not self._stopped() and self._within(now) and not self._leaves
            try:
                self._housekeeping(now)
                if self._waits:
                    self._events.look(now)
                self._refill.take_unheard()  # first: the database may be gone again
                claimed, contended = self._refill.take(now) if time_left else (0, False)
                self._leaves = self._leaves or self._is_too_many()
                self._show_life(now)
            except outages.FAULTS as fault:
                self._sit_out(fault, now)
                continue
            if self._in_hand:
                self._collect(self._refill.following() if time_left else None)
            elif not time_left or not (self._waits or claimed or contended or self._is_early(now)):
                break
            elif contended:
                time.sleep(0.005)
            else:
                self._rest(now)
        if self._telling is None or self._telling.done():
            telling.tell_due(self._clock())
        return self._outcomes

    def _within(self, now: datetime) -> bool:
        """Is there time left? Not on a clock that was set back: the next tick begins with the new time."""
        return self._until is None or self._began - _CLOCKS_DIFFER <= now < self._until

    def _is_too_many(self) -> bool:
        """Has a helping run had too little for a while, and are the others enough?"""
        if not (self._helps and self._refill.pace.is_lean):
            return False
        waiting = self._helps()
        if waiting and company.can_do_without(heartbeat.worker_name(), size=self._in_hand.size, stays=waiting):
            return True
        self._refill.pace.rested()
        return False

    def _sit_out(self, fault: Exception, now: datetime) -> None:
        """The database is away. Raises the fault when there is nothing to stay for."""
        waits = self._waits is not None and not self._stopped()
        self._refill.absence.bear(fault, now=now, stays=waits or bool(self._in_hand))
        self._collect() if self._in_hand else time.sleep(random.uniform(0.2, 0.5))

    def _collect(self, following: Following | None = None) -> None:
        patience = self._refill.pace.patience(self._refill.room)
        for ending in self._in_hand.collect(seconds=patience, following=following):
            self._outcomes[ending.outcome] += 1
            self._report(ending)

    def _is_early(self, now: datetime) -> bool:
        """Was a helping run called for what comes due in a moment? Once: it does not stay for more of the kind."""
        if not self._may_be_early:
            return False
        self._may_be_early, due = False, next_due(now)
        return due is not None and due - now <= AHEAD

    def _rest(self, now: datetime) -> None:
        due_post = next_due(now)
        due = min(filter(None, (due_post, taking.next_due(now))), default=None)
        if due_post and self._waits:
            self._refill.call_ahead(now, due_post)
        pause = min(LOOK_EVERY if self._waits else AHEAD, due - self._clock()) if due else LOOK_EVERY
        time.sleep(max(0.0, pause.total_seconds()))
        self._refill.pace.rested()

    def _show_life(self, now: datetime) -> None:
        """After a claim and not before: a worker that can't get at the posts must not look alive."""
        if self._waits and (self._said_at is None or abs(now - self._said_at) >= SAY_EVERY):
            self._said_at = now
            self._waits(now)
        if self._beaten_at is None or abs(now - self._beaten_at) >= BEAT_EVERY:
            self._beaten_at = now
            heartbeat.beat("tick", now=now)

    def _housekeeping(self, now: datetime) -> None:
        if self._kept_house_at is not None and abs(now - self._kept_house_at) < BEAT_EVERY:
            return
        expire_leases(now)
        leases_of_parts.expire(now)
        vanished.expire(now)
        chores.do(now)
        held_connections.close_idle()
        if self._waits and (self._telling is None or self._telling.done()):
            self._telling = threads.tell(self._clock)
        self._kept_house_at = now
