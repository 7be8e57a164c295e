"""Group commit for threads that answer somebody outside, who sends the next request when he has his answer.

``workings.group_commit`` serves threads that come by themselves; here it pays to wait a moment for those who come back.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from django.db import connection

from social_queue.workings import outages
from social_queue.workings.group_commit import LARGEST

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

#: How often a leader looks whether those it waits for are there.
_GLANCE_S = 0.0005


class Gathering(Generic[Asked, Answer]):
    """Calls ``act`` with what several threads asked for, and hands each its own answer.

    A leader waits a little for as many as were in the last group, since they come back: never more than half the time
    that the last group took, and for a lone caller not at all. Whoever was answered calls the next and leaves; the last
    calls who leads the next group. Called all at once they would push each other aside at the interpreter's lock.
    ``act`` answers for each of a group, whatever happens; what it raises reaches all of them.
    """

    def __init__(self, act: Callable[[list[Asked]], list[Answer]]) -> None:
        self._act = act
        self._waiting: deque[_Place[Asked, Answer]] = deque()
        self._guard = threading.Lock()
        self._is_led = False
        self._expected, self._took = 1, 0.0

    def __call__(self, asked: Asked) -> Answer:
        """The answer to one request, once it is committed."""
        if connection.in_atomic_block:
            return self._act([asked])[0]
        place: _Place[Asked, Answer] = _Place(asked)
        with self._guard:
            self._waiting.append(place)
            leads, self._is_led = not self._is_led, True
        if not leads:
            place.called.acquire()
        try:
            if not place.taken:
                self._lead()
        finally:
            self._call_behind(place)
        if place.fault:
            raise place.fault
        return place.answers[0]

    def _lead(self) -> None:
        """Act for whoever waits, oneself among them, who is the first."""
        group: list[_Place[Asked, Answer]] = []
        try:
            self._gather()
            group += (self._waiting.popleft() for _ in range(min(len(self._waiting), LARGEST)))
            outages.drop_suspect(check=True)
            began = time.monotonic()
            for place, answer in zip(group, self._act([place.asked for place in group]), strict=True):
                place.answers.append(answer)
            self._expected, self._took = len(group), time.monotonic() - began
        except BaseException as fault:
            for place in group:
                place.fault = fault
            raise
        finally:
            for place, behind in zip(group, [*group[1:], None], strict=True):
                place.taken, place.behind = True, behind

    def _gather(self) -> None:
        ends = time.monotonic() + self._took / 2
        while len(self._waiting) < self._expected and time.monotonic() < ends:
            time.sleep(_GLANCE_S)

    def _call_behind(self, place: "_Place[Asked, Answer]") -> None:
        """The next of the group; behind the last one whoever leads the next group."""
        if place.behind:
            place.behind.called.release()
            return
        with self._guard:
            self._is_led = bool(self._waiting)
            if self._is_led:
                self._waiting[0].called.release()


class _Place(Generic[Asked, Answer]):
    """One thread's place in the row.

    ``called`` is held until it is answered, or, when nobody has ``taken`` it, leads now: a bare lock, which wakes one
    thread at a tenth of what an event costs.
    """

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.answers: list[Answer] = []
        self.fault: BaseException | None = None
        self.taken = False
        self.behind: _Place[Asked, Answer] | None = None
        self.called = threading.Lock()
        self.called.acquire()
