"""How far sums have come; to add up, hold the watermark's row for one short transaction."""

from datetime import datetime

from django.db import IntegrityError, transaction

from metrics.models import Watermark


def lay(name: str) -> None:
    """Make sure that the row exists. Call it before the transaction that will ``hold`` it."""
    if Watermark.objects.filter(name=name).exists():
        return
    try:
        with transaction.atomic():
            Watermark.objects.create(name=name)
    except IntegrityError:
        return  # another process was first, which is all we wanted


def hold(name: str) -> Watermark:
    """The row, locked until the transaction ends; SQLite's transactions are alone from their beginning."""
    return Watermark.objects.select_for_update().get(name=name)


def move(mark: Watermark, to: datetime) -> None:
    """Everything before ``to`` is in the sums now."""
    Watermark.objects.filter(pk=mark.pk).update(added_until=to)


def back_to(name: str, moment: datetime) -> None:
    """Rows from ``moment`` on were added late: the sums must look there again."""
    Watermark.objects.filter(name=name, added_until__gt=moment).update(added_until=moment)
