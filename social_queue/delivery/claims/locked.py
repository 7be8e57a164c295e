"""The rows of a claim, locked in the order in which everybody locks them: accounts, posts; items are only read."""

from datetime import datetime
from typing import TypeVar

from django.db import connection
from django.db.models import QuerySet

from social_queue import kept
from social_queue.accounts import free
from social_queue.models import PlatformAccount, Post, QueueItem

Row = TypeVar("Row")


@kept.rows
def accounts(*, ids: list[int], probing: list[int], now: datetime) -> "QuerySet[PlatformAccount, int]":
    """Lock those that are still free; in order of their ids, so that two claims can't deadlock.

    Asked once more: a platform may have been paused, and its posts given back as due, since they were chosen.
    """
    ready = free.idle(free.still_free(now, probing=probing)).filter(pk__in=ids).order_by("pk")
    return held(ready).values_list("pk", flat=True)


def held(accounts: QuerySet[PlatformAccount, Row]) -> QuerySet[PlatformAccount, Row]:
    """Locked as they are read; where the database can, those are left out that another transaction holds.

    SQLite needs no row locks: a transaction that writes is the only one.
    """
    if not connection.features.has_select_for_update:
        return accounts
    return accounts.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)


@kept.rows
def posts(*, ids: list[int]) -> QuerySet[Post]:
    """By their ids alone: given more to go by, SQLite reads every due post there is."""
    return Post.objects.filter(pk__in=ids).order_by().select_for_update(of=_of_self()).select_related("account")


def with_items(held: list[Post]) -> list[Post]:
    """Items in a query of their own, after the locks are held.

    In a join PostgreSQL shows what stood before an edit that we waited for.
    https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED
    """
    items = {item.pk: item for item in _items(ids=list({post.item_id for post in held}))}
    for post in held:
        post.item = items[post.item_id]
    return held


@kept.rows
def _items(*, ids: list[int]) -> QuerySet[QueueItem]:
    return QueueItem.objects.filter(pk__in=ids).order_by()


def _of_self() -> tuple[str, ...]:
    return ("self",) if connection.features.has_select_for_update_of else ()
