"""Short transactions that meet: one is done again when it was the victim of a deadlock."""

import functools
import logging
import random
import time
from collections.abc import Callable, Iterable, Iterator
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection
from django.db.models import Model

from social_queue.workings import turns

logger = logging.getLogger(__name__)

Given = ParamSpec("Given")
Answer = TypeVar("Answer")

#: Deadlock, lock wait time-out, and "record has changed since last read" (MariaDB's snapshot isolation).
_MYSQL_AGAIN = {1213, 1205, 1020}
_TRIES = 8


def is_collision(fault: OperationalError) -> bool:
    """True when the same transaction may succeed if it is simply done again."""
    code = fault.args[0] if fault.args else None
    return code in _MYSQL_AGAIN or "database is locked" in str(fault)


def again(act: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Decorate a function that is one whole transaction; inside an outer one it is left alone.

    Whatever it raises, the rows it was given are then as they were: what it wrote into them was rolled back too.
    """

    @functools.wraps(act)
    def wrapped(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        given = [(row, dict(vars(row))) for row in _rows((*args, *kwargs.values()))]
        for patience in range(_TRIES):
            try:
                with turns.turn():
                    return act(*args, **kwargs)
            except Exception as fault:
                for row, values in given:
                    vars(row).clear()
                    vars(row).update(values)
                met = isinstance(fault, OperationalError) and is_collision(fault)
                if connection.in_atomic_block or patience == _TRIES - 1 or not met:
                    raise
                time.sleep(random.uniform(0.005, 0.02) * 2**patience)
        raise AssertionError("unreachable")

    return wrapped


def _rows(values: Iterable[object]) -> Iterator[Model]:
    """The rows among ``values`` and in their lists, and those that hang on them."""
    for value in values:
        if isinstance(value, Model):
            yield value
            yield from _rows(value._state.fields_cache.values())
        elif isinstance(value, list | tuple):
            yield from _rows(value)
