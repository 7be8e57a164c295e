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
    that the last group took, and for a lone caller not at all. Whoever was answered leaves without waiting for others.
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
            place.called.wait()
        if not place.taken:
            self._lead()
        if place.fault:
            raise place.fault
        return place.answers[0]

    def _lead(self) -> None:
        """Act for whoever waits, oneself among them, and pass the lead on."""
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
            self._pass_on(group)

    def _gather(self) -> None:
        ends = time.monotonic() + self._took / 2
        while len(self._waiting) < self._expected and time.monotonic() < ends:
            time.sleep(_GLANCE_S)

    def _pass_on(self, group: list["_Place[Asked, Answer]"]) -> None:
        for place in group:
            place.taken = True
            place.called.set()
        with self._guard:
            self._is_led = bool(self._waiting)
            if self._is_led:
                self._waiting[0].called.set()


class _Place(Generic[Asked, Answer]):
    """One thread's place in the row. ``called``: it is answered, or, when nobody has ``taken`` it, it leads now."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.answers: list[Answer] = []
        self.fault: BaseException | None = None
        self.taken = False
        self.called = threading.Event()
