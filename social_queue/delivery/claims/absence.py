"""A tick while the database is away: what it has in hand is seen to its end, and the waiting tick stays."""

import contextlib
import logging
import threading
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import F

from social_queue.delivery.claims.taken import Try
from social_queue.delivery.parts import claiming
from social_queue.models import Attempt, PostStatus
from social_queue.workings import outages

logger = logging.getLogger(__name__)

#: For so long the late commit of a claim is looked for once the database can be asked.
LATE_COMMITS_S = 60


def left_behind(moments: Collection[datetime], *, worker: str, begun: Collection[Try] = ()) -> list[Attempt]:
    """What ``worker`` claimed at these moments although the database answered that it is away.

    A connection can break between a commit and its answer: the posts are held then, and nobody knows. ``begun``: those
    that passed their point of no return in it; nobody has sent them, so they pass it again.
    """
    # By their moments, too: what was not committed may have been claimed since, here or in a container of this name.
    ours = Attempt.objects.filter(worker=worker, started_at__in=moments, ended_at=None)
    unsent = ours.filter(sent_at=None)
    for post, number in begun:
        unsent |= ours.filter(post=post, number=number, part_number=1)
    held = unsent.filter(part_number=1, post__status=PostStatus.PUBLISHING, post__attempts_made=F("number"))
    held |= claiming.held(unsent)
    attempts = list(held.select_related("post__item", "post__account"))
    for attempt in attempts:
        attempt.sent_at = None
    return attempts


class _Doubts:
    """Claims of this process that it never heard of.

    A commit that was given up may still be under way: a network that swallowed it may bring it when it works again. So
    it is asked for until long after the database was there again, by whichever tick comes next.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        #: {moment of the claim: when to stop asking; None: nobody could ask yet}
        self._unheard: dict[datetime, float | None] = {}
        #: What passed its point of no return in them, by their moments.
        self._begun: dict[datetime, list[Try]] = {}
        self._in_hand: set[int] = set()

    def note(self, moment: datetime, begun: Sequence[Try]) -> None:
        """A claim that failed without an answer."""
        with self._lock:
            self._unheard[moment] = None
            self._begun.setdefault(moment, []).extend(begun)

    def heard(self, attempts: Iterable[Attempt]) -> None:
        """These are in hand: they are nobody's to take."""
        if self._unheard:
            with self._lock:
                self._in_hand |= {attempt.pk for attempt in attempts}

    def settled(self, worker: str) -> list[Attempt]:
        """What turned out to be ours since the last call, each attempt once."""
        if not self._unheard:
            return []
        with self._lock:
            begun = [one for tries in self._begun.values() for one in tries]
            found = left_behind(list(self._unheard), worker=worker, begun=begun)
            ours = [attempt for attempt in found if attempt.pk not in self._in_hand]
            self._in_hand |= {attempt.pk for attempt in ours}
            now = time.monotonic()
            ends = {moment: last or now + LATE_COMMITS_S for moment, last in self._unheard.items()}
            self._unheard = {moment: last for moment, last in ends.items() if last > now}
            self._begun = {moment: tries for moment, tries in self._begun.items() if moment in self._unheard}
            if not self._unheard:
                self._in_hand.clear()
        return ours


_doubts = _Doubts()


class Absence:
    """What one tick has to remember of a database that is away; ``until``: when its time is over."""

    def __init__(self, until: datetime | None) -> None:
        self._last = None if until is None else until + timedelta(seconds=settings.PREPARE_BUDGET)
        self._told = False

    def bear(self, fault: Exception, *, now: datetime, stays: bool) -> None:
        """Go on without the database. Raises the fault when nothing ``stays`` to be done, or the time is up."""
        outages.suspect(fault)
        if not stays or not outages.is_outage(fault) or (self._last is not None and now >= self._last):
            raise fault
        if not self._told:
            logger.warning("the database is away, what is in hand goes on: %s", fault)
            self._told = True
        connection.close()

    @contextlib.contextmanager
    def unheard(self, now: datetime, begun: Sequence[Try]) -> Iterator[None]:
        """A claim at ``now``. What fails after it was answered leaves no doubt: its attempts are in hand already.

        ``begun`` has been filled by then with what passed its point of no return in it.
        """
        try:
            yield
        except outages.FAULTS:
            self.doubt(now, begun)
            raise
        self._told = False

    def doubt(self, now: datetime, begun: Sequence[Try]) -> None:
        """A claim at ``now`` failed without an answer."""
        _doubts.note(now, begun)

    def heard(self, attempts: list[Attempt]) -> None:
        """A claim was answered: these are in hand."""
        _doubts.heard(attempts)

    def taken_unheard(self, worker: str) -> list[Attempt]:
        """The attempts of claims that were committed although their answer never came."""
        return _doubts.settled(worker)
