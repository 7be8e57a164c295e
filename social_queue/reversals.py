"""What an undo may walk back: the only writes of a status that go against an arrow, seconds after it was walked."""

from datetime import datetime

from django.db import transaction

from social_queue import fenced, states
from social_queue.events import ledger
from social_queue.models import ItemStatus, Post, PostStatus, QueueItem

#: (from, back to): a cancelled post was never touched since, a retried one was not claimed since.
BACK = {
    (PostStatus.CANCELLED, PostStatus.PENDING),
    (PostStatus.CANCELLED, PostStatus.FAILED),
    (PostStatus.CANCELLED, PostStatus.UNKNOWN),
    (PostStatus.PENDING, PostStatus.FAILED),
}
_ITEMS_BACK = {
    (ItemStatus.CANCELLED, ItemStatus.DRAFT),
    (ItemStatus.CANCELLED, ItemStatus.SKIPPED),
    (ItemStatus.READY, ItemStatus.DRAFT),
    (ItemStatus.READY, ItemStatus.SKIPPED),
}


def post(row: Post, *, not_before: datetime, fields: dict[str, object]) -> bool:
    """Give a post back what it had, if it is still as ``row`` and due at ``not_before``; its item is settled.

    Raises NoSuchArrow.
    """
    to = fields.get("status", row.status)
    if to != row.status and (row.status, to) not in BACK:
        raise states.NoSuchArrow(f"Nothing takes a post back from {row.status} to {to}.")
    with transaction.atomic():
        held = Post.objects.select_for_update().filter(pk=row.pk, not_before=not_before).exists()
        if not held or not fenced.write(row.pk, fields, status=row.status, attempt=row.attempts_made):
            return False
        states.settle({row.item_id}, changed=[(row, fields)])
    return True


def item(row: QueueItem, *, fields: dict[str, object]) -> bool:
    """Give an item back what it had, if it is in the status of ``row`` still. Raises NoSuchArrow."""
    to = fields.get("status", row.status)
    if to != row.status and (row.status, to) not in _ITEMS_BACK:
        raise states.NoSuchArrow(f"Nothing takes an item back from {row.status} to {to}.")
    with transaction.atomic():
        held = QueueItem.objects.filter(pk=row.pk, status=row.status, publish_at=row.publish_at)
        if not (back := held.update(**fields) == 1):
            return False
        if to != row.status:
            ledger.write([ledger.of_item(ledger.ItemFacts.of(row, str(to)))])
    return back
