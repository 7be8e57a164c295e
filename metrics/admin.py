"""Clicks in the admin: the reports, and two ledgers behind them."""

from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

import connectors
from metrics import wordings
from metrics.experiments import contest
from metrics.models import Click, ClickTotal
from metrics.reports import best_hour, best_hour_words, csv_file
from metrics.reports.lines import Period
from metrics.reports.report import Report
from social_queue.admin import label_lines
from social_queue.admin.base import DeskAdmin, Ledger
from social_queue.admin.pieces import filters, looks, times
from social_queue.models import PlatformAccount, Post, QueueItem
from social_queue.timing import zones

#: Periods one press away, in days.
_PERIODS = (7, 30, 90, 365)
#: What a click's agent may be; anything else is a robot's name.
_DEVICES = {"phone": _("phone"), "tablet": _("tablet"), "desktop": _("desktop"), "other": _("other")}


class _Clicks(Ledger, DeskAdmin):
    """What both ledgers show of a row."""

    @display(description=_("platform"))
    def place(self, row: Click | ClickTotal) -> str:
        return looks.platform_label(row.platform)

    @display(description=_("post"))
    def to_post(self, row: Click | ClickTotal) -> str:
        return looks.link(Post(pk=row.post), f"#{row.post}")

    @display(description=_("item"))
    def to_item(self, row: Click | ClickTotal) -> str:
        return looks.link(QueueItem(pk=row.queue_item), f"#{row.queue_item}")


@admin.register(Click)
class ClickAdmin(_Clicks):
    """Single clicks, newest first."""

    list_display = ("when", "place", "to_post", "to_item", "variant", "device", "referrer_host", "is_robot")
    list_filter = (filters.from_to("clicked_at"), filters.choices("platform"), "is_robot")
    fields = ("when", "place", "to_post", "to_item", "variant", "device", "referrer_host", "is_robot")
    readonly_fields = ("when", "place", "to_post", "to_item", "device")

    @display(description=_("device"))
    def device(self, click: Click) -> str:
        return str(_DEVICES.get(click.agent, click.agent)) or "–"

    @display(description=_("clicked"), ordering="clicked_at")
    def when(self, click: Click) -> str:
        return looks.moment(click.clicked_at)


@admin.register(ClickTotal)
class ClickTotalAdmin(_Clicks):
    """Clicks an hour, and the reports made of them."""

    list_display = ("when", "place", "to_post", "to_item", "variant", "game", "humans", "robots")
    list_filter = (filters.from_to("hour_at"), filters.choices("platform"))

    @display(description=_("hour"), ordering="hour_at")
    def when(self, total: ClickTotal) -> str:
        return looks.moment(total.hour_at)

    def get_urls(self) -> list[URLPattern]:
        """The list's own addresses, and the reports before them."""
        own = [
            path("reports/", self.admin_site.admin_view(self.reports), name="metrics_reports"),
            path("wordings/", self.admin_site.admin_view(self.wordings), name="metrics_wordings"),
            path("best-hour/", self.admin_site.admin_view(self.best_hour), name="metrics_best_hour"),
            path("reports.csv", self.admin_site.admin_view(self.reports_csv), name="metrics_reports_csv"),
        ]
        return own + super().get_urls()

    def reports(self, request: HttpRequest) -> HttpResponse:
        """One page with everything, for the days and the platform in the address."""
        period, platform = self._asked(request)
        report, now = Report(period, platform), timezone.now()
        context = {
            **self.admin_site.each_context(request),
            "title": _("Reports"),
            "report": report,
            "period": period,
            "platform": platform,
            "platforms": connectors.platform_choices(),
            "presets": [(days, period.ending_now(days, today=timezone.localdate())) for days in _PERIODS],
            "experiments": (experiments := _experiments(contest.reports(now))),
            "no_experiments": "" if experiments else _no_experiments(now),
            "query": request.GET.urlencode(),
            "csv": reverse("admin:metrics_reports_csv"),
        }
        return TemplateResponse(request, "admin/metrics/reports.html", context)

    def wordings(self, request: HttpRequest) -> HttpResponse:
        """Every platform's A and B with share and lead."""
        if not request.user.has_perm("queue.view_captiontemplate"):
            raise PermissionDenied
        context = {**self.admin_site.each_context(request), "title": _("Wording"), "groups": wordings.cards()}
        context |= {"lines": label_lines.cards(), "line_on": label_lines.places(), "one_more": label_lines.one_more()}
        context |= {"may_change": request.user.has_perm("queue.change_captiontemplate")}
        return TemplateResponse(request, "admin/metrics/wordings.html", context)

    def best_hour(self, request: HttpRequest) -> HttpResponse:
        """When the posts of each account are clicked most, as sure as that is."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        now = timezone.now()
        found = [(row, best_hour.of(row, now=now)) for row in PlatformAccount.objects.order_by("slug")]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Best hour"),
            "accounts": [
                {
                    "account": row,
                    "platform": looks.platform_label(row.platform),
                    "zone": zones.of(row),
                    "said": best_hour_words.sentence(best),
                    "sure": best is not None and best.sure >= best_hour.SURE,
                }
                for row, best in found
            ],
        }
        return TemplateResponse(request, "admin/metrics/best_hour.html", context)

    def reports_csv(self, request: HttpRequest) -> StreamingHttpResponse:
        """The same days as a file."""
        period, platform = self._asked(request)
        name = f"clicks-{period.first}-{period.last}.csv"
        answer = StreamingHttpResponse(csv_file.lines(period, platform), content_type="text/csv; charset=utf-8")
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer

    def _asked(self, request: HttpRequest) -> tuple[Period, str]:
        if not self.has_view_permission(request):
            raise PermissionDenied
        platform = request.GET.get("platform", "")
        known = platform if platform in connectors.names() else ""
        return Period.read(request.GET, today=timezone.localdate()), known


def _experiments(found: dict) -> list[dict]:
    """Each A/B report as the page shows it; the bars of one report share a scale."""
    shown = []
    for name, report in found.items():
        reach = max((line.high or line.rate or 0 for line in report.variants.values()), default=0) or 1
        variants = [_variant(variant, line, reach) for variant, line in report.variants.items()]
        label = looks.platform_label(name) if name else gettext("All platforms")
        said = report.sentence(gettext, number=partial(number_format, force_grouping=True))
        shown.append({"label": label, "sentence": said, "variants": variants, "report": report})
    return shown


def _no_experiments(now: datetime) -> str:
    young = contest.ripening(now)
    if young is None:
        return gettext("No platform has published both wordings yet.")
    first, second = young.posts.values()
    said = gettext("Posts out: %(first)d with wording A, %(second)d with B. The first figures come %(when)s.")
    return said % {"first": first, "second": second, "when": times.written(young.first_figures_at)}


def _variant(name: str, line: Any, reach: float) -> dict:
    low, high = line.low or 0.0, min(line.high if line.high is not None else line.rate or 0.0, reach)
    left, width = 100 * low / reach, 100 * max(high - low, 0.0) / reach
    at = 100 * (line.rate or 0.0) / reach
    return {"name": name, "line": line, "left": f"{left:.1f}", "width": f"{width:.1f}", "at": f"{at:.1f}"}
