"""How a run's hands are filled: with what is due in its turn, and with what follows on an account whose post is out."""

import functools
import math
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from social_queue.delivery import claim
from social_queue.delivery.claims.absence import Absence
from social_queue.delivery.claims.choosing import candidates
from social_queue.delivery.claims.taken import Ahead, Begin, Claim
from social_queue.delivery.errands import taking
from social_queue.delivery.runs.calls import Calls, Pace
from social_queue.delivery.runs.hands import PATIENCE_S
from social_queue.delivery.runs.in_hand import InHand
from social_queue.workings import heartbeat

Clock = Callable[[], datetime]

#: How often a run whose hands are full looks whether others wait, and so many times as long as a look took.
_LOOK_EVERY_S, _LOOKS_COST = 0.1, 10
#: A run that takes posts ahead of its hands leaves so many, as a part of its window, to hands that are free elsewhere.
_LEFT = 4


class Refill:
    """Takes up posts for one run, whose ``in_hand`` it fills."""

    def __init__(self, clock: Clock, in_hand: InHand, *, until: datetime | None) -> None:
        self._clock, self._in_hand, self._until = clock, in_hand, until
        self.absence, self.pace = Absence(until), Pace(in_hand.size)
        self._calls = Calls()
        #: Does anybody wait for hands to be free? Then no account has two turns in a row.
        self._others_wait, self._next_look = True, -math.inf

    @property
    def room(self) -> int:
        """How many may be claimed: ahead of free hands only while others wait, and if it will be begun in time."""
        in_time = self._until is None or self._until - self._clock() > timedelta(seconds=PATIENCE_S)
        return self._in_hand.room_ahead if self._others_wait and in_time else self._in_hand.room

    def take_unheard(self) -> None:
        """Send what was claimed without our hearing of it, whether or not there is time left: nobody else will."""
        self._in_hand.send(self.absence.taken_unheard(heartbeat.worker_name()))

    def take(self, now: datetime) -> tuple[int, bool]:
        """Claim what there is room for: how much came, and whether another worker was faster."""
        worker = heartbeat.worker_name()
        if not self.pace.allows(room := self.room):
            if not room:
                self._look(now)
            return 0, False
        errands = taking.claim(now=now, worker=worker, limit=room)  # what should be gone goes before what may wait
        self._in_hand.send(errands)
        taken = self._claim(now, room - len(errands))
        brought = len(errands) + len(taken.attempts)
        self.pace.claimed(brought, in_hand=len(self._in_hand))
        if taken.others:
            self._others_wait = True
        elif brought >= room or taken.contended:
            self._look(now)
        else:
            self._others_wait, self._next_look = False, time.monotonic() + _LOOK_EVERY_S
        if not self._in_hand.room:
            size = self._in_hand.size
            self._calls.make(now, window=size, ready=len(self._in_hand) - size)
        return brought, taken.contended

    def _claim(self, now: datetime, room: int) -> Claim:
        """So many posts, as many of them ahead as no hand is free for."""
        begin, free = Begin(self._in_hand.shelf()), min(room, self._in_hand.room)
        ahead = Ahead(room - free, left=self._in_hand.size // _LEFT) if room > free else Ahead()
        worker = heartbeat.worker_name()
        with self.absence.unheard(now, begin.tries):
            taken = claim.claim(
                now=now, worker=worker, limit=free, probing=self.pace.probes(), begin=begin, ahead=ahead
            )
        self._hand_over(taken)
        return taken

    def call_ahead(self, now: datetime, due: datetime) -> None:
        """What comes due in a moment may be more than one can take."""
        self._calls.ahead(now, due, window=self._in_hand.size)

    def following(self) -> "Following | None":
        """How the accounts whose posts are out go on at once; None while others wait for their turn."""
        if self._others_wait:
            return None
        begin = Begin(self._in_hand.shelf())
        return Following(self._clock, begin, self._in_hand, hand_over=self._hand_over, absence=self.absence)

    def _look(self, now: datetime) -> None:
        """Does anybody wait whom no hand is free for? Asked now and then; what was seen last holds until then."""
        began = time.monotonic()
        if began < self._next_look:
            return
        self._others_wait = bool(candidates(now, 1)) or taking.is_due(now)
        ended = time.monotonic()
        self._next_look = ended + max(_LOOK_EVERY_S, _LOOKS_COST * (ended - began))

    def _hand_over(self, taken: Claim) -> None:
        self.absence.heard(taken.attempts)
        self._in_hand.send(taken.attempts, ready=taken.ready)


class Following:
    """One transaction in which posts are written down as out, and their accounts go on with the next.

    No more than there are free hands: what stands ready has the others, and those accounts wait for their turn, with
    whichever run. Else it would keep more than it has hands for, whose posts would be behind those of all others.
    """

    def __init__(
        self, clock: Clock, begin: Begin, in_hand: InHand, *, hand_over: Callable[[Claim], None], absence: Absence
    ) -> None:
        self._clock, self._begin, self._in_hand = clock, begin, in_hand
        self._hand_over, self._absence = hand_over, absence
        #: When it was claimed; None: nothing was, or all that was is in hand.
        self._open_at: datetime | None = None

    def __call__(self, accounts: list[int]) -> None:
        """In that transaction, which may be repeated; what is claimed is sent once it has been committed."""
        self._open_at, now = None, self._clock()
        self._begin.tries.clear()
        if not (going_on := accounts[: self._in_hand.room]):
            return
        taken = claim.follow(going_on, now=now, worker=heartbeat.worker_name(), begin=self._begin)
        if taken.attempts:
            self._open_at = now
            transaction.on_commit(functools.partial(self._go, taken))

    def lost(self) -> None:
        """The transaction failed: if its commit was not answered, it is looked for later."""
        if self._open_at:
            self._absence.doubt(self._open_at, self._begin.tries)

    def _go(self, taken: Claim) -> None:
        self._open_at = None
        self._hand_over(taken)
