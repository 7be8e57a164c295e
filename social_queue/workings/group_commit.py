"""Group commit: what many threads want to write at the same moment goes into one short transaction.

Twenty threads that each open a transaction of their own spend their time queueing for the database and for the
interpreter. Here the first to come writes for all who are waiting, and everybody returns when the commit is done.
"""

import contextlib
import contextvars
import logging
import threading
from collections import deque
from collections.abc import Callable, Hashable, Iterator
from typing import Any, Generic, TypeVar

from django.db import connection

from social_queue.workings import outages

logger = logging.getLogger(__name__)

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

#: A transaction stays short however many wait.
LARGEST = 32

_known: contextvars.ContextVar[dict[Hashable, Any] | None] = contextvars.ContextVar("known", default=None)


@contextlib.contextmanager
def asking_once() -> Iterator[None]:
    """While this lasts, in this thread, ``once`` asks each question once: a group is a moment, not a time."""
    before = _known.set({})
    try:
        yield
    finally:
        _known.reset(before)


def once(question: Hashable, ask: Callable[[], Answer]) -> Answer:
    """What ``ask`` says; inside ``asking_once``, what it said first. Whoever gets it changes nothing of it."""
    known = _known.get()
    if known is None:
        return ask()
    if question not in known:
        known[question] = ask()
    answer: Answer = known[question]
    return answer


class Together(Generic[Asked, Answer]):
    """Calls ``act`` with what several threads asked for, and hands each its own answer.

    ``act`` is one whole transaction: a list of requests in, a list of answers of the same length out. When it fails
    for a group each thread does its own part alone, so that a fault reaches only whoever caused it.
    """

    def __init__(self, act: Callable[[list[Asked]], list[Answer]]) -> None:
        self._act = act
        self._waiting: deque[_Ticket[Asked, Answer]] = deque()
        self._turn = threading.Lock()

    def __call__(self, asked: Asked) -> Answer:
        """The answer to one request, once it is committed. Raises whatever ``act`` raises for it."""
        if connection.in_atomic_block:
            # It belongs to the caller's transaction, which no other thread can see.
            return self._act([asked])[0]
        ticket: _Ticket[Asked, Answer] = _Ticket(asked)
        self._waiting.append(ticket)
        with self._turn:
            # Whoever was answered by another goes on to its next statement: that must not wait either.
            outages.drop_suspect(check=not ticket.taken)
            while not ticket.taken:
                self._lead()
            return ticket.answers[0] if ticket.answers else self._alone(asked)

    def _alone(self, asked: Asked) -> Answer:
        outages.drop_suspect(check=True)
        try:
            return self._act([asked])[0]
        except outages.FAULTS as fault:
            # While it is still this thread's turn: the next must not wait for a connection that died with this one.
            outages.suspect(fault)
            raise

    def _lead(self) -> None:
        """Take the next tickets and write for them in one transaction, unless it is one alone.

        Tickets that get no answer, because of that or of a fault, are written one by one by their own threads.
        """
        group = [self._waiting.popleft() for _ in range(min(len(self._waiting), LARGEST))]
        for ticket in group:
            ticket.taken = True
        if len(group) == 1:
            return
        try:
            answers = self._act([ticket.asked for ticket in group])
        except Exception as fault:
            outages.suspect(fault)
            logger.info("%s requests are written one by one", len(group), exc_info=True)
            return
        for ticket, answer in zip(group, answers, strict=True):
            ticket.answers.append(answer)


class _Ticket(Generic[Asked, Answer]):
    """One thread's request. ``taken``: somebody has seen to it; then ``answers`` holds its answer, if it went well."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.answers: list[Answer] = []
        self.taken = False
