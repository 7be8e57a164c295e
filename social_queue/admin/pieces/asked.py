"""What a list says beside its rows: the filters in force, each with the address without it; or why there are none."""

from typing import Any

from django.contrib.admin.filters import ListFilter, SimpleListFilter
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.views.main import ALL_VAR, ERROR_FLAG, ORDER_VAR, PAGE_VAR, SEARCH_VAR
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from unfold.views import ChangeList

from social_queue.admin import live, reach
from social_queue.admin.pieces import nothing

#: Parameters of a list that choose no rows.
_NOT_ASKED = (PAGE_VAR, ORDER_VAR, ALL_VAR, ERROR_FLAG, IS_POPUP_VAR, reach.FAR)
#: So many letters of a search are said again; all of it stands in the field.
_SHOWN = 80


class DeskList(ChangeList):
    """What its page shows beside the rows: the filters in force, and a sentence in the place of no rows."""

    asked: list[dict[str, str]]
    nothing: str
    #: How far a search for words looked, and the address that looks further; empty where it saw everything.
    looked: str
    further: str
    #: Where the same rows are as a file; empty where the list has none.
    file: str

    def get_results(self, request: HttpRequest) -> None:
        """With both."""
        super().get_results(request)
        given = {name: str(value) for name, value in request.GET.items() if value and name not in _NOT_ASKED}
        self.asked = asked_of(self)
        seen: reach.Reach | None = getattr(request, "reach", None)
        self.looked, self.further = (seen.words, seen.further(self)) if seen else ("", "")
        address = getattr(self.model_admin, "export_address", None)
        self.file = address(request) if address and self.result_count else ""
        self.nothing = nothing.said_of(str(self.opts.model_name), given)

    def apply_select_related(self, qs: QuerySet) -> QuerySet:
        """What rows show of others is fetched beside them: for a join MariaDB begins with the smaller table and sorts
        the whole of the larger one.
        """
        named = self.list_select_related
        return qs.prefetch_related(*named) if isinstance(named, list | tuple) else super().apply_select_related(qs)

    def get_filters_params(self, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """How far a search looks chooses no rows."""
        found = super().get_filters_params(params)
        found.pop(reach.FAR, None)
        return found

    @property
    def stamp(self) -> str:
        """What tells whether the page would look the same."""
        return live.stamp_of(list(self.result_list), self.result_count)


def asked_of(shown: ChangeList) -> list[dict[str, str]]:
    """One for each filter that chooses, and for the search."""
    found = [
        {"words": f"{spec.title}: {words}", "without": shown.get_query_string(remove=_parameters(spec))}
        for spec in shown.filter_specs
        if (words := _words(spec))
    ]
    if shown.query:
        words = _("search: %(words)s") % {"words": Truncator(shown.query).chars(_SHOWN)}
        found.append({"words": words, "without": shown.get_query_string(remove=[SEARCH_VAR, reach.FAR])})
    return found


def _parameters(spec: ListFilter) -> list[str]:
    return [name for name in spec.expected_parameters() if name]


def _words(spec: ListFilter) -> str:
    values = [str(value) for value in map(_one, spec.used_parameters.values()) if value not in (None, "")]
    known = {str(value): str(label) for value, label in _choices(spec)}
    return " – ".join(known.get(value, value) for value in values)


def _choices(spec: ListFilter) -> list[tuple[Any, Any]]:
    if isinstance(spec, SimpleListFilter):
        return list(spec.lookup_choices)
    return list(getattr(getattr(spec, "field", None), "flatchoices", ()))


def _one(value: Any) -> Any:
    return value[-1] if isinstance(value, list) and value else value
