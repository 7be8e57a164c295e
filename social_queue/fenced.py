"""Writes to one post that is still what the writer saw.

Django builds a statement anew each time, at ten times the cost of running it, and a delivery writes several. So the
text is made here, once for each set of columns; values go through the fields as always.
"""

import functools
from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import Field

from social_queue.models import Post


def write(post_id: int, values: Mapping[str, object], *, status: str, attempt: int) -> bool:
    """Set columns of the post if it is in ``status`` and ``attempt`` is its newest; say whether it was.

    ``values`` are plain, no expressions. Raises what the database raises.
    """
    prepared = [_columns()[name].get_db_prep_save(value, connection) for name, value in values.items()]
    with connection.cursor() as cursor:
        cursor.execute(_statement(connection.vendor, tuple(values)), [*prepared, post_id, status, attempt])
        return bool(cursor.rowcount == 1)


@functools.cache
def _columns() -> "dict[str, Field[Any, Any]]":
    return {field.name: field for field in Post._meta.concrete_fields}


@functools.cache
def _statement(vendor: str, names: tuple[str, ...]) -> str:
    quoted = {name: connection.ops.quote_name(field.column) for name, field in _columns().items() if field.column}
    changes = ", ".join(f"{quoted[name]} = %s" for name in names)
    table = connection.ops.quote_name(Post._meta.db_table)
    return (
        f"UPDATE {table} SET {changes} "  # noqa: S608 - names of our own columns, no value
        f"WHERE {quoted['id']} = %s AND {quoted['status']} = %s AND {quoted['attempts_made']} = %s"
    )
