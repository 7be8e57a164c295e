"""The wordings A and B against each other: what their posts' clicks say, and which of them the next post gets.

A post counts once it is RIPE_AFTER old, with the clicks of its first RIPE_AFTER only, so that old and young posts are
alike; posts of the last WINDOW, since readers change. Platforms and weeks are compared each within itself.
"""

import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import SystemRandom

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from metrics.experiments import bandit, first_clicks, verdict
from metrics.experiments.arms import Arm
from social_queue.models import PlatformAccount, Post, QueueItem
from social_queue.wording.templates.finding import FIRST, SECOND

RIPE_AFTER = first_clicks.A_DAY
WINDOW = timedelta(days=90)
VARIANTS = (FIRST, SECOND)
_NOTHING = Arm(0, 0, 0)
_KEEP_SECONDS = 60
_WEEK = timedelta(days=7)

#: {platform: {week: {variant: Arm}}}
Table = dict[str, dict[datetime, dict[str, Arm]]]


def arms(now: datetime) -> Table:
    """Every variant's ripe posts and their clicks, by platform and week of publishing."""
    table: Table = {}
    # A week at a time: of each post SQLite would have Python say in which it was.
    for begin, end in _weeks(now - WINDOW, now - RIPE_AFTER):
        week, ripe = _monday(begin), _published(since=begin).filter(published_at__lt=end)
        for platform, variant, got, posts in first_clicks.counted(ripe):
            known = table.setdefault(platform, {}).setdefault(week, {})
            arm = known.get(variant, _NOTHING)
            known[variant] = Arm(arm.posts + posts, arm.clicks + posts * got, arm.clicks_squared + posts * got * got)
    return dict(sorted(table.items()))


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
    rows = _published(since=now - WINDOW)
    table: dict[str, dict[str, Mapping]] = {}
    for row in rows.values("platform", "variant").annotate(posts=Count("pk"), first=Min("published_at")):
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


def _published(*, since: datetime) -> QuerySet[Post]:
    return first_clicks.out_since(since).filter(variant__in=VARIANTS)


def _weeks(begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """From ``begin`` to ``end``, divided where a week begins in UTC."""
    while begin < end:
        until = min(_monday(begin) + _WEEK, end)
        yield begin, until
        begin = until


def _monday(moment: datetime) -> datetime:
    day = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())


def _variants(weeks: Mapping[datetime, Mapping[str, Arm]]) -> set[str]:
    return {name for known in weeks.values() for name in known}


def _sum(weeks: Mapping[datetime, Mapping[str, Arm]], name: str) -> Arm:
    found = [known[name] for known in weeks.values() if name in known] or [_NOTHING]
    columns = zip(*((arm.posts, arm.clicks, arm.clicks_squared) for arm in found), strict=True)
    return Arm(*(sum(column) for column in columns))


def _keyed(platform: str, weeks: Mapping[datetime, Mapping[str, Arm]]) -> dict[str, Mapping[str, Arm]]:
    return {f"{platform} {week:%G-%V}": known for week, known in weeks.items()}
