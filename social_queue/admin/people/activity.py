"""Who did what, when, over all rows."""

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from social_queue.admin import reach
from social_queue.admin.base import DeskAdmin, Ledger
from social_queue.admin.pieces import filters, history, looks
from social_queue.admin.pieces.exports import Exported
from social_queue.models import Activity


class PersonFilter(DropdownFilter):
    """One person of those who may work here."""

    title = _("person")
    parameter_name = "person"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> Any:
        rows = User.objects.filter(is_staff=True).order_by("username").values_list("pk", "username")
        return [(str(pk), name) for pk, name in rows]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(user=self.value()) if filters.is_id(self.value()) else queryset


class KindFilter(DropdownFilter):
    """What it was done to."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> Any:
        models = [model for model in admin.site._registry if model._meta.app_label in ("queue", "metrics", "auth")]
        types = ContentType.objects.get_for_models(*models, for_concrete_models=False)
        found = [(str(row.pk), str(model._meta.verbose_name_plural)) for model, row in types.items()]
        return sorted(found, key=lambda pair: pair[1].casefold())

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(content_type=self.value()) if filters.is_id(self.value()) else queryset


class DaysFilter(filters.FromToFilter):
    """From one day to another. Django's table has no index on the moment, but its numbers grow with it."""

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        first, last = self._day("from"), self._day("to")
        if first:
            queryset = queryset.filter(pk__gte=_first_since(_midnight(first)))
        if last:
            queryset = queryset.filter(pk__lt=_first_since(_midnight(last + timedelta(days=1))))
        return queryset


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _first_since(moment: datetime) -> int:
    """The number of the first row that is not older, found by halving; one above all when there is none."""
    newest = Activity.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    low, high = 1, newest + 1
    while low < high:
        middle = (low + high) // 2
        row = Activity.objects.filter(pk__gte=middle).order_by("pk").values_list("pk", "action_time").first()
        if row and row[1] < moment:
            low = row[0] + 1
        else:
            high = middle
    return low


@admin.register(Activity)
class ActivityAdmin(Exported, Ledger, DeskAdmin):
    """What people did, the newest first."""

    list_display = ("when", "who", "what", "row")
    list_display_links = None
    list_filter = (PersonFilter, KindFilter, ("action_time", DaysFilter))
    list_select_related = ("user", "content_type")
    search_fields = ("object_repr",)
    search_help_text = _("The name of what it was done to")
    sortable_by = ()
    ordering = ("-id",)
    columns = (
        ("when", "action_time"),
        ("person", lambda row: row.user.get_username()),
        ("kind", lambda row: str(row.content_type) if row.content_type else ""),
        ("number", "object_id"),
        ("row", "object_repr"),
        ("what", history.said),
    )

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """Among the newest lines, or further back."""
        if not search_term.strip():
            return queryset, False
        found = reach.matching(request, Activity, "object_repr", search_term, since="action_time")
        return queryset.filter(pk__in=found), False

    @display(description=_("time"))
    def when(self, row: Activity) -> str:
        return looks.moment(row.action_time)

    @display(description=_("person"))
    def who(self, row: Activity) -> str:
        return row.user.get_full_name() or row.user.get_username()

    @display(description=_("what"))
    def what(self, row: Activity) -> str:
        return looks.short(history.said(row), 140)

    @display(description=_("done to"))
    def row(self, row: Activity) -> str:
        model = _model(row)
        kind = str(model._meta.verbose_name) if model else ""
        shown = row.object_repr or row.object_id or "–"
        if (address := _address(row)) is None:
            return format_html("{} <small>{}</small>", looks.short(shown, 60), kind)
        return format_html('<a class="ap-link" href="{}">{}</a> <small>{}</small>', address, shown[:60], kind)


def _model(row: Activity) -> Any:
    return row.content_type.model_class() if row.content_type else None


def _address(row: Activity) -> str | None:
    model = _model(row)
    if row.is_deletion() or model is None or not row.object_id:
        return None
    try:
        return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[row.object_id])
    except NoReverseMatch:
        return None
