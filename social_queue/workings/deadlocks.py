"""Repeats a short transaction that lost a deadlock or waited too long for a lock."""

import contextlib
import functools
import logging
import random
import time
from collections.abc import Callable, Iterator
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction
from django.db.models import Model

from social_queue.workings import turns

logger = logging.getLogger(__name__)

Given = ParamSpec("Given")
Answer = TypeVar("Answer")

#: Deadlock, lock wait time-out, and "record has changed since last read" (MariaDB's snapshot isolation).
_MYSQL_AGAIN = {1213, 1205, 1020}
#: The same of PostgreSQL: serialization_failure, deadlock_detected, lock_not_available.
#: https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRESQL_AGAIN = {"40001", "40P01", "55P03"}
_TRIES = 8


def is_collision(fault: OperationalError) -> bool:
    """True when the same transaction may succeed if it is simply done again."""
    code = fault.args[0] if fault.args else None
    state = getattr(fault.__cause__, "sqlstate", None)
    return code in _MYSQL_AGAIN or state in _POSTGRESQL_AGAIN or "database is locked" in str(fault)


def again(act: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Decorate a function that is one whole transaction; inside an outer one it is left alone.

    It is called with the same arguments again, so it may change none of them before it has committed; a row that must
    be changed within is named to ``atomic``.
    """

    @functools.wraps(act)
    def wrapped(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        for patience in range(_TRIES):
            try:
                with turns.turn():
                    return act(*args, **kwargs)
            except Exception as fault:
                met = isinstance(fault, OperationalError) and is_collision(fault)
                if connection.in_atomic_block or patience == _TRIES - 1 or not met:
                    raise
                time.sleep(random.uniform(0.005, 0.02) * 2**patience)
        raise AssertionError("unreachable")

    return wrapped


@contextlib.contextmanager
def atomic(*rows: Model) -> Iterator[None]:
    """A transaction that changes ``rows``: when it fails, in the end or before, they are as they were too."""
    given = [(row, dict(vars(row))) for row in rows]
    try:
        with transaction.atomic():
            yield
    except BaseException:
        for row, values in given:
            vars(row).clear()
            vars(row).update(values)
        raise
