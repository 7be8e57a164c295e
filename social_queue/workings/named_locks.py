"""Named locks held until the end of a transaction, on every database.

SQLite needs none: its transactions take the one write lock when they begin. MariaDB and MySQL lock a row a name. The
rows are laid *before* the transaction, since several transactions that insert the same row wait for each other in a
circle; a name should be one of a fixed few, or the table would grow for ever.
"""

from collections.abc import Iterable

from django.db import connection

from social_queue.models import Lock


def lay(names: Iterable[str]) -> None:
    """Make sure that the rows exist. Call it before the transaction that will ``hold`` them."""
    wanted = set(names) if _needed() else set()
    if not wanted:
        return
    for name in sorted(wanted - set(Lock.objects.filter(name__in=wanted).values_list("name", flat=True))):
        Lock.objects.get_or_create(name=name)


def hold(names: Iterable[str]) -> None:
    """Lock the names until the transaction ends; waits while another transaction holds one of them."""
    if not _needed():
        return
    for name in sorted(set(names)):  # always in this order, so that nobody waits in a circle
        Lock.objects.select_for_update().get(name=name)


def _needed() -> bool:
    return connection.features.has_select_for_update
