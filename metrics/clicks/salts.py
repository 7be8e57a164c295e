"""The random salt that a day's visitor hashes are made with: a row that all processes share, gone after two days.

Nothing else leads from a hash back to an address, least of all SECRET_KEY, so with the row every way back is gone: from
the database as it is then; a backup made within the two days keeps its salts, and should not be kept for ever.
"""

import secrets
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from metrics.models import VisitorSalt

KEPT = timedelta(hours=48)
#: This process's copy of the present day's salt: (day, salt). A redirect must not wait for a look into the database.
_held: list[tuple[date, bytes]] = []


def of_day(now: datetime) -> bytes:
    """The salt of the day (UTC) that ``now`` is in, made by whoever needs it first. Raises DatabaseError."""
    day = now.date()
    for held, salt in _held:
        if held == day:
            return salt
    salt = bytes.fromhex(_row(day, now))
    _held[:] = [(day, salt)]
    return salt


def forget(now: datetime) -> int:
    """Take away the salts that are two days old; returns how many went."""
    return VisitorSalt.objects.filter(made_at__lte=now - KEPT).delete()[0]


def _row(day: date, now: datetime) -> str:
    known = VisitorSalt.objects.filter(day=day).values_list("salt", flat=True).first()
    if known:
        return known
    try:
        with transaction.atomic():
            return VisitorSalt.objects.create(day=day, salt=secrets.token_hex(32), made_at=now).salt
    except IntegrityError:  # another process was first
        return VisitorSalt.objects.values_list("salt", flat=True).get(day=day)
