"""The doors for what became of it: lists and rows of queue items and posts, and what may still be done about them."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from social_queue.access import keys
from social_queue.api.base import ApiView, ChangeView
from social_queue.api.body import read_json
from social_queue.api.errors import ApiProblem, refuse
from social_queue.api.openapi import recalling, schema
from social_queue.api.paging import filters, pages
from social_queue.api.paging.by_item import beginning
from social_queue.api.serializers import ItemDetail, ItemRow, PostRow
from social_queue.calendar import repeating
from social_queue.intake.incoming import Malformed
from social_queue.intake.receipts import invalid, short_row
from social_queue.media import carried
from social_queue.models import Post, QueueItem
from social_queue.operations import editing, items
from social_queue.operations.recalling import asking
from social_queue.reading import moments

_POSTS = Post.objects.select_related("account", "item")
#: No joins: for one MariaDB begins with the items, which are fewer, and sorts all posts to show the first page.
_IN_LISTS = Post.objects.prefetch_related("account", "item")
_ITEMS = QueueItem.objects.prefetch_related(Prefetch("posts", _POSTS.order_by("pk")), carried.ROWS)
_ITEM_DETAILS = QueueItem.objects.prefetch_related(
    Prefetch("posts", _POSTS.order_by("pk").prefetch_related("attempts")), carried.ROWS
)


class ItemListView(ApiView):
    """Queue items, the latest publish time first."""

    @schema.ITEMS
    def get(self, request: Request) -> Response:
        found, ways = pages.page(
            _ITEMS.all(),
            request,
            conditions=filters.ITEM_FILTERS,
            orders=filters.ITEM_ORDERS,
            usual="-publish_at",
        )
        return Response(ways | {"results": ItemRow(found, many=True).data})


class PostListView(ApiView):
    """Posts, the newest first."""

    @schema.POSTS
    def get(self, request: Request) -> Response:
        by_item = "publish_at" in request.query_params.get("ordering", "")
        found, ways = pages.page(
            _IN_LISTS.all(),
            request,
            conditions=filters.POST_FILTERS_IN_ORDER_OF_ITEMS if by_item else filters.POST_FILTERS,
            orders=filters.POST_ORDERS,
            usual="-created_at",
            first=beginning,
        )
        return Response(ways | {"results": PostRow(found, many=True).data})


class ItemView(ChangeView):
    """One queue item."""

    @schema.ITEM
    def get(self, request: Request, pk: int) -> Response:
        return Response(_item_row(pk))

    @schema.EDIT
    def patch(self, request: Request, pk: int) -> Response:
        _reached(request, pk)
        changes, now = read_json(request), timezone.now()
        try:
            if isinstance(changes, dict) and "repeat" in changes:
                repeat = changes.pop("repeat")
                repeating.change(pk, changes, repeat=repeat, now=now)
            else:
                editing.edit(pk, changes, now=now)
        except Malformed as fault:
            raise refuse(invalid(fault.fields)) from None
        except editing.Gone as fault:
            raise _conflict(str(fault), fault.posts) from None
        return Response(_changed(request, pk))


class CancelView(ChangeView):
    """All of an item that has not gone yet is cancelled."""

    @schema.CANCEL
    def post(self, request: Request, pk: int) -> Response:
        return _do(items.cancel_item, request, pk, fine=QueueItem.Status.CANCELLED)


class RetryView(ChangeView):
    """All of an item that failed is tried again now."""

    @schema.RETRY
    def post(self, request: Request, pk: int) -> Response:
        return _do(items.retry_item, request, pk)


class RecallItemView(ChangeView):
    """All of an item is taken back: what waits is cancelled, what is out is deleted when the time to undo is over."""

    @recalling.RECALL
    def post(self, request: Request, pk: int) -> Response:
        item = _reached(request, pk)
        asking.recall_item(item, now=timezone.now())
        return _asked_back(_POSTS.filter(item=pk).order_by("pk"))


class RecallPostView(ChangeView):
    """One post is taken back."""

    @recalling.RECALL_POST
    def post(self, request: Request, pk: int) -> Response:
        post = get_object_or_404(_POSTS, pk=pk)
        if not keys.reaches(request.auth, post.item):
            raise Http404
        asking.recall([post], now=timezone.now())
        return _asked_back(_POSTS.filter(pk=pk))


def _asked_back(posts: QuerySet[Post]) -> Response:
    """Where each of them stands; repeated, the same: whoever got no answer can simply ask again."""
    waits = asking.waits_until(posts)
    rows = [{"id": post.pk, "status": post.status, "waits_until": moments.show(waits.get(post.pk))} for post in posts]
    return Response({"posts": rows}, status=202)


def _do(operation: Callable[..., Any], request: Request, pk: int, *, fine: str = "") -> Response:
    """``fine``: the item's status in which there is nothing to do and nothing wrong with that."""
    item = _reached(request, pk)
    done = operation(item, now=timezone.now())
    if not done.taken and item.status != fine:
        raise _conflict("There is nothing here that this could be done to.", _POSTS.filter(item=pk))
    return Response(_changed(request, pk, taken=done.taken, left=dict(done.skipped)))


def _reached(request: Request, pk: int) -> QueueItem:
    """The item, if this key may change it; what it may not is not there, whoever asks."""
    item = get_object_or_404(QueueItem, pk=pk)
    if not keys.reaches(request.auth, item):
        raise Http404
    return item


def _changed(request: Request, pk: int, **facts: object) -> dict:
    """The item after a change, and what else there is to tell, as much of it as this key may see."""
    if keys.READ in request.auth.scopes:
        return _item_row(pk) | facts
    return {"id": pk, "status": str(QueueItem.objects.values_list("status", flat=True).get(pk=pk))}


def _conflict(message: str, posts: Iterable[Post]) -> ApiProblem:
    return ApiProblem(409, "conflict", message, posts=[short_row(post) for post in posts])


def _item_row(pk: int) -> dict:
    return ItemDetail(get_object_or_404(_ITEM_DETAILS, pk=pk)).data
