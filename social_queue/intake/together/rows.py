"""The row of an item as it is stored first."""

from social_queue.intake import cooldown
from social_queue.intake.incoming import Incoming
from social_queue.models import ItemStatus, QueueItem
from social_queue.rows import columns


def new_item(incoming: Incoming, *, draft: bool, repeated: int | None = None) -> QueueItem:
    """An item that is not stored yet; ``repeated``: the id of the one that it repeats, for which it is skipped."""
    if repeated:
        judged = {"status": ItemStatus.SKIPPED, "skip_reason": cooldown.REASON, "duplicate_of_id": repeated}
    else:
        judged = {"status": ItemStatus.DRAFT if draft else ItemStatus.READY}
    folded = {name: cooldown.column(incoming.data.get(name)) for name in cooldown.COLUMNS}
    return columns.new(QueueItem, {**incoming.columns(), **folded, **judged})
