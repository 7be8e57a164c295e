"""Rows that are laid down, or brought up to date where they exist, in one statement.

An update on conflict waits for whoever lays the same row and then owns it, where MariaDB's plain insert would leave two
of us sharing it and waiting for each other.
"""

from collections.abc import Collection, Iterable

from django.db import connection
from django.db.models import Model


def lay(rows: Iterable[Model], *, unique: Collection[str], update: Collection[str]) -> None:
    """Write ``rows`` of one model; of one whose ``unique`` columns are there already only ``update`` is written."""
    rows = list(rows)
    if not rows:
        return
    # MariaDB and MySQL look at every unique key by themselves, and refuse to be told which.
    is_named = connection.features.supports_update_conflicts_with_target
    type(rows[0])._default_manager.bulk_create(
        rows, update_conflicts=True, update_fields=update, unique_fields=unique if is_named else None
    )
