"""A page of a list as it was asked for; all that can't be used of what was asked is named at once."""

from collections.abc import Mapping

from django.db.models import QuerySet
from rest_framework.request import Request

from social_queue.api.errors import refuse
from social_queue.api.paging import cursors, filters, walk
from social_queue.intake.receipts import invalid

#: For lists that are not ordered by wish: as they were made.
AS_MADE = cursors.Order("created_at", "pk", False)


def page(
    rows: QuerySet,
    request: Request,
    *,
    conditions: Mapping[str, filters.Condition] | None = None,
    orders: Mapping[str, str] | None = None,
    usual: str = "",
    first: walk.Beginning = walk.beginning,
) -> tuple[list, dict[str, str | None]]:
    """(the rows, {"next": address or None, "previous": address or None}). Raises ApiProblem (400).

    ``orders``: name → column of what it can be ordered by; ``usual`` is the one where none is named. ``first``: how the
    rows of a page are found.
    """
    faults: dict[str, list[str]] = {}
    known = (*(conditions or {}), *(("ordering",) if orders else ()), "cursor", "page_size")
    rows = filters.narrowed(rows, request, conditions or {}, known=known, faults=faults)
    order = filters.order_of(request, orders, usual, faults=faults) if orders else AS_MADE
    wanted = cursors.wanted(request, order, faults=faults)
    if faults:
        raise refuse(invalid(faults))
    return walk.page(rows, wanted, request, first=first)
