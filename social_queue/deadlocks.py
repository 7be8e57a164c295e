"""Doing a short transaction again when the database chose it as the victim of a deadlock."""

import functools
import random
import time
from collections.abc import Callable

from django.db import OperationalError, connection

#: Deadlock, lock wait time-out, and "record has changed since last read" (MariaDB's snapshot isolation).
_MYSQL_AGAIN = {1213, 1205, 1020}
_TRIES = 8


def is_collision(fault: OperationalError) -> bool:
    """True when the same transaction may succeed if it is simply done again."""
    code = fault.args[0] if fault.args else None
    return code in _MYSQL_AGAIN or "database is locked" in str(fault)


def again(act: Callable) -> Callable:
    """Decorate a function that is one whole transaction; inside an outer one it is left alone."""

    @functools.wraps(act)
    def wrapped(*args, **kwargs):
        for patience in range(_TRIES):
            try:
                return act(*args, **kwargs)
            except OperationalError as fault:
                if connection.in_atomic_block or patience == _TRIES - 1 or not is_collision(fault):
                    raise
                time.sleep(random.uniform(0.005, 0.02) * 2**patience)
        raise AssertionError("unreachable")

    return wrapped
