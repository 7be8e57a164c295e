"""A list as a file: the rows that its filters and its search leave, in its order, as CSV."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, tzinfo
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from social_queue import spreadsheets
from social_queue.admin.pieces.typed import Page

#: Rows that are held at a time.
_AT_ONCE = 2_000
#: A column's name, and what stands in it: of the row, or of the attribute of that name.
Column = tuple[str, Callable[[Any], object] | str]


class Exported(Page[Any]):
    """For a ModelAdmin: ``columns`` of its list as a file. Names are English ones, since programs read the file."""

    columns: Sequence[Column] = ()

    def get_urls(self) -> list[URLPattern]:
        """With the file's address, before the rows'."""
        file = self.admin_site.admin_view(self.export)
        return [path("export/", file, name=f"{self._table}_export"), *super().get_urls()]

    @property
    def _table(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"

    def export_address(self, request: HttpRequest) -> str:
        """Where the file of the list is that this request asks for."""
        query = request.GET.urlencode()
        return reverse(f"admin:{self._table}_export") + (f"?{query}" if query else "")

    def export(self, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        """The file, written while it is read."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            rows = self.in_file(self.get_changelist_instance(request).queryset)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(reverse(f"admin:{self._table}_changelist"))
        # When the lines are written, the reader's zone has been taken away with the request.
        cells = self._lines_of(rows.iterator(_AT_ONCE), timezone.get_current_timezone())
        lines = spreadsheets.lines([name for name, _value in self.columns], cells)
        answer = StreamingHttpResponse(lines, content_type=spreadsheets.MEDIA_TYPE)
        name = f"{self.opts.verbose_name_raw.replace(' ', '-')}s-{timezone.localdate()}.csv"
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer

    def in_file(self, rows: QuerySet) -> QuerySet:
        """With whatever the columns need beside the rows themselves."""
        return rows

    def _lines_of(self, rows: Iterator[Any], zone: tzinfo) -> Iterator[list[object]]:
        for row in rows:
            yield [_cell(value(row) if callable(value) else getattr(row, value), zone) for _name, value in self.columns]


def _cell(value: object, zone: tzinfo) -> object:
    """A value as import reads it, too: a list with commas, an object as JSON, a moment with its offset."""
    if isinstance(value, datetime):
        return timezone.localtime(value, zone).isoformat(timespec="seconds")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return "" if value is None else value
