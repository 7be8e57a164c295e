"""What the lists can be narrowed to; a filter that is unknown or can't be read is an error, never ignored."""

import re
from collections.abc import Callable, Mapping

from django.db.models import Exists, OuterRef, Q, QuerySet, TextChoices
from rest_framework.request import Request

import connectors
from social_queue.api.errors import refuse
from social_queue.api.paging.cursors import Order
from social_queue.intake import cooldown
from social_queue.intake.receipts import invalid
from social_queue.models import PlatformAccount, Post, QueueItem
from social_queue.reading import moments

Condition = Callable[[str], Q]

_LOST_PLUS = re.compile(r"(T\S+) (\d\d:?(?:\d\d)?)$")
#: Digits of a number that every database can hold.
_LONGEST_NUMBER = 18
#: Parameters that are no filters.
_OTHERS = ("ordering", "cursor", "page_size")


def narrowed(rows: QuerySet, request: Request, filters: Mapping[str, Condition]) -> QuerySet:
    """The rows that every filter given lets through. Raises ApiProblem (400) naming all that can't be used."""
    faults = {}
    for name in request.query_params:
        given = request.query_params.getlist(name)
        if name in _OTHERS:
            continue
        if name not in filters:
            faults[name] = [f"is not a filter. Known are {', '.join((*filters, *_OTHERS))}."]
            continue
        try:
            rows = rows.filter(filters[name](given[-1]))
        except ValueError as fault:
            faults[name] = [str(fault)]
    if faults:
        raise refuse(invalid(faults))
    return rows


def order_of(request: Request, columns: Mapping[str, str], default: str) -> Order:
    """The ordering asked for. Raises ApiProblem (400) for any that is not offered."""
    given = request.query_params.get("ordering") or default
    name = given.removeprefix("-")
    if name not in columns:
        known = ", ".join(f"{name}, -{name}" for name in columns)
        raise refuse(invalid({"ordering": [f"must be one of {known}."]}))
    return Order(given, columns[name], given.startswith("-"))


def _choice(column: str, choices: type[TextChoices]) -> Condition:
    def condition(given: str) -> Q:
        wanted = given.split(",")
        if set(wanted) - set(choices.values):
            raise ValueError(f"must be one or, with commas, several of {', '.join(choices.values)}.")
        return Q(**{f"{column}__in": wanted})

    return condition


def _moment(lookup: str) -> Condition:
    def condition(given: str) -> Q:
        # A + that was not written as %2B arrives as a space.
        return Q(**{lookup: moments.parse(_LOST_PLUS.sub(r"\1+\2", given))})

    return condition


def _text(column: str, kept_as: Callable[[str], str] = str) -> Condition:
    """``kept_as``: how the column holds what was sent."""

    def condition(given: str) -> Q:
        if "\x00" in given:
            # No column holds one; MariaDB from 11.5 on would pass over it and find those that equal the rest.
            return Q(pk__in=())
        return Q(**{column: kept_as(given)})

    return condition


def _platform(given: str) -> str:
    name = connectors.resolve_alias(given)
    if name is None:
        raise ValueError(f"must be one of {', '.join(connectors.names())}.")
    return name


def account_of(given: str) -> PlatformAccount:
    """The account of a slug. Raises ValueError."""
    account = None if "\x00" in given else PlatformAccount.objects.filter(slug=given).first()
    if account is None:
        raise ValueError("is not an account's slug.")
    return account


def _with_post(**conditions: object) -> Q:
    return Q(Exists(Post.objects.filter(item=OuterRef("pk"), **conditions)))


def _number(given: str) -> int:
    if not given.isdecimal() or len(given) > _LONGEST_NUMBER:
        raise ValueError("must be the number of an item.")
    return int(given)


#: By the name that something came in under, where the rows themselves hold it.
source = _text("source")
ITEM_FILTERS: dict[str, Condition] = {
    "status": _choice("status", QueueItem.Status),
    "platform": lambda given: _with_post(platform=_platform(given)),
    "account": lambda given: _with_post(account=account_of(given)),
    "source": source,
    "game": _text("game", cooldown.column),
    "after": _moment("publish_at__gte"),
    "before": _moment("publish_at__lt"),
    "reference": _text("reference"),
}
POST_FILTERS: dict[str, Condition] = {
    "status": _choice("status", Post.Status),
    "platform": lambda given: Q(platform=_platform(given)),
    "account": lambda given: Q(account=account_of(given)),
    "source": _text("item__source"),
    "game": _text("item__game", cooldown.column),
    "after": _moment("item__publish_at__gte"),
    "before": _moment("item__publish_at__lt"),
    "reference": _text("item__reference"),
    "item": lambda given: Q(item=_number(given)),
}
ITEM_ORDERS = {"publish_at": "publish_at", "created_at": "created_at", "status": "status"}
#: Posts are made in the order of their ids, for which there is an index.
POST_ORDERS = {"publish_at": "item__publish_at", "created_at": "pk", "status": "status"}
