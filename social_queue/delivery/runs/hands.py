"""How much one run takes up: a post for each of its hands, and some that stand ready for whichever is free next.

A hand that has read an answer would else wait for that to be written down, for the next claim and for its thread.
"""

import time
from collections.abc import Callable
from typing import Any, TypeVar

from social_queue.delivery import threads

_Came = TypeVar("_Came")
#: What stands ready shall wait about so long for a free hand, and no more stand ready than this part of the hands: of a
#: worker that is killed, they have to be asked about too.
_WAIT_S, _SHARE = 0.15, 0.75
#: Hands that are free no sooner are a platform that hangs: what has stood for so long does not wait for it.
PATIENCE_S = 1.0


def most(size: int) -> int:
    """How many a run of so many hands can take up at once."""
    return size + int(size * _SHARE)


class Hands:
    """``size`` threads, and what they are to do."""

    def __init__(self, size: int) -> None:
        self.size = size
        #: Seconds that a hand is busy with one post: a mean in which the last post counts for one part in ``size``.
        self._busy_s: float | None = None
        self._standing: dict[threads.Task[Any], float] = {}

    @property
    def spare(self) -> int:
        """How many may stand ready: none until it is known how long a hand is busy."""
        if self._busy_s is None:
            return 0
        return min(most(self.size) - self.size, int(_WAIT_S * self.size / max(self._busy_s, 0.001)))

    def do(self, act: Callable[[], _Came]) -> threads.Task[_Came]:
        """By the next free hand, after what stands ready already."""
        task = threads.run(lambda: self._measured(act), size=self.size)
        self._standing[task] = time.monotonic()
        return task

    def hurry(self) -> None:
        """Have others do what has stood ready for too long."""
        now = time.monotonic()
        for task, since in list(self._standing.items()):
            late = now - since >= PATIENCE_S
            if late and not task.is_begun:
                threads.hurry(task, size=max(1, most(self.size) - self.size))
            if late or task.is_begun:
                del self._standing[task]

    def _measured(self, act: Callable[[], _Came]) -> _Came:
        began = time.monotonic()
        try:
            return act()
        finally:
            took, mean = time.monotonic() - began, self._busy_s
            self._busy_s = took if mean is None else mean + (took - mean) / self.size
