"""The door for reports: ``GET /api/autopost/reports/clicks``."""

from datetime import date

from django.urls import path
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from metrics.reports import description, figures
from metrics.reports.lines import LONGEST, Period
from social_queue.api.base import ApiView
from social_queue.api.errors import refuse
from social_queue.api.paging import filters
from social_queue.intake.receipts import invalid
from social_queue.sentences import said

_KNOWN = ("by", "from", "to")


class ClicksView(ApiView):
    """Clicks of a span of days."""

    @description.CLICKS
    def get(self, request: Request) -> Response:
        asked = request.query_params
        faults = filters.unknown(request, _KNOWN)
        by = asked.get("by", "day")
        if by not in figures.BY:
            faults["by"] = [said("must be one of %(known)s.", known=", ".join(figures.BY))]
        span = {}
        for name in ("from", "to"):
            try:
                span[name] = date.fromisoformat(asked[name]) if asked.get(name) else None
            except ValueError:
                faults[name] = [said("must be a day in ISO 8601, such as 2026-12-01.")]
        first, last = span.get("from"), span.get("to")
        if first and last and (first > last or (last - first).days > LONGEST):
            faults["to"] = [said("must be at most %(most)s days after “from”, not before it.", most=LONGEST)]
        if faults:
            raise refuse(invalid(faults))
        given = {name: day.isoformat() for name, day in span.items() if day}
        period = Period.read(given, today=timezone.localdate())
        return Response({"rows": figures.rows(by, period)})


urlpatterns = [path("clicks", ClicksView.as_view(), name="click-report")]
