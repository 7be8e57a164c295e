"""How far a search for words looks: over so many of the newest rows, and ten times as far for whoever asks again.

No index finds the middle of a word on all our databases, and reading a million titles takes seconds.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.admin.views.main import ChangeList
from django.db.models import Model
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from social_queue.admin.pieces import times

#: The parameter that asks to look further.
FAR = "far"
#: (so many of the newest rows are read, so many of those that match are listed), step by step; None: all of them.
_STEPS: tuple[tuple[int | None, int], ...] = ((20_000, 500), (200_000, 5_000), (None, 20_000))


@dataclass(frozen=True)
class Reach:
    """``words`` say how far a search looked; ``step`` looks further, None where nothing is left to look at."""

    words: str
    step: int | None

    def further(self, shown: ChangeList) -> str:
        """The address of the same list that looks further."""
        return "" if self.step is None else shown.get_query_string({FAR: self.step})


def matching(request: HttpRequest, table: type[Model], column: str, term: str, *, since: str) -> list[int]:
    """The newest rows whose ``column`` has all the words of ``term``, in any place; ``request.reach`` tells how far.

    ``since`` is the column that says when a row came in.
    """
    step = _step(request)
    read, most = _STEPS[step]
    rows = table._default_manager.order_by("-pk")
    newest = rows.values_list("pk", flat=True).first() or 0
    first = newest - read if read else 0
    near = rows.filter(pk__gt=first)
    for word in term.split():
        near = near.filter(**{f"{column}__icontains": word})
    found = list(near.values_list("pk", flat=True)[: most + 1])
    oldest = table._default_manager.order_by("pk").filter(pk__gt=first).values_list(since, flat=True).first()
    left_out = first > 0 and table._default_manager.filter(pk__lte=first).exists()
    said = [_more_match(most)] if len(found) > most else [_looked_at(read, oldest)] if left_out and read else []
    if said:
        following = step + 1 if step + 1 < len(_STEPS) else None
        request.reach = Reach(said[0], following)  # type: ignore[attr-defined]  # the list of this request shows it
    return found[:most]


def _step(request: HttpRequest) -> int:
    given = request.GET.get(FAR, "")
    return min(int(given), len(_STEPS) - 1) if given.isascii() and given.isdecimal() and len(given) < 3 else 0


def _looked_at(read: int, oldest: Any) -> str:
    told = {"count": number_format(read, force_grouping=True), "when": times.written(oldest)}
    return _("Looked at the newest %(count)s, back to %(when)s.") % told


def _more_match(most: int) -> str:
    return _("More match: these are the newest %(count)s.") % {"count": number_format(most, force_grouping=True)}
