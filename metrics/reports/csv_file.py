"""The reports' figures as CSV: one line a post and hour, written while it is read."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo

from django.utils import timezone

from metrics.models import ClickTotal
from metrics.reports.lines import Period
from social_queue import spreadsheets
from social_queue.models import PlatformAccount, QueueItem

COLUMNS = ("hour", "platform", "account", "game", "item", "title", "post", "variant", "humans", "robots")


def lines(period: Period, platform: str = "") -> Iterator[str]:
    """The file line by line, for a streamed answer, by the reader's clock. A day's rows are held at a time."""
    # When the lines are written, the reader's zone has been taken away with the request.
    zone = timezone.get_current_timezone()
    slugs = dict(PlatformAccount.objects.values_list("pk", "slug"))
    days = (period.first + timedelta(days=number) for number in range(period.days))
    return spreadsheets.lines(COLUMNS, (row for day in days for row in _day(day, zone, platform, slugs)))


def _day(day: date, zone: tzinfo, platform: str, slugs: dict[int, str]) -> Iterator[tuple]:
    begin, end = (timezone.make_aware(datetime.combine(day + timedelta(days=n), time.min), zone) for n in (0, 1))
    rows = ClickTotal.objects.filter(hour_at__gte=begin, hour_at__lt=end).order_by("hour_at", "post")
    found = list(rows.filter(platform=platform) if platform else rows)
    wanted = {row.queue_item for row in found}
    titles = dict(QueueItem.objects.filter(pk__in=wanted).values_list("pk", "title"))
    for row in found:
        hour = timezone.localtime(row.hour_at, zone).isoformat(timespec="minutes")
        about = (hour, row.platform, slugs.get(row.account, ""), row.game, row.queue_item)
        yield (*about, titles.get(row.queue_item, ""), row.post, row.variant, row.humans, row.robots)
