"""What the reports show: clicks by day, place, game and hour, all from the hourly totals; by the reader's clock."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cached_property

from django.db.models import Count, QuerySet, Sum
from django.utils import timezone
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

import connectors
from metrics.models import ClickTotal, KeptPost
from metrics.reports.lines import Hour, Line, Period, columns, scaled
from social_queue.models import PlatformAccount, Post, QueueItem

_TOP = 10
_SUMS = {"humans": Sum("humans"), "robots": Sum("robots")}


def totals(period: Period, platform: str = "") -> QuerySet:
    """The hourly rows of a period, unordered."""
    rows = ClickTotal.objects.filter(hour_at__gte=period.begin, hour_at__lt=period.end).order_by()
    return rows.filter(platform=platform) if platform else rows


class Report:
    """Everything about one period, each part asked for when it is shown."""

    def __init__(self, period: Period, platform: str = "") -> None:
        self.period, self.platform = period, platform

    @cached_property
    def sums(self) -> dict[str, int]:
        """Humans, robots, posts published, and the humans of the period before."""
        before = totals(self.period.before, self.platform).aggregate(Sum("humans"))["humans__sum"] or 0
        humans, robots = sum(h for _hour, h, _r in self._hours), sum(r for _hour, _h, r in self._hours)
        return {"humans": humans, "robots": robots, "posts": sum(self._published.values()), "before": before}

    @property
    def change(self) -> int | None:
        """Percent more (or less) than in the period before; None when there is nothing to compare with."""
        before = self.sums["before"]
        return round(100 * (self.sums["humans"] - before) / before) if before else None

    @property
    def rate(self) -> float | None:
        """Clicks by people a published post; None without a post."""
        return self.sums["humans"] / self.sums["posts"] if self.sums["posts"] else None

    @property
    def robot_share(self) -> int:
        """Percent of all visits."""
        humans, robots = self.sums["humans"], self.sums["robots"]
        return round(100 * robots / (humans + robots)) if humans + robots else 0

    @cached_property
    def columns(self) -> list[Line]:
        """By day, or by week or month when the days are many."""
        return columns(self.period, self._hours)

    @property
    def highest(self) -> int:
        """Where the chart's axis ends."""
        return max(line.humans + line.robots for line in self.columns)

    @property
    def half(self) -> float:
        """The middle of the axis."""
        return self.highest / 2

    def platforms(self) -> list[Line]:
        """By platform, with clicks per published post."""
        rows = totals(self.period, self.platform).values_list("platform").annotate(**_SUMS)
        lines = [Line(_label(name), humans, robots, key=name) for name, humans, robots in rows]
        return scaled([_with_rate(line, self._published) for line in lines])

    def accounts(self) -> list[Line]:
        """By account."""
        rows = totals(self.period, self.platform).values_list("account").annotate(**_SUMS)
        slugs = dict(PlatformAccount.objects.values_list("pk", "slug"))
        return scaled([Line(slugs.get(pk, "–"), humans, robots, key=pk) for pk, humans, robots in rows])[:_TOP]

    def games(self) -> list[Line]:
        """By game, as its newest item writes it."""
        rows = totals(self.period, self.platform).values_list("game").annotate(**_SUMS).order_by("-humans")[:_TOP]
        return scaled([Line(_written(game), humans, robots, key=game) for game, humans, robots in rows])

    def items(self) -> list[Line]:
        """The items most clicked on."""
        rows = list(
            totals(self.period, self.platform).values_list("queue_item").annotate(**_SUMS).order_by("-humans")[:_TOP]
        )
        titles = dict(QueueItem.objects.filter(pk__in=[pk for pk, *_sums in rows]).values_list("pk", "title"))
        return scaled([Line(titles.get(pk, f"#{pk}"), humans, robots, key=pk) for pk, humans, robots in rows])

    @property
    def best_hour(self) -> dict | None:
        """The weekday and hour with the most clicks; None without a click."""
        cells = [(cell["mean"], place, cell["hour"]) for place, row in enumerate(self.week) for cell in row["cells"]]
        mean, day, hour = max(cells)
        return {"day": WEEKDAYS[day], "hour": f"{hour:02}:00–{(hour + 1) % 24:02}:00", "mean": mean} if mean else None

    @property
    def zone(self) -> str:
        """The time zone of everything here."""
        return timezone.get_current_timezone_name()

    @cached_property
    def week(self) -> list[dict]:
        """Seven rows of 24 cells: clicks by people in an average such hour; ``heat`` is 0–100."""
        sums: Counter = Counter()
        for hour, humans, _robots in self._hours:
            sums[hour.weekday(), hour.hour] += humans
        days = Counter((self.period.first + timedelta(days=n)).weekday() for n in range(self.period.days))
        mean = {(day, hour): count / days[day] for (day, hour), count in sums.items() if days[day]}
        most = max(mean.values(), default=0)
        return [
            {
                "name": WEEKDAYS_ABBR[day],
                "cells": [
                    {"hour": hour, "mean": value, "heat": round(100 * value / most) if most else 0}
                    for hour in range(24)
                    for value in [mean.get((day, hour), 0.0)]
                ],
            }
            for day in range(7)
        ]

    @cached_property
    def _hours(self) -> list[Hour]:
        """Not by the hour: of one that the clock shows twice, Python takes both for the same."""
        rows = totals(self.period, self.platform).values_list("hour_at").annotate(**_SUMS)
        return [(timezone.localtime(hour), humans, robots) for hour, humans, robots in rows]

    @cached_property
    def _published(self) -> dict[str, int]:
        counts: Counter = Counter()
        for kind in (Post, KeptPost):
            posts = kind.objects.filter(published_at__gte=self.period.begin, published_at__lt=self.period.end)
            posts = (posts.filter(platform=self.platform) if self.platform else posts).order_by()
            counts.update(dict(posts.values_list("platform").annotate(Count("pk"))))
        return counts


def _label(platform: str) -> str:
    return connectors.get(platform).label if platform in connectors.names() else platform


def _with_rate(line: Line, published: Mapping[str, int]) -> Line:
    posts = published.get(str(line.key), 0)
    if not posts:
        return line
    rate = ngettext("%(rate)s a post (%(posts)d post)", "%(rate)s a post (%(posts)d posts)", posts)
    return replace(line, note=rate % {"rate": number_format(line.humans / posts, 1), "posts": posts})


def _written(game: str) -> str:
    """A game as its newest item writes it; totals hold it folded."""
    if not game:
        return _("without a game")
    data = QueueItem.objects.filter(game=game).order_by("game", "window", "publish_at").values_list("data", flat=True)
    newest = data.last() or {}
    return str(newest.get("game") or game)[:80]
