"""Takes many rows away a few at a time: whoever writes meanwhile, on SQLite anybody, waits for a few at most."""

import contextlib
from collections.abc import Iterator
from time import perf_counter, sleep
from typing import Any

from django.db import connection
from django.db.models import QuerySet

#: The part of a task's time that one kind of rows may take of which years may have left more than can go in it. What is
#: left waits for the next pruning; a task that is ended in the middle does nothing of what comes after.
SHARE_OF_A_TASK = 1 / 3
#: So few that a transaction is over in a moment, even of deliveries with their bodies.
_AT_ONCE = 500
#: Whoever finds SQLite busy looks again after this many seconds at most.
_LOOKS_AGAIN = 0.1


def clear(rows: QuerySet[Any, Any]) -> int:
    """Take away all of ``rows``; returns how many went. Each group is committed by itself.

    So a task that runs out of time has done a part of it. What no longer belongs to ``rows`` when its group's turn
    comes stays.
    """
    gone = 0
    while numbers := list(rows.order_by().values_list("pk", flat=True)[:_AT_ONCE]):
        with group():
            gone += rows.filter(pk__in=numbers).delete()[0]
        if len(numbers) < _AT_ONCE:
            break
    return gone


@contextlib.contextmanager
def group() -> Iterator[None]:
    """A group and the pause behind it, on SQLite as long as the group took: there one who writes again and again is
    nearly always back before those who wait have looked.
    """
    began = perf_counter()
    yield
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        sleep(min(perf_counter() - began, _LOOKS_AGAIN))


def remove(rows: QuerySet[Any, Any]) -> None:
    """Take rows away on which nothing hangs any more, which the database sees to, by one statement.

    ``delete()`` reads all of their columns first where something could hang on them, and takes a hundred at a time.
    """
    rows._raw_delete(rows.db)
