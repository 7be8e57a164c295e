"""Pages of a list that may grow while it is read: each begins where the last one ended, not at a number.

A cursor names the last row by what the list is ordered by and by its id, so any number of rows may share a moment or a
status, and no page costs more than the first.
"""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

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
    """What a list is ordered by: a name of the API's, the column behind it, and the direction."""

    name: str
    column: str
    descending: bool

    @property
    def columns(self) -> tuple[str, ...]:
        """For ``order_by``; the id makes every order total."""
        sign = "-" if self.descending else ""
        return (f"{sign}pk",) if self.column == "pk" else (f"{sign}{self.column}", f"{sign}pk")

    def value_of(self, row: Any) -> object:
        """The row's place in this order, as JSON can hold it."""
        value = row
        for part in self.column.split("__"):
            value = getattr(value, part)
        return value.isoformat() if isinstance(value, datetime) else value


@dataclass(frozen=True)
class Cursor:
    """A place between two rows; ``backwards`` when the page before it is wanted."""

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


#: (rows, what is wanted, the request) -> the first of the rows, one more than a page has.
Beginning = Callable[[QuerySet, Wanted, Request], list]


def wanted(request: Request, order: Order | None, *, faults: Faults) -> Wanted:
    """What was asked for; what can't be used is added to ``faults``. ``order`` is None when it is among them."""
    size = _size(request, faults)
    cursor = _cursor(request, order, faults) if order else None
    return Wanted(order or Order("", "pk", False), size, cursor)


def beginning(rows: QuerySet, wanted: Wanted, _request: Request) -> list:
    """One row more than a page has, if there are as many. ``rows``: what every filter and the cursor let through."""
    return list(rows.order_by(*wanted.way().columns)[: wanted.size + 1])


def page(
    rows: QuerySet, wanted: Wanted, request: Request, *, first: Beginning = beginning
) -> tuple[list, dict[str, str | None]]:
    """(the rows of the page asked for, {"next": address or None, "previous": address or None})."""
    order, size, cursor = wanted.order, wanted.size, wanted.cursor
    backwards = bool(cursor and cursor.backwards)
    if cursor:
        rows = rows.filter(_beyond(order, cursor))
    found = first(rows, wanted, request)
    has_more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_next, has_previous = (True, has_more) if backwards else (has_more, bool(cursor))
    return found, {
        "next": _address(request, order, found[-1], backwards=False) if has_next and found else None,
        "previous": _address(request, order, found[0], backwards=True) if has_previous and found else None,
    }


def _beyond(order: Order, cursor: Cursor) -> Q:
    way = "lt" if order.descending != cursor.backwards else "gt"
    if order.column == "pk":
        return Q(**{f"pk__{way}": cursor.pk})
    value = cursor.value
    # The first condition is implied by the second; databases can use an index for it, but not for an "or".
    near = Q(**{f"{order.column}__{way}e": value})
    return near & (Q(**{f"{order.column}__{way}": value}) | Q(**{order.column: value, f"pk__{way}": cursor.pk}))


def _address(request: Request, order: Order, row: Any, *, backwards: bool) -> str:
    cursor = Cursor(order.name, order.value_of(row), row.pk, backwards)
    return replace_query_param(request.build_absolute_uri(), "cursor", str(cursor))


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
        place = _moment(value) if order.column.endswith("_at") else _sound(str(value))
        cursor = Cursor(str(name), place, max(0, min(int(pk), LARGEST_INTEGER)), bool(backwards))
    except (ValueError, TypeError, OverflowError):
        faults["cursor"] = [said("is not one of ours.")]
        return None
    if cursor.order != order.name:
        faults["cursor"] = [said("belongs to another ordering.")]
    return cursor


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
