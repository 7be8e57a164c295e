"""Rows as the other database takes them: in statements of a size that it allows, and each refused one named."""

from collections.abc import Iterator

from django.db import DatabaseError, DataError, IntegrityError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

#: Characters of rows that go into one statement: a server takes 16 MiB or more.
_STATEMENT = 4 * 1024 * 1024
#: So many refused rows are named; whoever mends them should not have to copy everything again for each.
_MOST_REFUSED = 20


class NotMoved(Exception):
    """Nothing was moved; the sentence says what stood in the way."""


def write(model: type[Model], rows: list[Model], target: BaseDatabaseWrapper, refused: list[str]) -> None:
    """Write them as they are. What is refused for what stands in it is added to ``refused``, as long as those are few.

    Raises NotMoved.
    """
    for group in _groups(rows, target):
        _write(model, group, target, refused)


def _groups(batch: list[Model], target: BaseDatabaseWrapper) -> Iterator[list[Model]]:
    """The rows in parts that the other database takes in one statement."""
    most = target.ops.bulk_batch_size(batch[0]._meta.local_concrete_fields, batch)
    group: list[Model] = []
    size = 0
    for row in batch:
        weight = len(str(vars(row)))
        if group and (len(group) >= most or size + weight > _STATEMENT):
            yield group
            group, size = [], 0
        group.append(row)
        size += weight
    yield group


def _write(model: type[Model], rows: list[Model], target: BaseDatabaseWrapper, refused: list[str]) -> None:
    if target.vendor == "postgresql":
        for row in rows:
            vars(row).update({name: _without_null(value) for name, value in vars(row).items() if name != "_state"})
    try:
        with transaction.atomic(using=target.alias):
            # Raw: moments that are otherwise set when a row is made stay as they were.
            model._base_manager.using(target.alias)._insert(  # type: ignore[attr-defined]  # Django's own, not in its stubs
                rows, fields=model._meta.local_concrete_fields, raw=True, using=target.alias
            )
    except DatabaseError as fault:
        if len(rows) == 1:
            where = f"{model._meta.db_table} {rows[0].pk}"
            refused.append(f"The row {where} is refused by the other database: {fault}.")
            if not isinstance(fault, DataError | IntegrityError) or len(refused) >= _MOST_REFUSED:
                raise NotMoved(" ".join(refused)) from fault
            return
        for row in rows:
            _write(model, [row], target, refused)


def _without_null(value: object) -> object:
    """PostgreSQL's texts and JSON hold no null byte, which the others do; the sign for what can't be shown instead.

    https://www.postgresql.org/docs/current/datatype-character.html
    """
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd")
    if isinstance(value, list):
        return [_without_null(one) for one in value]
    if isinstance(value, dict):
        return {_without_null(name): _without_null(one) for name, one in value.items()}
    return value
