"""A click that is booked by hand stands in its table as one that Django would have saved."""

import pytest
from django.db import connection
from django.utils import timezone

from metrics.clicks import booking
from metrics.models import Click

pytestmark = pytest.mark.django_db


#: What a click holds; every kind of column is among it.
FIELDS = {
    "post": 7,
    "queue_item": 3,
    "platform": "facebook",
    "variant": "B",
    "referrer_host": "l.facebook.com",
    "agent": "phone",
    "visitor": "0a" * 16,
    "is_robot": True,
}


def stored() -> list[tuple]:
    """The table's rows as the database gives them, without their numbers."""
    columns = [field.column for field in Click._meta.concrete_fields if not field.primary_key]
    names = ", ".join(map(connection.ops.quote_name, columns))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {names} FROM {Click._meta.db_table} ORDER BY id")
        return cursor.fetchall()


def test_its_columns_are_those_that_saving_would_have_written():
    moment = timezone.now()
    Click(clicked_at=moment, **FIELDS).save()
    booking.insert(Click(clicked_at=moment, **FIELDS))
    saved, booked = stored()
    assert booked == saved
    assert Click.objects.filter(clicked_at=moment).count() == 2
