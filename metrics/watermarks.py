"""How far sums have come; to add up, hold the watermark's row for one short transaction."""

from datetime import datetime

from metrics.models import Watermark


def lay(name: str) -> None:
    """Make sure that the row exists. Call it before the transaction that will ``hold`` it."""
    Watermark.objects.get_or_create(name=name)


def hold(name: str) -> Watermark:
    """The row, locked until the transaction ends; SQLite's transactions are alone from their beginning."""
    return Watermark.objects.select_for_update().get(name=name)


def reached(name: str) -> datetime | None:
    """How far the sums have come, for whoever only reads them."""
    return Watermark.objects.filter(name=name).values_list("added_until", flat=True).first()


def move(mark: Watermark, to: datetime) -> None:
    """Everything before ``to`` is in the sums now."""
    Watermark.objects.filter(pk=mark.pk).update(added_until=to)


def back_to(name: str, moment: datetime) -> None:
    """Rows from ``moment`` on were added late: the sums must look there again."""
    Watermark.objects.filter(name=name, added_until__gt=moment).update(added_until=moment)
