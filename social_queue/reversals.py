"""What may be walked back: the only writes of a status that go against an arrow.

An undo does so seconds after it was walked; later only what was never tried comes back from being cancelled.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from social_queue import fenced, statements, states
from social_queue.events import ledger
from social_queue.models import ItemStatus, Post, PostStatus, QueueItem

#: (from, back to): a cancelled post was never touched since, a retried or restored one was not claimed since.
BACK = {
    (PostStatus.PENDING, PostStatus.CANCELLED),
    (PostStatus.CANCELLED, PostStatus.PENDING),
    (PostStatus.CANCELLED, PostStatus.FAILED),
    (PostStatus.CANCELLED, PostStatus.UNKNOWN),
    (PostStatus.PENDING, PostStatus.FAILED),
}
_ITEMS_BACK = {
    (ItemStatus.DRAFT, ItemStatus.CANCELLED),
    (ItemStatus.SKIPPED, ItemStatus.CANCELLED),
    (ItemStatus.CANCELLED, ItemStatus.DRAFT),
    (ItemStatus.CANCELLED, ItemStatus.SKIPPED),
    (ItemStatus.READY, ItemStatus.DRAFT),
    (ItemStatus.READY, ItemStatus.SKIPPED),
}


def posts(rows: Sequence[tuple[Post, datetime, Mapping[str, object]]]) -> list[bool]:
    """Give each post back what it had, if it is still as its row and due at that moment; their items are settled.

    All in one transaction; raises NoSuchArrow before anything is written.
    """
    for row, _due, fields in rows:
        if (to := str(fields.get("status", row.status))) != row.status and (row.status, to) not in BACK:
            raise states.NoSuchArrow(f"Nothing takes a post back from {row.status} to {to}.")
    with transaction.atomic():
        numbers = [row.pk for row, _due, _fields in rows]
        held = dict(
            Post.objects.select_for_update().filter(pk__in=numbers).order_by("pk").values_list("pk", "not_before")
        )
        back = [
            held.get(row.pk) == due and fenced.write(row.pk, fields, status=row.status, attempt=row.attempts_made)
            for row, due, fields in rows
        ]
        given = [(row, fields) for (row, _due, fields), done in zip(rows, back, strict=True) if done]
        states.settle({row.item_id for row, _fields in given}, changed=given)
    return back


def item(row: QueueItem, *, fields: Mapping[str, object]) -> bool:
    """Give an item back what it had, if it is in the status of ``row`` still. Raises NoSuchArrow."""
    return items([(row, fields)])[0]


def items(rows: Sequence[tuple[QueueItem, Mapping[str, object]]]) -> list[bool]:
    """The same of many, all in one transaction; what was changed by no column stays. Raises NoSuchArrow first."""
    for row, fields in rows:
        if (to := str(fields.get("status", row.status))) != row.status and (row.status, to) not in _ITEMS_BACK:
            raise states.NoSuchArrow(f"Nothing takes an item back from {row.status} to {to}.")
    with transaction.atomic(savepoint=False):
        back = [bool(fields) and _as_it_was(row, fields) for row, fields in rows]
        told = {row.pk for (row, fields), done in zip(rows, back, strict=True) if done and "status" in fields}
        held = QueueItem.objects.filter(pk__in=told).order_by("pk") if told else ()
        ledger.write([ledger.of_item(ledger.ItemFacts.of(row)) for row in held])
    return back


def _as_it_was(row: QueueItem, fields: Mapping[str, object]) -> bool:
    seen = {"id": row.pk, "status": row.status, "publish_at": row.publish_at}
    return statements.update(QueueItem, fields, where=seen) == 1
