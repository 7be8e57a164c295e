"""The reports' figures for programs: clicks and posts of a span of days, by one thing at a time."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Sum
from django.utils import timezone

from metrics.models import ClickTotal, KeptPost
from metrics.reports.lines import Period
from social_queue.models import PlatformAccount, Post, QueueItem

#: Each of more posts turned into a day of its own takes seconds.
_FEW = 10_000
BY = ("day", "platform", "account", "source", "variant")


def rows(by: str, period: Period) -> list[dict[str, object]]:
    """``key clicks robots posts``: days in their order, all others by clicks; what nobody knows has the key ""."""
    clicks, robots, posts = Counter[str](), Counter[str](), Counter[str]()
    for key, humans, machines in _clicks(by, period):
        clicks[key] += humans
        robots[key] += machines
    for key, count in _posts(by, period):
        posts[key] += count
    keys: Iterable[str] = {*clicks, *posts}
    if by == "day":
        keys = [(period.first + timedelta(days=number)).isoformat() for number in range(period.days)]
    else:
        keys = sorted(keys, key=lambda key: (-clicks[key], -posts[key], key))
    return [{"key": key, "clicks": clicks[key], "robots": robots[key], "posts": posts[key]} for key in keys]


def _clicks(by: str, period: Period) -> Iterator[tuple[str, int, int]]:
    totals = ClickTotal.objects.filter(hour_at__gte=period.begin, hour_at__lt=period.end).order_by()
    column = {"day": "hour_at", "source": "source"}.get(by, by)
    if by == "source":
        totals = totals.annotate(source=_source_of("queue_item"))
    found = totals.values_list(column).annotate(Sum("humans"), Sum("robots"))
    return ((key, humans, machines) for key, (humans, machines) in _named(by, found))


def _posts(by: str, period: Period) -> Iterator[tuple[str, int]]:
    for kind in (Post, KeptPost):
        out = _out(kind, period)
        if by == "day":
            yield from _posts_by_day(kind, period)
            continue
        if by == "source":
            out = out.annotate(source=F("item__source") if kind is Post else _source_of("queue_item"))
        yield from ((key, count) for key, (count,) in _named(by, out.values_list(by).annotate(Count("pk"))))


def _out(kind: type[Post | KeptPost], period: Period) -> QuerySet:
    return kind._default_manager.filter(published_at__gte=period.begin, published_at__lt=period.end).order_by()


def _posts_by_day(kind: type[Post | KeptPost], period: Period) -> Iterator[tuple[str, int]]:
    """Few are read and told apart here; of many the database counts each day's, by an index alone."""
    out = _out(kind, period)
    if out.values("pk")[: _FEW + 1].count() <= _FEW:
        yield from ((_day(moment), 1) for moment in out.values_list("published_at", flat=True))
        return
    for number in range(period.days):
        day = Period(*[period.first + timedelta(days=number)] * 2)
        # Not of those of the whole period: of two limits at one end SQLite may take the wrong one to begin at.
        yield day.first.isoformat(), _out(kind, day).count()


def _named(by: str, found: Iterable[tuple]) -> Iterator[tuple[str, tuple]]:
    """Each row with its key as people write it."""
    if by == "account":
        slugs = dict(PlatformAccount.objects.values_list("pk", "slug"))
        return ((slugs.get(key, ""), tuple(sums)) for key, *sums in found)
    if by == "day":
        return ((_day(key), tuple(sums)) for key, *sums in found)
    return ((key or "", tuple(sums)) for key, *sums in found)


def _day(moment: object) -> str:
    return timezone.localtime(moment).date().isoformat()  # type: ignore[arg-type]  # a column of moments


def _source_of(column: str) -> Subquery:
    return Subquery(QueueItem.objects.filter(pk=OuterRef(column)).values("source")[:1])
