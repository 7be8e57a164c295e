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
    """Clicks of a span of days; those that are still to come have no rows."""

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
        first, last, today = span.get("from"), span.get("to"), timezone.localdate()
        if first and not 0 <= ((last or max(first, today)) - first).days <= LONGEST:
            faults["to"] = [said("must be at most %(most)s days after “from”, not before it.", most=LONGEST)]
        if faults:
            raise refuse(invalid(faults))
        period = Period.told(first, last, today=today)
        return Response({"rows": figures.rows(by, period) if period else []})


urlpatterns = [path("clicks", ClicksView.as_view(), name="click-report")]
