"""How many pictures are decoded at once in this process: a decoded one is up to a hundred times its file."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

USUAL_PLACES = 2


class Darkroom:
    """A few places to work at; who finds none free waits. A thread that has one may enter again."""

    def __init__(self, places: int = USUAL_PLACES) -> None:
        self._mine = threading.local()
        self.furnish(places)

    def furnish(self, places: int) -> None:
        """Have so many places from now on; those inside finish where they are."""
        self.places = places
        self._free = threading.BoundedSemaphore(places)

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place while a picture is decoded, changed or encoded."""
        if getattr(self._mine, "held", False):
            yield
            return
        free = self._free
        with free:
            self._mine.held = True
            try:
                yield
            finally:
                self._mine.held = False


_room = Darkroom()
place, furnish = _room.place, _room.furnish
# A process that is forked while somebody works here would find that place taken for ever.
os.register_at_fork(after_in_child=lambda: furnish(_room.places))
