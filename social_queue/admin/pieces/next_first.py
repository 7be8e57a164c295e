"""Lists that begin with what is due next; what is over follows, the newest first.

Two halves, each in an index's own order: sorting by "is it over?" would make a database sort the whole table.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.admin.views.main import ORDER_VAR
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from social_queue.admin.pieces.asked import DeskList
from social_queue.admin.pieces.paging import CAP

#: (what is to come, what is over), each ordered; None where the list has an order of its own.
Halves = tuple[QuerySet, QuerySet] | None


class NextFirst(DeskList):
    """For a ModelAdmin with ``halves(request, rows, now)``."""

    def get_results(self, request: HttpRequest) -> None:
        """As Django's, but for the order of the page."""
        super().get_results(request)
        cut: Callable[[HttpRequest, QuerySet, datetime], Halves] = self.model_admin.halves
        if ORDER_VAR not in request.GET and (halves := cut(request, self.queryset, timezone.now())):
            start = (self.page_num - 1) * self.list_per_page
            self.result_list = _page(self.queryset, *halves, start=start, size=self.list_per_page)


def _page(rows: QuerySet, coming: QuerySet, over: QuerySet, *, start: int, size: int) -> list[Model]:
    due = _some(rows, coming, start, size)
    if len(due) == size:
        return due
    skipped = 0 if due or not start else start - coming.order_by().values("pk")[:CAP].count()
    past = _some(rows, over, skipped, size - len(due))
    if past and not skipped and (due or start):
        past[0].begins_the_past = True
    return due + past


def _some(rows: QuerySet, half: QuerySet, start: int, size: int) -> list[Any]:
    """From further on in a half the numbers first, which the index of its order alone can tell, then just those rows.

    Asked for whole rows there MariaDB reads and sorts the table instead (EXPLAIN: ALL, Using filesort).
    """
    if not start:
        return list(half[:size])
    numbers = list(half.values_list("pk", flat=True)[start : start + size])
    found = rows.order_by().in_bulk(numbers)
    return [found[number] for number in numbers if number in found]
