"""Replays: finds what came in before, by its idempotency key or by the generator's reference."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from social_queue import kept
from social_queue.intake.incoming import RULES, Malformed, Reading, cleaned
from social_queue.models import FurtherKey, QueueItem
from social_queue.sentences import about, said
from social_queue.workings import deadlocks

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
    for field, find, value in (("idempotency_key", under_key, key), ("reference", _under_reference, reference)):
        item = find(source, value)
        if item and item.body_hash != body_hash:
            raise Reused(field)
        if item:
            return item
    return None


def earlier_and_keep(source: str, key: str | None, reference: str | None, body_hash: str) -> QueueItem | None:
    """As ``earlier``; a key that came with a reference which was there is kept as a further one of that item."""
    item = earlier(source, key, reference, body_hash)
    if item is None or not key or item.idempotency_key == key or under_key(source, key) == item or _keep(item, key):
        return item
    return earlier(source, key, reference, body_hash)


def under_key(source: str, key: str | None) -> QueueItem | None:
    """The item that a key stands for: the one that was laid down under it, or whose reference it came with since."""
    if not key:
        return None
    own = QueueItem.objects.filter(source=source, idempotency_key=key).first()
    return own or QueueItem.objects.filter(pk__in=_further(source=source, hashes=[_hash(key)])).first()


def store(item: QueueItem) -> None:
    """Lay down an item, in the caller's transaction. Raises IntegrityError when its key or reference is another's."""
    item.save(force_insert=True)
    refuse_further_keys([item])


def refuse_further_keys(items: Iterable[QueueItem]) -> None:
    """Call it in the transaction that has stored these items. Raises IntegrityError when one's key is another's.

    The index of the items lets in only one item of a key; that a key came to be a further one meanwhile is seen here.
    """
    keys: dict[str, list[str]] = defaultdict(list)
    for item in items:
        if item.idempotency_key:
            keys[item.source].append(_hash(item.idempotency_key))
    for source, hashes in keys.items():
        if QueueItem.objects.filter(pk__in=_further(source=source, hashes=hashes)).exists():
            raise IntegrityError("a key of these items was kept as one of another item a moment ago")


@deadlocks.again
def _keep(item: QueueItem, key: str) -> bool:
    """Keep it as a further key; False when it has come to be one, or the own key of an item, meanwhile."""
    own = QueueItem.objects.filter(pk=item.pk)
    try:
        with transaction.atomic():
            kept_under = own.select_for_update().values_list("idempotency_key", flat=True).get()
            # For a moment it is the item's own: so the index that lets no two items have one key refuses this, too.
            own.update(idempotency_key=key)
            FurtherKey.objects.create(source=item.source, key=_hash(key), item=item)
            own.update(idempotency_key=kept_under)
    except (IntegrityError, QueueItem.DoesNotExist):
        return False
    return True


def earlier_among(known_ones: Collection[tuple[str, str]]) -> Earlier:
    """``earlier`` that asks only for keys and references that are known to be used, each with its field's name."""

    def found(source: str, key: str | None, reference: str | None, body_hash: str) -> QueueItem | None:
        known = ("idempotency_key", key) in known_ones or ("reference", reference) in known_ones
        return earlier(source, key, reference, body_hash) if known else None

    return found


def used(source: str, field: str, values: Iterable[str]) -> set[str]:
    """Which of these values of "idempotency_key" or "reference" an item of the source has; a query for each 500."""
    is_key = field == "idempotency_key"
    find = _keys if is_key else _references
    asked, found = sorted(set(values)), set[str | None]()
    for first in range(0, len(asked), _IN_A_STATEMENT):
        some = asked[first : first + _IN_A_STATEMENT]
        found.update(find(source=source, values=some))
        if is_key:
            hashes = {_hash(key): key for key in some}
            found.update(hashes[one] for one in _further_hashes(source=source, hashes=list(hashes)))
    return {value for value in found if value}


@kept.rows
def _keys(*, source: str, values: list[str]) -> "QuerySet[QueueItem, str | None]":
    rows = QueueItem.objects.filter(source=source, idempotency_key__in=values)
    return rows.order_by().values_list("idempotency_key", flat=True)


@kept.rows
def _references(*, source: str, values: list[str]) -> "QuerySet[QueueItem, str | None]":
    return QueueItem.objects.filter(source=source, reference__in=values).order_by().values_list("reference", flat=True)


def _under_reference(source: str, reference: str | None) -> QueueItem | None:
    return QueueItem.objects.filter(source=source, reference=reference).first() if reference else None


@kept.rows
def _further(*, source: str, hashes: list[str]) -> "QuerySet[FurtherKey, int]":
    return FurtherKey.objects.filter(source=source, key__in=hashes).order_by().values_list("item_id", flat=True)


@kept.rows
def _further_hashes(*, source: str, hashes: list[str]) -> "QuerySet[FurtherKey, str]":
    return FurtherKey.objects.filter(source=source, key__in=hashes).order_by().values_list("key", flat=True)


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


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
