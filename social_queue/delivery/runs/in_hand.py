"""What one run has in hand: attempts that are sent in threads, whose outcomes are written down together."""

import functools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future

from connectors.base import Published
from social_queue.delivery import outcomes, threads
from social_queue.delivery.claims.ready import Ready
from social_queue.delivery.claims.taken import Follow
from social_queue.delivery.deliver import Answer, Clock, answer, deliver
from social_queue.delivery.ending import Ending
from social_queue.delivery.errands.doing import carry_out
from social_queue.delivery.errands.holding import Holding
from social_queue.delivery.runs.calls import LONGEST_WAIT_S
from social_queue.delivery.runs.hands import Hands
from social_queue.models import Attempt
from social_queue.wording.templates.finding import Shelf
from social_queue.workings import held_connections, log_marks, outages, stopping

logger = logging.getLogger(__name__)

#: What editors change in the wordings holds for posts that are sent so many seconds later.
_SHELF_S = 1.0

#: What a thread returns: how it ended, what came of it and stands in no row yet, or None when another has taken over.
_End = Ending | Answer | None


class InHand:
    """The attempts of one run that are under way, ``size`` at most, and those that stand ready for a free thread."""

    def __init__(self, clock: Clock, size: int) -> None:
        self.size = size
        self._clock, self._count, self._hands = clock, 0, Hands(size)
        #: What ended in a thread and was not collected yet; nothing leaves it before it is written down.
        self._ended: deque[Future[_End]] = deque()
        self._bell, self._guard, self._left = threading.Event(), threading.Lock(), False
        self._shelf, self._shelf_at = Shelf(), time.monotonic()
        self._errands = Holding(clock)

    def __len__(self) -> int:
        return self._count

    @property
    def room(self) -> int:
        """How many hands are free; what was claimed without our hearing of it is sent, whatever is in hand."""
        return max(0, self.size - self._count)

    @property
    def room_ahead(self) -> int:
        """How many may be taken up when some are to stand ready for the hands that are not free yet."""
        return max(0, self.size + self._hands.spare - self._count)

    def shelf(self) -> Shelf:
        """The wordings as they stand, about."""
        if time.monotonic() - self._shelf_at > _SHELF_S:
            self._shelf, self._shelf_at = Shelf(), time.monotonic()
        return self._shelf

    def send(self, attempts: list[Attempt], *, ready: Mapping[int, Ready] | None = None) -> None:
        """Begin to deliver the posts of one claim; ``ready``: {post id: how it goes out} of those that are."""
        for attempt in attempts:
            one = (ready or {}).get(attempt.post_id)
            future = self._begin(functools.partial(_send, attempt, self._clock, shelf=self.shelf(), ready=one))
            if attempt.kind != Attempt.Kind.POST:
                self._errands.add(future, attempt)

    def collect(self, *, seconds: float = LONGEST_WAIT_S, following: Follow | None = None) -> list[Ending]:
        """How attempts ended since the last call, superseded ones left out; waits so long when none did.

        What is out is written down here, all of it in one transaction, in which ``following`` is asked what the
        accounts go on with.
        """
        self._bell.wait(seconds)
        self._bell.clear()
        self._hands.hurry()
        done = list(self._ended)
        ends = [future.result() for future in done]
        # Their hands are free for what follows, and what is not written down yet is taken up again.
        self._count -= len(done)
        written = self._write([end for end in ends if isinstance(end, Answer)], following)
        for _ in done:
            self._ended.popleft()
        self._errands.say_so()
        return [end for end in ends if isinstance(end, Ending)] + written

    def close(self) -> None:
        """Nobody collects any more: what is known by now, and what the threads will hear, they write down themselves.

        A run may end in the middle, when its process was frozen for longer than its time.
        """
        with self._guard:
            self._left = True
        for future in self._ended:
            threads.run(functools.partial(_record_if_answer, future), size=self.size)

    def _begin(self, act: Callable[[], _End]) -> Future[_End]:
        self._count += 1
        future = self._hands.do(act)
        future.add_done_callback(self._note)
        return future

    def _note(self, future: Future[_End]) -> None:
        with self._guard:
            if not self._left:
                self._ended.append(future)
                self._bell.set()
                return
        _record_if_answer(future)

    def _write(self, answers: list[Answer], following: Follow | None) -> list[Ending]:
        if not answers:
            return []
        outages.drop_suspect()
        out = [(one.way.attempt, one.result, one.at) for one in answers if isinstance(one.result, Published)]
        try:
            return outcomes.record_all(out, follow=following)
        except Exception as fault:
            # Each by itself, and again and again: nobody else knows it.
            outages.suspect(fault)
            if following:
                following.lost()
            logger.info("%s outcomes are written one by one", len(answers), exc_info=True)
        for one in answers:
            self._begin(functools.partial(_record, one))
        return []


def _send(attempt: Attempt, clock: Clock, *, shelf: Shelf, ready: Ready | None) -> _End:
    """Deliver one claimed post: its Ending, what is out and not written down yet, or None if a newer attempt has it."""
    return _finished(attempt, lambda: _delivered(attempt, clock, shelf=shelf, ready=ready))


def _delivered(attempt: Attempt, clock: Clock, *, shelf: Shelf, ready: Ready | None) -> _End:
    if attempt.kind != Attempt.Kind.POST:
        return carry_out(attempt, clock=clock)
    if attempt.part_number > 1:
        return deliver(attempt, clock=clock)
    with log_marks.about(attempt.post_id):
        came = answer(attempt, clock=clock, shelf=shelf, ready=ready)
        return came.record() if came and not isinstance(came.result, Published) else came


def _record(came: Answer) -> _End:
    return _finished(came.way.attempt, came.record)


def _record_if_answer(future: Future[_End]) -> _End:
    end = future.result()
    return _record(end) if isinstance(end, Answer) else end


def _finished(attempt: Attempt, act: Callable[[], _End]) -> _End:
    try:
        with stopping.finishing(), held_connections.in_use():
            return act()
    except Exception:
        # The outcome could not be written for the whole of a lease, which will speak for the post.
        post = attempt.post
        logger.exception("post %s: its outcome could not be recorded", post.pk, extra={"post": post.pk})
        return Ending(post.pk, post.item_id, post.platform, post.account.slug, "unrecorded")
