"""A page of a list from a cursor on, and the addresses of those beside it."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from social_queue.api.paging.cursors import Cursor, Order, Wanted

#: (rows, what is wanted, the request) -> the first of the rows, one more than a page has.
Beginning = Callable[[QuerySet, Wanted, Request], list]


def beginning(rows: QuerySet, wanted: Wanted, _request: Request) -> list:
    """One row more than a page has, if there are as many. ``rows``: what every filter and the cursor let through."""
    return list(rows.order_by(*wanted.way().columns)[: wanted.size + 1])


def page(
    rows: QuerySet, wanted: Wanted, request: Request, *, first: Beginning = beginning
) -> tuple[list, dict[str, str | None]]:
    """(the rows of the page asked for, {"next": address or None, "previous": address or None})."""
    order, size, cursor = wanted.order, wanted.size, wanted.cursor
    backwards = bool(cursor and cursor.backwards)
    pieces = [rows.filter(piece) for piece in _beyond(order, cursor)] if cursor else [rows]
    found: list = []
    while pieces and len(found) <= size:
        found += first(pieces.pop(0), wanted, request)
    has_more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_next, has_previous = (True, has_more) if backwards else (has_more, bool(cursor))
    return found, {
        "next": _address(request, order, found[-1], backwards=False) if has_next and found else None,
        "previous": _address(request, order, found[0], backwards=True) if has_previous and found else None,
    }


def _beyond(order: Order, cursor: Cursor) -> list[Q]:
    """Conditions on what comes after the cursor: the rows of the first come before those of the second."""
    way = "lt" if order.descending != cursor.backwards else "gt"
    if order.column == "pk":
        return [Q(**{f"pk__{way}": cursor.pk})]
    if isinstance(cursor.value, tuple):
        # Of both columns each database finds its way by the index only where the first is one value.
        first, then = cursor.value
        shared = Q(**{order.column: first})
        return [shared & _after(order.then, then, cursor.pk, way), Q(**{f"{order.column}__{way}": first})]
    return [_after(order.column, cursor.value, cursor.pk, way)]


def _after(column: str, value: object, pk: int, way: str) -> Q:
    # The first condition is implied by the second; databases can use an index for it, but not for an "or".
    near = Q(**{f"{column}__{way}e": value})
    return near & (Q(**{f"{column}__{way}": value}) | Q(**{column: value, f"pk__{way}": pk}))


def _address(request: Request, order: Order, row: Any, *, backwards: bool) -> str:
    cursor = Cursor(order.name, order.value_of(row), row.pk, backwards)
    return replace_query_param(request.build_absolute_uri(), "cursor", str(cursor))
