"""Counts the rows of a list only as far as anybody will page."""

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

#: Counting a million rows takes a second; nobody turns two hundred pages, but filters instead.
CAP = 10_000


class CappedPaginator(Paginator):
    """Ends at the cap: what lies beyond it is reached by filters and search."""

    object_list: QuerySet

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by().values("pk")[:CAP].count()
