"""Replays: finds what came in before, by its idempotency key or by the generator's reference."""

from collections.abc import Iterable

from social_queue.intake.incoming import RULES, Malformed, Reading, cleaned
from social_queue.models import QueueItem
from social_queue.sentences import about, said


class Reused(ValueError):
    """A key or reference that stands for another body; ``field`` says which of the two."""

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(about(field, said("stands for another body already.")))


def earlier(source: str, key: str | None, reference: str | None, body_hash: str) -> QueueItem | None:
    """The item that came in under this key or reference. Raises Reused when its body was another."""
    for field, value in (("idempotency_key", key), ("reference", reference)):
        item = QueueItem.objects.filter(**{"source": source, field: value}).first() if value else None
        if item and item.body_hash != body_hash:
            raise Reused(field)
        if item:
            return item
    return None


def used(source: str, field: str, values: Iterable[str]) -> set[str]:
    """Which of these values of "idempotency_key" or "reference" an item of the source has; one query, or none."""
    asked = set(values)
    if not asked:
        return set()
    rows = QueueItem.objects.filter(**{"source": source, f"{field}__in": asked})
    return set(rows.order_by().values_list(field, flat=True))


def key_of(reading: Reading, header: str | None) -> str | None:
    """The key of the header or of the body. Raises Malformed when one can't be used or both are there and differ.

    A key of the body that can't be used counts as absent here; ``finish`` says what is wrong with it.
    """
    name = "idempotency_key"
    given = {name: header} if header and header.strip() else {}
    values, faults = cleaned(given, {name: RULES[name]})
    if faults:
        raise Malformed(faults)
    from_header: str | None = values.get(name)
    from_body: str | None = reading.values.get(name)
    if from_header and from_body and from_header != from_body:
        raise Malformed({name: [said("differs from the header Idempotency-Key.")]})
    return from_header or from_body
