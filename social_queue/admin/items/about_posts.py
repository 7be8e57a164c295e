"""Filters of items by what became of their posts, and by game."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

import connectors
from social_queue import statements
from social_queue.admin.pieces.filters import AccountFilter, is_id
from social_queue.admin.posts import troubles
from social_queue.intake import cooldown
from social_queue.models import Attempt, PlatformAccount, Post, PostStatus, QueueItem

#: Games are read from so many of the newest items: asking all for their distinct ones reads the whole table.
_NEWEST = 400
#: From so many posts on it is quicker to go through the items in their order.
_MANY = 5_000
#: Where trouble still is trouble.
_NOT_OVER = (PostStatus.FAILED, PostStatus.UNKNOWN, PostStatus.PENDING)
_UNDECIDED, _ANY = "undecided", "any"


def _of_accounts(queryset: QuerySet, accounts: list[int]) -> QuerySet:
    """Few posts are looked up and their items taken; of many, each item on the way is asked."""
    posts = Post.objects.filter(account__in=accounts)
    if posts.order_by().values("pk")[:_MANY].count() < _MANY:
        return queryset.filter(pk__in=posts.values("item"))
    return queryset.filter(statements.has_one(posts.filter(item=OuterRef("pk"))))


class PlatformFilter(DropdownFilter):
    """Items that go, or went, to a platform."""

    title = _("platform")
    parameter_name = "platform"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> Any:
        return list(connectors.platform_choices())

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() not in connectors.names():
            return queryset
        theirs = PlatformAccount.objects.filter(platform=self.value()).values_list("pk", flat=True)
        return _of_accounts(queryset, list(theirs))


class AccountOfItemFilter(AccountFilter):
    """Items that go, or went, to an account."""

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        value = self.value()
        return _of_accounts(queryset, [int(value)]) if value and is_id(value) else queryset


class GameFilter(DropdownFilter):
    """Items of one of the games that came in lately."""

    title = _("game")
    parameter_name = "game"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> Any:
        newest = QueueItem.objects.order_by("-id").values_list("game", "data__game")[:_NEWEST]
        named = {game: str(written or game) for game, written in newest if game}
        if (asked := cooldown.column(request.GET.get("game", ""))) and asked not in named:
            named[asked] = request.GET["game"]
        return sorted(named.items(), key=lambda pair: pair[1].casefold())

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(game=cooldown.column(self.value())) if self.value() else queryset


class TroubleFilter(DropdownFilter):
    """Items of which something failed or waits, by why, or is undecided."""

    title = _("trouble")
    parameter_name = "trouble"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> Any:
        kinds = [(kind, troubles.label(kind)) for kind in Attempt.Outcome.values if kind != Attempt.Outcome.PUBLISHED]
        return [(_ANY, _("any")), (_UNDECIDED, _("undecided")), *kinds]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        value = self.value()
        if value == _UNDECIDED:
            return queryset.filter(pk__in=_items(status=PostStatus.UNKNOWN))
        if value == _ANY:
            return queryset.filter(pk__in=_items(status__in=[PostStatus.UNKNOWN, PostStatus.FAILED]))
        return queryset.filter(pk__in=_items(status__in=_NOT_OVER, error_kind=value)) if value else queryset


def _items(**about: Any) -> QuerySet:
    """Few posts are in trouble, so these are looked up first."""
    return Post.objects.filter(**about).values("item")
