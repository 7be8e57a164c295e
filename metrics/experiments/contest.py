"""The wordings A and B against each other: what their posts' clicks say.

A post counts once it is RIPE_AFTER old, with the clicks of its first RIPE_AFTER only, so that old and young posts are
alike; posts of the last WINDOW, since readers change. Platforms and weeks are compared each within itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet

from metrics.experiments import first_clicks, verdict
from metrics.experiments.arms import Arm
from social_queue.models import Post
from social_queue.wording.templates.finding import FIRST, SECOND

RIPE_AFTER = first_clicks.A_DAY
WINDOW = timedelta(days=90)
VARIANTS = (FIRST, SECOND)
_NOTHING = Arm(0, 0, 0)
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


def _keyed(platform: str, weeks: Mapping[datetime, Mapping[str, Arm]]) -> dict[str, Mapping[str, Arm]]:
    return {f"{platform} {week:%G-%V}": known for week, known in weeks.items()}
