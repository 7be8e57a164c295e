"""Filters whose choices are declared, so that no list asks a big table for its distinct values."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter, RangeDateFilter
from unfold.utils import parse_date_str
from unfold.widgets import INPUT_CLASSES

from social_queue import statements
from social_queue.admin.pieces.typed import Label
from social_queue.intake.files import judging
from social_queue.models import ApiKey, PlatformAccount, Post, WebhookSource
from social_queue.reading import moments

#: What an editor typed in; the rest of the source is the person's name.
BY_HAND = "admin:"
_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(moments.LAST_YEAR, 12, 31)
#: Digits of an id that every database can hold.
_LONGEST_ID = 18


class DaysForm(forms.Form):
    """Two days in the browser's own fields, which need no script and warn of no other clock."""

    def __init__(self, name: str, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for end, label in (("from", _("From")), ("to", _("To"))):
            look = {"class": " ".join(INPUT_CLASSES), "aria-label": label, "title": label}
            widget = forms.DateInput(attrs={"type": "date", **look}, format="%Y-%m-%d")
            widget.input_type = "date"
            self.fields[f"{name}_{end}"] = forms.DateField(label="", required=False, widget=widget)


class FromToFilter(RangeDateFilter):
    """From one day to another, both included, in the reader's time zone."""

    form_class = DaysForm

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        first, last = self._day("from"), self._day("to")
        if first:
            queryset = queryset.filter(**{f"{self.parameter_name}__gte": _midnight(first)})
        if last:
            queryset = queryset.filter(**{f"{self.parameter_name}__lt": _midnight(last + timedelta(days=1))})
        return queryset

    def _day(self, end: str) -> date | None:
        value = self.used_parameters.get(f"{self.parameter_name}_{end}")
        parsed = parse_date_str(value) if isinstance(value, str) and value else None
        day = parsed.date() if isinstance(parsed, datetime) else parsed
        # The calendar's first and last days have moments that exist in no time zone, or none after them.
        return min(max(day, _FIRST_DAY), _LAST_DAY) if day else None


class AccountFilter(DropdownFilter):
    """One account; there are few of them."""

    title = _("account")
    parameter_name = "account"
    path = "account"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> Any:
        return [(str(pk), slug) for pk, slug in PlatformAccount.objects.order_by("slug").values_list("pk", "slug")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        value = self.value()
        return queryset.filter(**{self.path: value}) if is_id(value) else queryset


class AccountOfPostFilter(AccountFilter):
    """The same where the account is one step further away."""

    path = "post__account"

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Each row on the way is asked: joined, a database would gather all of an account's and sort them."""
        value = self.value()
        if not is_id(value):
            return queryset
        return queryset.filter(statements.has_one(Post.objects.filter(pk=OuterRef("post"), account=value)))


class SourceFilter(DropdownFilter):
    """Who pushed it in: the API keys and webhook sources there are, and the desk itself."""

    title = _("source")
    parameter_name = "source"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> Any:
        return sources()

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == BY_HAND:
            return queryset.filter(source__in=[name for name in _there(queryset.model) if name.startswith(BY_HAND)])
        return queryset.filter(source=self.value()) if self.value() else queryset


def _there(table: type[Model]) -> Iterator[str]:
    """The sources that there are, each found behind the one before by a look at an index: they are few."""
    names = table._default_manager.order_by("source").values_list("source", flat=True)
    found = names.first()
    while found is not None:
        yield found
        found = names.filter(source__gt=found).first()


def sources() -> list[tuple[str, Label]]:
    """(value, words) of everybody who may have pushed something in."""
    keys = ApiKey.objects.order_by("name").values_list("name", flat=True)
    hooks = WebhookSource.objects.order_by("slug").values_list("slug", flat=True)
    own = [(BY_HAND, _("by hand")), (judging.SOURCE, _("from a file"))]
    return [*((name, name) for name in dict.fromkeys([*keys, *hooks])), *own]


class OpenFilter(DropdownFilter):
    """Open or over."""

    title = _("open")
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> Any:
        return [("1", _("open")), ("0", _("over"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(resolved_at__isnull=self.value() == "1") if self.value() in ("0", "1") else queryset


def is_id(value: str | None) -> bool:
    """Can this be the id of a row?"""
    return value is not None and value.isascii() and value.isdecimal() and len(value) <= _LONGEST_ID


def choices(field: str) -> tuple[str, type]:
    """A drop-down with a column's declared choices."""
    return field, ChoicesDropdownFilter


def from_to(field: str) -> tuple[str, type]:
    """A range of days on a column of moments."""
    return field, FromToFilter


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
