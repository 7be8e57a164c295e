"""Places in a list that may grow while it is read: each page begins where the last one ended, not at a number.

A cursor names the last row by what the list is ordered by and by its id, so any number of rows may share a moment or a
status, and no page costs more than the first.
"""

import base64
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from rest_framework.request import Request

from social_queue.reading import moments, soundness, strict_json
from social_queue.reading.soundness import LARGEST_INTEGER
from social_queue.sentences import said

#: {name: [sentence]} of what can't be used.
Faults = dict[str, list[str]]

USUAL_SIZE = 50
LARGEST_SIZE = 200
_FIRST_YEAR = 1000


@dataclass(frozen=True)
class Order:
    """What a list is ordered by: a name of the API's, the column behind it, and the direction.

    ``then``: what rows that share it are ordered by, where an index holds both; by their ids they are in any case.
    """

    name: str
    column: str
    descending: bool
    then: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """For ``order_by``; the id makes every order total."""
        sign = "-" if self.descending else ""
        names = ("pk",) if self.column == "pk" else (self.column, self.then, "pk")
        return tuple(f"{sign}{name}" for name in names if name)

    def value_of(self, row: Any) -> object:
        """The row's place in this order, as JSON can hold it."""
        place = _value(row, self.column)
        return [place, _value(row, self.then)] if self.then else place


def _value(row: Any, column: str) -> object:
    value = row
    for part in column.split("__"):
        value = getattr(value, part)
    return value.isoformat() if isinstance(value, datetime) else value


@dataclass(frozen=True)
class Cursor:
    """A place between two rows; ``backwards`` when the page before it is wanted. Of two columns the value is a pair."""

    order: str
    value: object
    pk: int
    backwards: bool = False

    def __str__(self) -> str:
        text = json.dumps([self.order, self.value, self.pk, self.backwards], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@dataclass(frozen=True)
class Wanted:
    """Which page: so many rows, in this order, from the cursor on."""

    order: Order
    size: int
    cursor: Cursor | None

    def way(self) -> Order:
        """The order in which rows are read from the cursor on: from the end for the page before it."""
        turned = bool(self.cursor and self.cursor.backwards)
        return replace(self.order, descending=self.order.descending != turned)


def wanted(request: Request, order: Order | None, *, faults: Faults) -> Wanted:
    """What was asked for; what can't be used is added to ``faults``. ``order`` is None when it is among them."""
    size = _size(request, faults)
    cursor = _cursor(request, order, faults) if order else None
    if order and cursor and order.then and not isinstance(cursor.value, tuple):
        # A version before gave it out: whoever reads on with it reads on in the order of that version.
        order = replace(order, then="")
    return Wanted(order or Order("", "pk", False), size, cursor)


def _size(request: Request, faults: Faults) -> int:
    given = request.query_params.get("page_size", str(USUAL_SIZE))
    # Short enough to be read: Python refuses to turn thousands of digits into a number.
    readable = given.isascii() and given.isdecimal() and len(given) <= len(str(LARGEST_SIZE))
    if not readable or not 1 <= int(given) <= LARGEST_SIZE:
        faults["page_size"] = [said("must be a number from 1 to %(most)s.", most=LARGEST_SIZE)]
        return USUAL_SIZE
    return int(given)


def _cursor(request: Request, order: Order, faults: Faults) -> Cursor | None:
    given = request.query_params.get("cursor")
    if not given:
        return None
    try:
        body: Any = strict_json.parse(base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)))
        name, value, pk, backwards = body
        place: object = _place(order.column, value)
        if order.then and isinstance(value, list):
            place = _place(order.column, value[0]), _place(order.then, value[1])
        cursor = Cursor(str(name), place, max(0, min(int(pk), LARGEST_INTEGER)), bool(backwards))
    except (ValueError, TypeError, OverflowError, IndexError):
        faults["cursor"] = [said("is not one of ours.")]
        return None
    if cursor.order != order.name:
        faults["cursor"] = [said("belongs to another ordering.")]
    return cursor


def _place(column: str, value: Any) -> object:
    return _moment(value) if column.endswith("_at") else _sound(str(value))


def _moment(text: str) -> datetime:
    """A moment as a row may have one. Raises ValueError for others: not every database can compare with any year."""
    moment = datetime.fromisoformat(text).astimezone(UTC)
    if not _FIRST_YEAR <= moment.year <= moments.LAST_YEAR:
        raise ValueError(text)
    return moment


def _sound(text: str) -> str:
    if soundness.faults(text):
        raise ValueError(text)
    return text
