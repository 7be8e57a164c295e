"""Replays: finds what came in before, by its idempotency key or by the generator's reference."""

import hashlib
from collections.abc import Callable, Collection, Iterable

from django.db.models import QuerySet

from social_queue import kept
from social_queue.intake.incoming import RULES, Malformed, Reading, cleaned
from social_queue.models import QueueItem
from social_queue.sentences import about, said

#: Of a key, as its field and its column have it.
KEY_LENGTH = 200
_IN_A_STATEMENT = 500
#: (source, key, reference, body hash) -> the item that came in under one of the two.
Earlier = Callable[[str, str | None, str | None, str], QueueItem | None]


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


def earlier_among(known_ones: Collection[tuple[str, str]]) -> Earlier:
    """``earlier`` that asks only for keys and references that are known to be used, each with its field's name."""

    def found(source: str, key: str | None, reference: str | None, body_hash: str) -> QueueItem | None:
        known = ("idempotency_key", key) in known_ones or ("reference", reference) in known_ones
        return earlier(source, key, reference, body_hash) if known else None

    return found


def used(source: str, field: str, values: Iterable[str]) -> set[str]:
    """Which of these values of "idempotency_key" or "reference" an item of the source has; a query for each 500."""
    find = _keys if field == "idempotency_key" else _references
    asked, found = sorted(set(values)), set[str | None]()
    for first in range(0, len(asked), _IN_A_STATEMENT):
        found.update(find(source=source, values=asked[first : first + _IN_A_STATEMENT]))
    return {value for value in found if value}


@kept.rows
def _keys(*, source: str, values: list[str]) -> "QuerySet[QueueItem, str | None]":
    rows = QueueItem.objects.filter(source=source, idempotency_key__in=values)
    return rows.order_by().values_list("idempotency_key", flat=True)


@kept.rows
def _references(*, source: str, values: list[str]) -> "QuerySet[QueueItem, str | None]":
    return QueueItem.objects.filter(source=source, reference__in=values).order_by().values_list("reference", flat=True)


def key_of_header(header: str | None) -> str | None:
    """The key of the header, without the spaces around it. Raises Malformed when it can't be used."""
    name = "idempotency_key"
    values, faults = cleaned({name: header} if header and header.strip() else {}, {name: RULES[name]})
    if faults:
        raise Malformed(faults)
    found: str | None = values.get(name)
    return found


def placed(shared: str, index: int) -> str:
    """The key of one body of an array; where that would be too long, what is shared stands in it as its hash."""
    key = f"{shared}:{index}"
    return key if len(key) <= KEY_LENGTH else f"{hashlib.sha256(shared.encode()).hexdigest()}:{index}"


def key_of(reading: Reading, header: str | None) -> str | None:
    """The key of the header or of the body. Raises Malformed when one can't be used or both are there and differ.

    A key of the body that can't be used counts as absent here; ``finish`` says what is wrong with it.
    """
    name = "idempotency_key"
    from_header = key_of_header(header)
    from_body: str | None = reading.values.get(name)
    if from_header and from_body and from_header != from_body:
        raise Malformed({name: [said("differs from the header Idempotency-Key.")]})
    return from_header or from_body
