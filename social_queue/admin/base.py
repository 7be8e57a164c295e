"""What all pages of the desk have in common."""

from typing import Any, cast

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldBooleanWidget

from social_queue.admin import live
from social_queue.admin.pieces.asked import DeskList
from social_queue.admin.pieces.filters import is_id
from social_queue.admin.pieces.paging import CappedPaginator
from social_queue.admin.pieces.typed import Page, person

#: Of a title so much is heard as the name of a box.
_NAME = 80


class OnlyDeclaredFilters(Page[Any]):
    """A list is filtered by what ``list_filter`` names, nothing else.

    Django takes any column of the table in the address: hidden ones (a hash, a secret) could be asked letter by letter.
    """

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Whether the address may ask this; a False is answered 400."""
        known = any(_asks(lookup, declared) for declared in self.get_list_filter(request))
        return known and super().lookup_allowed(lookup, value, request)


def _asks(lookup: str, declared: Any) -> bool:
    """Whether a parameter belongs to one entry of ``list_filter``: a column, a column and its class, or a class."""
    if not isinstance(declared, str | tuple):
        return lookup == declared.parameter_name
    column = declared if isinstance(declared, str) else declared[0]
    return lookup in (column, f"{column}_from", f"{column}_to") or lookup.startswith(f"{column}__")


class DeskAdmin(OnlyDeclaredFilters, ModelAdmin):
    """A list that stays quick at a million rows."""

    show_full_result_count = False
    paginator = CappedPaginator
    list_per_page = 50
    list_max_show_all = 0
    list_filter_submit = True
    compressed_fields = True
    warn_unsaved_form = True
    actions_on_top = True

    def called(self, row: Any) -> str:
        """What readers of the screen hear of a row before they choose it."""
        return str(getattr(row, "title", "") or row)

    @display(description=ModelAdmin.action_checkbox.short_description)
    def action_checkbox(self, obj: Model) -> str:
        """The framework gives the boxes of all rows the same name."""
        name = gettext("Choose “%(title)s”") % {"title": self.called(obj)[:_NAME]}
        box = UnfoldBooleanWidget({"class": "action-select", "aria-label": name}, lambda value: False)
        return box.render(ACTION_CHECKBOX_NAME, str(obj.pk))

    # The stubs are of a later Django, which hands over one argument more.
    def response_action(  # type: ignore[override]
        self, request: HttpRequest, queryset: QuerySet
    ) -> HttpResponse | None:
        """A bulk action on the rows chosen; what is no id chooses none, where the framework would stumble."""
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if not all(map(is_id, chosen)):
            posted = request.POST.copy()
            posted.setlist(ACTION_CHECKBOX_NAME, [pk for pk in chosen if is_id(pk)])
            request.POST = posted  # type: ignore[assignment]  # the framework reads it there, and only reads
        return super().response_action(request, queryset)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[DeskList]:
        """Lists that say what was asked, and what it means that there is nothing."""
        return DeskList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """A page that is open asks whether it has changed; then its rows are read and nothing is drawn."""
        draw = super().changelist_view
        if not live.is_asked(request):
            return draw(request, extra_context)
        try:
            stamp = cast(DeskList, self.get_changelist_instance(request)).stamp
        except IncorrectLookupParameters:
            return draw(request, extra_context)
        return live.answer(request, stamp, lambda: draw(request, extra_context))

    def log_deletions(self, request: HttpRequest, queryset: QuerySet) -> list[LogEntry]:
        """With words: Django leaves the line of a deletion empty."""
        return LogEntry.objects.log_actions(person(request).pk, queryset, DELETION, gettext("Deleted."))


class NeverDeleted(Page[Any]):
    """Rows that are taken back by a button, never by deleting them: they say what happened."""

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class Ledger(NeverDeleted):
    """Rows that the machinery writes and people read."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class LedgerInline(Ledger, TabularInline):
    """A ledger on another row's page."""

    extra = 0
    max_num = 0
    can_delete = False
    show_change_link = True
    hide_title = True


class NoAddAnother(Page[Any]):
    """One thing at a time: fewer buttons at the bottom of a page."""

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args, **kwargs) -> HttpResponse:
        """Without “Save and add another”."""
        return super().render_change_form(request, {"show_save_and_add_another": False, **context}, *args, **kwargs)
