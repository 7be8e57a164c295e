"""What the lists can be narrowed to; a filter that is unknown or can't be read is an error, never ignored."""

import re
from collections.abc import Callable, Collection, Mapping

from django.db.models import OuterRef, Q, QuerySet, TextChoices
from rest_framework.request import Request

import connectors
from social_queue import statements
from social_queue.api.paging.cursors import Faults, Order
from social_queue.intake import cooldown
from social_queue.models import PlatformAccount, Post, QueueItem
from social_queue.reading import moments
from social_queue.sentences import said

Condition = Callable[[str], Q]

_LOST_PLUS = re.compile(r"(T\S+) (\d\d:?(?:\d\d)?)$")
#: So many items are named in a condition on posts.
_FEW = 200
#: Digits of a number that every database can hold.
_LONGEST_NUMBER = 18


def narrowed(
    rows: QuerySet, request: Request, filters: Mapping[str, Condition], *, known: Collection[str], faults: Faults
) -> QuerySet:
    """The rows that every filter given lets through; what can't be used is added to ``faults``.

    ``known``: the names of all parameters, filters or not.
    """
    faults |= unknown(request, known)
    for name in [name for name in filters if name in request.query_params]:
        try:
            rows = rows.filter(filters[name](request.query_params.getlist(name)[-1]))
        except ValueError as fault:
            faults[name] = [str(fault)]
    return rows


def unknown(request: Request, known: Collection[str]) -> Faults:
    """A fault for each parameter of the address that is none here: a typing error must not widen what is found."""
    words = ", ".join(known)
    return {
        name: [said("is not a parameter here. Known are %(known)s.", known=words)]
        for name in request.query_params
        if name not in known
    }


def order_of(request: Request, columns: Mapping[str, str], default: str, *, faults: Faults) -> Order | None:
    """The ordering asked for; None, and a fault, for any that is not offered."""
    given = request.query_params.get("ordering") or default
    name = given.removeprefix("-")
    if name not in columns:
        known = ", ".join(f"{name}, -{name}" for name in columns)
        faults["ordering"] = [said("must be one of %(known)s.", known=known)]
        return None
    column, *then = columns[name].split()
    return Order(given, column, given.startswith("-"), *then)


def _choice(column: str, choices: type[TextChoices]) -> Condition:
    def condition(given: str) -> Q:
        wanted = given.split(",")
        if set(wanted) - set(choices.values):
            known = ", ".join(choices.values)
            raise ValueError(said("must be one or, with commas, several of %(known)s.", known=known))
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
        raise ValueError(said("must be one of %(known)s.", known=", ".join(connectors.names())))
    return name


def account_of(given: str) -> PlatformAccount:
    """The account of a slug. Raises ValueError."""
    account = None if "\x00" in given else PlatformAccount.objects.filter(slug=given).first()
    if account is None:
        raise ValueError(said("is not an account's slug."))
    return account


def _with_post(**conditions: object) -> Q:
    return Q(statements.has_one(Post.objects.filter(item=OuterRef("pk"), **conditions)))


def _of_item(condition: Condition) -> Condition:
    """What the item of a post has to be, in a list that is read in the order of posts.

    Of a join a database reads all items that are meant, then all their posts, and sorts those. So only few items are
    named by their numbers; of many the list finds a post soon, wherever it stands, and looks each one's item up.
    """

    def of_post(given: str) -> Q:
        items = QueueItem.objects.filter(condition(given)).order_by()
        few = list(items.values_list("pk", flat=True)[: _FEW + 1])
        if len(few) <= _FEW:
            return Q(item__in=few)
        return Q(statements.has_one(items.filter(pk=OuterRef("item"))))

    return of_post


def _number(given: str) -> int:
    if not given.isdecimal() or len(given) > _LONGEST_NUMBER:
        raise ValueError(said("must be the number of an item."))
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
    "reference": _text("reference", str.strip),
}
_OF_POSTS: dict[str, Condition] = {
    "status": _choice("status", Post.Status),
    "platform": lambda given: Q(platform=_platform(given)),
    "account": lambda given: Q(account=account_of(given)),
    "item": lambda given: Q(item=_number(given)),
}
POST_FILTERS: dict[str, Condition] = {
    **{name: _of_item(ITEM_FILTERS[name]) for name in ("source", "game", "after", "before", "reference")},
    **_OF_POSTS,
}
#: The same where posts are read in the order of their items.
POST_FILTERS_IN_ORDER_OF_ITEMS: dict[str, Condition] = {
    "source": _text("item__source"),
    "game": _text("item__game", cooldown.column),
    "after": _moment("item__publish_at__gte"),
    "before": _moment("item__publish_at__lt"),
    "reference": _text("item__reference", str.strip),
    **_OF_POSTS,
}
#: Those of one status are in the order of their times, since an index is; sorted by id they would all be read.
ITEM_ORDERS = {"publish_at": "publish_at", "created_at": "created_at", "status": "status publish_at"}
#: Posts are made in the order of their ids, for which there is an index.
POST_ORDERS = {"publish_at": "item__publish_at", "created_at": "pk", "status": "status"}
