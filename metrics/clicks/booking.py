"""One click into its table by one prepared statement.

``Model.save`` spends twice the time of the insert on composing the same statement anew; a redirect waits for it.
"""

from functools import cache

from django.db import connection

from metrics.models import Click

_FIELDS = [field for field in Click._meta.concrete_fields if not field.primary_key]


def insert(click: Click) -> None:
    """Write the click; outside a transaction it is committed when this returns. Raises DatabaseError."""
    values = [field.get_db_prep_save(getattr(click, field.attname), connection) for field in _FIELDS]
    with connection.cursor() as cursor:
        cursor.execute(_statement(), values)


@cache
def _statement() -> str:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in _FIELDS if field.column)
    places = ", ".join(["%s"] * len(_FIELDS))
    return f"INSERT INTO {quote(Click._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608 - our own names
