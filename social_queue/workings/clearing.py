"""Takes many rows away a few at a time: whoever writes meanwhile, on SQLite anybody, waits for a few at most."""

from typing import Any

from django.db.models import QuerySet

#: So few that a transaction is over in a moment, even of deliveries with their bodies.
_AT_ONCE = 500


def clear(rows: QuerySet[Any, Any]) -> int:
    """Take away all of ``rows``; returns how many went. Each group is committed by itself.

    So a task that runs out of time has done a part of it. What no longer belongs to ``rows`` when its group's turn
    comes stays.
    """
    gone = 0
    while numbers := list(rows.order_by().values_list("pk", flat=True)[:_AT_ONCE]):
        gone += rows.filter(pk__in=numbers).delete()[0]
        if len(numbers) < _AT_ONCE:
            break
    return gone
