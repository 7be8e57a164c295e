"""Lists that begin with what is due next; what is over follows, the newest first.

Two halves, each in an index's own order: sorting by "is it over?" would make a database sort the whole table.
"""

from collections.abc import Callable
from datetime import datetime

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
            self.result_list = _page(*halves, start=(self.page_num - 1) * self.list_per_page, size=self.list_per_page)


def _page(coming: QuerySet, over: QuerySet, *, start: int, size: int) -> list[Model]:
    rows = list(coming[start : start + size])
    if len(rows) == size:
        return rows
    skipped = 0 if rows or not start else start - coming.order_by().values("pk")[:CAP].count()
    past = list(over[skipped : skipped + size - len(rows)])
    if past and not skipped and (rows or start):
        past[0].begins_the_past = True
    return rows + past
