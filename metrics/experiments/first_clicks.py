"""Posts that were published, told apart by how often each was clicked in its first day; the database counts them."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, DateTimeField, F, Func, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from metrics.models import ClickTotal
from social_queue.models import Post, PostStatus

A_DAY = timedelta(days=1)
_NOT_OUT = [status for status in PostStatus if status != PostStatus.PUBLISHED]


def out_since(moment: datetime) -> QuerySet[Post]:
    """What went out since and is out still, by the index of when it went out, whatever the planner thinks of others."""
    # Given its status, SQLite would read all that was ever published.
    return Post.objects.exclude(status__in=_NOT_OUT).filter(published_at__gte=moment).order_by()


def counted(posts: QuerySet[Post]) -> Iterator[tuple[str, str, int, int]]:
    """(platform, variant, clicks by people in the first day, how many of ``posts`` have so many).

    A sum of these sums needs each post's clicks once; sums of its clicks and their squares by SQL count them thrice.
    """
    clicks = ClickTotal.objects.filter(post=OuterRef("pk"), hour_at__lt=_a_day_after(OuterRef("published_at")))
    sums = clicks.order_by().values("post").annotate(sum=Sum("humans")).values("sum")
    rows = posts.annotate(got=Coalesce(Subquery(sums), 0)).values("platform", "variant", "got")
    for row in rows.annotate(posts=Count("pk")).order_by("platform", "variant", "got"):
        yield row["platform"], row["variant"], int(row["got"]), row["posts"]


def _a_day_after(moment: F) -> object:
    return _NextDay(moment) if connection.vendor == "sqlite" else moment + A_DAY


class _NextDay(Func):
    """The same time a day later, as SQLite's own text: for a sum of moment and span Django has it call Python."""

    arity = 1
    output_field = DateTimeField()  # type: ignore[assignment]  # a property of Django's
    template = "(date(%(expressions)s, '+1 day') || substr(%(expressions)s, 11))"
