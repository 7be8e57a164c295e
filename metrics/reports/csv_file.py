"""The reports' figures as CSV: one line a post and hour, written while it is read."""

import csv
import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from metrics.models import ClickTotal
from metrics.reports.lines import Period
from social_queue.models import PlatformAccount, QueueItem

COLUMNS = ("hour", "platform", "account", "game", "item", "title", "post", "variant", "humans", "robots")
#: A cell that begins so is a formula to a spreadsheet, full-width signs included; and so is what follows a semicolon or
#: a line break, where the spreadsheet's language separates cells by semicolons and sees no quotes of ours.
#: https://owasp.org/www-community/attacks/CSV_Injection
_SIGNS = "=+\\-@＝＋－＠\t\r\n"
_FORMULA = re.compile(rf"(?:^|[;\r\n][\s\"']*)(?=[{_SIGNS}])")


class _Echo:
    """A file that hands every line straight on."""

    def write(self, line: str) -> str:
        return line


def lines(period: Period, platform: str = "") -> Iterator[str]:
    """The file line by line, for a streamed answer; times in TIME_ZONE. A day's rows are held at a time."""
    writer = csv.writer(_Echo())
    # Excel reads a file without this mark as if it were not UTF-8.
    yield "\ufeff" + writer.writerow(COLUMNS)
    slugs = dict(PlatformAccount.objects.values_list("pk", "slug"))
    for number in range(period.days):
        for row in _day(period.first + timedelta(days=number), platform, slugs):
            yield writer.writerow([safe(cell) for cell in row])


def safe(cell: object) -> object:
    """Text that a spreadsheet would take for a formula, as text."""
    return _FORMULA.sub(lambda found: f"{found[0]}'", cell) if isinstance(cell, str) else cell


def _day(day: date, platform: str, slugs: dict[int, str]) -> Iterator[tuple]:
    begin, end = (timezone.make_aware(datetime.combine(day + timedelta(days=n), time.min)) for n in (0, 1))
    rows = ClickTotal.objects.filter(hour_at__gte=begin, hour_at__lt=end).order_by("hour_at", "post")
    found = list(rows.filter(platform=platform) if platform else rows)
    wanted = {row.queue_item for row in found}
    titles = dict(QueueItem.objects.filter(pk__in=wanted).values_list("pk", "title"))
    for row in found:
        hour = timezone.localtime(row.hour_at).isoformat(timespec="minutes")
        about = (hour, row.platform, slugs.get(row.account, ""), row.game, row.queue_item)
        yield (*about, titles.get(row.queue_item, ""), row.post, row.variant, row.humans, row.robots)
