"""/metrics: what Prometheus reads, straight from our rows, hence right with any number of processes.

Gauges are as of now. Counters come from `Tally`: they grow every five minutes and lag behind by two to seven; neither a
restart nor pruning takes anything from them. An attempt's duration runs from its claim to its recorded end.
"""

import hmac
import logging
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db import Error
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from metrics import machinery, standing
from metrics.models import Tally
from metrics.sums.tallies import BEYOND, BOUNDS
from social_queue.models import Alert, PlatformAccount, Post
from social_queue.upkeep import health_report, outage_log

logger = logging.getLogger(__name__)


@csrf_exempt
@require_safe
def scrape(request: HttpRequest) -> HttpResponse:
    """Everything, to whoever sends METRICS_TOKEN as a bearer token; without that setting there is no such page."""
    if not settings.METRICS_TOKEN:
        return HttpResponseNotFound("METRICS_TOKEN is not set, so there is nothing here.\n", content_type="text/plain")
    if not _knows_the_token(request.headers.get("Authorization", "")):
        words = "Send METRICS_TOKEN as a bearer token.\n"
        return HttpResponse(words, status=401, content_type="text/plain", headers={"WWW-Authenticate": "Bearer"})
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    registry = CollectorRegistry(auto_describe=False)
    now = timezone.now()
    registry.register(Desk(now))
    try:
        body = encode(registry)
    except Error as fault:
        if not outage_log.refused(fault, request, now=now):
            logger.exception("/metrics: the database can't be used")
        return HttpResponse("The database can't be used.\n", status=503, content_type="text/plain")
    return HttpResponse(body, content_type=content_type, headers={"Cache-Control": "no-store"})


def _knows_the_token(header: str) -> bool:
    scheme, _, token = header.partition(" ")
    same = hmac.compare_digest(token.strip().encode(), settings.METRICS_TOKEN.encode())
    return same and scheme.lower() == "bearer"


class Desk(Collector):
    """One look at the tables."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterator[Metric]:
        """Every family, gauges first."""
        yield self._posts()
        yield self._accounts()
        yield from self._queue()
        yield self._alerts()
        yield from machinery.families(self.now)
        tallies = list(Tally.objects.order_by("platform", "result", "bound"))
        yield from _counters(tallies)
        yield _durations([row for row in tallies if row.of == Tally.Of.ATTEMPTS])

    def _posts(self) -> Metric:
        family = GaugeMetricFamily("autopost_posts", "Posts by status.", labels=["platform", "status"])
        platforms = dict(PlatformAccount.objects.values_list("pk", "platform"))
        sums: dict[tuple[str, str], int] = {}
        for (account, status), count in standing.posts(list(platforms), now=self.now).items():
            if account in platforms:  # another may have been connected a moment ago
                key = platforms[account], status
                sums[key] = sums.get(key, 0) + count
        for platform in sorted(set(platforms.values())):
            for status in Post.Status.values:
                family.add_metric([platform, status], sums.get((platform, status), 0))
        return family

    def _accounts(self) -> Metric:
        family = GaugeMetricFamily("autopost_accounts", "Accounts by status.", labels=["platform", "status"])
        rows = PlatformAccount.objects.order_by("platform", "status").values_list("platform", "status")
        for platform, status, count in rows.annotate(Count("pk")):
            family.add_metric([platform, status], count)
        return family

    def _queue(self) -> Iterator[Metric]:
        queue = health_report.queue(self.now)
        yield GaugeMetricFamily("autopost_queue_due", "Posts that are due and may go out.", queue["due"])
        words = "How long the oldest of them has been due."
        yield GaugeMetricFamily("autopost_queue_oldest_overdue_seconds", words, queue["oldest_due_s"])

    def _alerts(self) -> Metric:
        family = GaugeMetricFamily("autopost_alerts_open", "Open alerts by kind.", labels=["kind"])
        still_open = Alert.objects.filter(resolved_at=None).order_by().values_list("kind").annotate(Count("pk"))
        counts = dict.fromkeys(Alert.Kind.values, 0) | dict(still_open)
        for kind, count in counts.items():
            family.add_metric([kind], count)
        return family


def _counters(tallies: list[Tally]) -> Iterator[Metric]:
    labels = ["platform", "outcome"]
    attempts = CounterMetricFamily("autopost_attempts", "Attempts by how they ended.", labels=labels)
    clicks = CounterMetricFamily("autopost_clicks", "Visits of /go/ links.", labels=["platform", "visitor"])
    items = CounterMetricFamily("autopost_items", "Items that came in.")
    deliveries = CounterMetricFamily("autopost_webhook_deliveries", "Webhook deliveries by result.", labels=["result"])
    ended: dict[tuple[str, str], int] = {}
    for row in tallies:
        if row.of == Tally.Of.ATTEMPTS:
            ended[row.platform, row.result] = ended.get((row.platform, row.result), 0) + row.count
        elif row.of == Tally.Of.CLICKS:
            clicks.add_metric([row.platform, row.result], row.count)
        elif row.of == Tally.Of.ITEMS:
            items.add_metric([], row.count)
        else:
            deliveries.add_metric([row.result], row.count)
    for key, count in ended.items():
        attempts.add_metric(key, count)
    yield from (attempts, clicks, items, deliveries)


def _durations(attempts: list[Tally]) -> Metric:
    words = "How long attempts took from claim to end."
    family = HistogramMetricFamily("autopost_attempt_duration_seconds", words, labels=["platform"])
    for platform in sorted({row.platform for row in attempts}):
        mine = [row for row in attempts if row.platform == platform]
        within, buckets = 0, []
        for bound in (*(f"{bound:g}" for bound in BOUNDS), BEYOND):
            within += sum(row.count for row in mine if row.bound == bound)
            buckets.append((bound, within))
        family.add_metric([platform], buckets, sum_value=sum(row.seconds for row in mine))
    return family
