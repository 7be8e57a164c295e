"""The filters of a list that are in force, in words, each with the address without it."""

from typing import Any

from django.contrib.admin.filters import ListFilter, SimpleListFilter
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.utils.translation import gettext as _


def asked_of(shown: ChangeList) -> list[dict[str, str]]:
    """One for each filter that chooses, and for the search."""
    found = [
        {"words": f"{spec.title}: {words}", "without": shown.get_query_string(remove=_parameters(spec))}
        for spec in shown.filter_specs
        if (words := _words(spec))
    ]
    if shown.query:
        words = _("search: %(words)s") % {"words": shown.query}
        found.append({"words": words, "without": shown.get_query_string(remove=[SEARCH_VAR])})
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
    field = getattr(spec, "field", None)
    return list(field.flatchoices) if field is not None else []


def _one(value: Any) -> Any:
    return value[-1] if isinstance(value, list) and value else value
