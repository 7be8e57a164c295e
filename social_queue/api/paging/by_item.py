"""The beginning of a list of posts in the order of their items' times, without sorting all posts there are.

No index holds what two tables are ordered by, and MariaDB sorts all of it to show one page. The items have an index of
their times, which says by when there are enough of them: only posts up to that moment are sorted. Where too few of
these belong to the list, it is looked further ahead.
"""

from datetime import datetime

from django.db.models import QuerySet
from rest_framework.request import Request

from social_queue.api.paging.cursors import Order, Wanted
from social_queue.api.paging.filters import ITEM_FILTERS
from social_queue.models import Post, QueueItem

#: What the items' indexes hold besides their times. By the others few items are meant, and no more is sorted.
_OF_ITEMS = ("source", "game", "after", "before")
_OF_FEW = ("item", "reference")
#: So many items for each post of a page are looked at first, then so many times as many.
_BEGIN, _WIDER = 4, 8


def beginning(rows: QuerySet[Post], wanted: Wanted, request: Request) -> list[Post]:
    """One post more than a page has, if there are as many. ``rows``: what every filter and the cursor let through."""
    order, count = wanted.way(), wanted.size + 1
    if order.column == "item__publish_at" and not any(name in request.query_params for name in _OF_FEW):
        items, many = _items(wanted, order, request), _BEGIN * count
        while (bound := _moment(items, many)) is not None:
            way = "gte" if order.descending else "lte"
            found = list(rows.filter(**{f"item__publish_at__{way}": bound}).order_by(*order.columns)[:count])
            if len(found) == count:
                return found
            many *= _WIDER
    return list(rows.order_by(*order.columns)[:count])


def _items(wanted: Wanted, order: Order, request: Request) -> QuerySet[QueueItem]:
    """The items whose posts may be meant, in the list's order."""
    given = request.query_params
    items = QueueItem.objects.order_by("-publish_at" if order.descending else "publish_at")
    for name in _OF_ITEMS:
        if name in given:
            items = items.filter(ITEM_FILTERS[name](given.getlist(name)[-1]))
    if wanted.cursor:
        items = items.filter(**{f"publish_at__{'lte' if order.descending else 'gte'}": wanted.cursor.value})
    return items


def _moment(items: QuerySet[QueueItem], many: int) -> datetime | None:
    """The time of the item after so many others; None where there are no more."""
    found: datetime | None = items.values_list("publish_at", flat=True)[many : many + 1].first()
    return found
