"""The wordings A and B against each other: what their posts' clicks say, and which of them the next post gets.

A post counts once it is RIPE_AFTER old, with the clicks of its first RIPE_AFTER only, so that old and young posts are
alike; posts of the last WINDOW, since readers change. Platforms and weeks are compared each within itself.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import SystemRandom

from django.db.models import Count, F, Min, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, TruncWeek
from django.utils import timezone

from metrics.experiments import bandit, verdict
from metrics.experiments.arms import Arm
from metrics.models import ClickTotal
from social_queue.models import PlatformAccount, Post, QueueItem
from social_queue.wording.templates.finding import FIRST, SECOND

RIPE_AFTER = timedelta(hours=24)
WINDOW = timedelta(days=90)
VARIANTS = (FIRST, SECOND)
_NOTHING = Arm(0, 0, 0)
_KEEP_SECONDS = 60

#: {platform: {week: {variant: Arm}}}
Table = dict[str, dict[datetime, dict[str, Arm]]]


def arms(now: datetime) -> Table:
    """Every variant's ripe posts and their clicks, by platform and week of publishing."""
    clicks = ClickTotal.objects.filter(post=OuterRef("pk"), hour_at__lt=OuterRef("published_at") + RIPE_AFTER)
    first_clicks = clicks.order_by().values("post").annotate(sum=Sum("humans")).values("sum")
    rows = (
        Post.objects.filter(status=Post.Status.PUBLISHED, variant__in=VARIANTS)
        .filter(published_at__gte=now - WINDOW, published_at__lt=now - RIPE_AFTER)
        .annotate(week=TruncWeek("published_at", tzinfo=UTC), got=Coalesce(Subquery(first_clicks), 0))
        .order_by()
        .values("platform", "variant", "week")
        .annotate(posts=Count("pk"), sum=Sum("got"), squares=Sum(F("got") * F("got")))
    )
    table: Table = {}
    for row in rows:
        arm = Arm(row["posts"], int(row["sum"]), int(row["squares"]))
        table.setdefault(row["platform"], {}).setdefault(row["week"], {})[row["variant"]] = arm
    return table


def reports(now: datetime) -> dict[str, verdict.Report]:
    """{platform: report}, and under "" the report over all of them. Platforms with one wording only are left out."""
    table = {name: weeks for name, weeks in arms(now).items() if _variants(weeks) == set(VARIANTS)}
    found = {name: verdict.combined(_keyed(name, weeks)) for name, weeks in sorted(table.items())}
    everything = {key: arm for name, weeks in table.items() for key, arm in _keyed(name, weeks).items()}
    return {"": verdict.combined(everything), **found} if found else {}


@dataclass(frozen=True)
class Ripening:
    """Posts that are out with either wording where both are, and when there is a first figure about them."""

    posts: dict[str, int]
    first_figures_at: datetime


def ripening(now: datetime) -> Ripening | None:
    """What is to be said while ``reports`` is empty; None while no platform has published both wordings."""
    rows = Post.objects.filter(status=Post.Status.PUBLISHED, variant__in=VARIANTS, published_at__gte=now - WINDOW)
    table: dict[str, dict[str, Mapping]] = {}
    for row in rows.order_by().values("platform", "variant").annotate(posts=Count("pk"), first=Min("published_at")):
        table.setdefault(row["platform"], {})[row["variant"]] = dict(row)
    both = [known for known in table.values() if set(known) == set(VARIANTS)]
    if not both:
        return None
    posts = {name: sum(known[name]["posts"] for known in both) for name in VARIANTS}
    first = min(max(known[name]["first"] for name in VARIANTS) for known in both)
    return Ripening(posts, first + RIPE_AFTER)


def choose(item: QueueItem, account: PlatformAccount) -> str:
    """The wording of the next post on this account; what ``meta.variant = auto`` asks."""
    return _choices.choose(account.platform)


class _Choices:
    """What is known of each platform, asked for once a minute; what is dealt out meanwhile is counted here."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._chance = SystemRandom()
        self._until = 0.0
        self._table: Table = {}
        self._given: dict[tuple[str, str], int] = {}

    def choose(self, platform: str) -> str:
        with self._lock:
            if time.monotonic() >= self._until:
                self._look(timezone.now())
            weeks = self._table.get(platform, {})
            known = {name: replace(_sum(weeks, name), assigned=self._count(platform, name)) for name in VARIANTS}
            chosen = bandit.choose(known, self._chance, strata=list(weeks.values()))
            self._given[platform, chosen] = self._count(platform, chosen) + 1
            return chosen

    def forget(self) -> None:
        with self._lock:
            self._until = 0.0

    def _look(self, now: datetime) -> None:
        self._table, self._given = arms(now), assigned(now)
        self._until = time.monotonic() + _KEEP_SECONDS

    def _count(self, platform: str, variant: str) -> int:
        return self._given.get((platform, variant), 0)


_choices = _Choices()


def forget() -> None:
    """Ask the database afresh at the next choice; for tests."""
    _choices.forget()


def assigned(now: datetime) -> dict[tuple[str, str], int]:
    """How many posts were given each variant lately, out or not."""
    status = Post.Status
    under_way = Q(status__in=[status.PENDING, status.PUBLISHING, status.UNKNOWN, status.FAILED])
    given: dict[tuple[str, str], int] = {}
    # Two questions, since no index answers both at once.
    for lately in (Q(published_at__gte=now - WINDOW), under_way & Q(not_before__gte=now - WINDOW)):
        rows = Post.objects.filter(lately, variant__in=VARIANTS).order_by().values("platform", "variant")
        for row in rows.annotate(posts=Count("pk")):
            key = row["platform"], row["variant"]
            given[key] = given.get(key, 0) + row["posts"]
    return given


def _variants(weeks: Mapping[datetime, Mapping[str, Arm]]) -> set[str]:
    return {name for known in weeks.values() for name in known}


def _sum(weeks: Mapping[datetime, Mapping[str, Arm]], name: str) -> Arm:
    found = [known[name] for known in weeks.values() if name in known] or [_NOTHING]
    columns = zip(*((arm.posts, arm.clicks, arm.clicks_squared) for arm in found), strict=True)
    return Arm(*(sum(column) for column in columns))


def _keyed(platform: str, weeks: Mapping[datetime, Mapping[str, Arm]]) -> dict[str, Mapping[str, Arm]]:
    return {f"{platform} {week:%G-%V}": known for week, known in weeks.items()}
