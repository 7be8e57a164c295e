"""How much waits for somebody, counted no further than a badge shows.

What the sidebar counts is asked by every page of the desk, by texts that are kept: made by Django each time they took a
tenth of a page.
"""

from typing import TypeVar

from django.db.models import Model, QuerySet

from social_queue import approving, kept
from social_queue.models import Alert, PlatformAccount, Post, PostStatus, QueueItem, Subscription

Row = TypeVar("Row", bound=Model)

#: Counting stops here: a badge needs no more than "99+".
ENOUGH = 100


def few(rows: QuerySet) -> int:
    """How many there are, counted no further than a badge shows."""
    return rows.order_by().values("pk")[:ENOUGH].count()


def failed() -> int:
    """Posts that failed."""
    return len(_posts(status=PostStatus.FAILED))


def unknown() -> int:
    """Posts of which nobody knows whether they are out."""
    return len(_posts(status=PostStatus.UNKNOWN))


def to_approve() -> int:
    """Drafts that wait for somebody."""
    return len(_drafts())


def accounts_in_need() -> int:
    """Accounts that a human must look after."""
    return len(_accounts())


def paused_subscriptions() -> int:
    """Receivers of events that are not called any more."""
    return len(_subscriptions())


def open_alerts() -> int:
    """What was told and is not over."""
    return len(_alerts())


def waiting_accounts() -> QuerySet[PlatformAccount]:
    """Those that a human must look after."""
    in_need = (PlatformAccount.Status.NEEDS_TOKEN, PlatformAccount.Status.BLOCKED)
    return PlatformAccount.objects.filter(status__in=in_need)


@kept.rows
def _posts(*, status: str) -> "QuerySet[Post, int]":
    return _some(Post.objects.filter(status=status))


@kept.rows
def _drafts() -> "QuerySet[QueueItem, int]":
    return _some(approving.waiting())


@kept.rows
def _accounts() -> "QuerySet[PlatformAccount, int]":
    return _some(waiting_accounts())


@kept.rows
def _subscriptions() -> "QuerySet[Subscription, int]":
    return _some(Subscription.objects.filter(status=Subscription.Status.PAUSED))


@kept.rows
def _alerts() -> "QuerySet[Alert, int]":
    return _some(Alert.objects.filter(resolved_at=None))


def _some(rows: QuerySet[Row]) -> "QuerySet[Row, int]":
    return rows.order_by().values_list("pk", flat=True)[:ENOUGH]
