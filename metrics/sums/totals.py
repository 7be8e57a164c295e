"""Adds clicks up by post and hour, so that reports stay quick and outlive the single clicks.

An hour is always counted as a whole, so counting it again changes nothing; whoever counts holds the watermark's row, so
two who count at once come after each other. A click that is booked late (up to OVERLAP after its moment, or out of the
spool) is found, since the next round begins before it.
"""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max, OuterRef, Q, Subquery, Sum

from metrics import watermarks
from metrics.clicks import spool
from metrics.models import Click, ClickTotal, KeptPost
from metrics.sums import tallies
from social_queue.models import Post
from social_queue.workings import clearing, upserts
from social_queue.workings.deadlocks import again

logger = logging.getLogger(__name__)

MARK = "clicks"
#: A click's moment is taken before its row is written; no insert waits longer for the database.
OVERLAP = timedelta(minutes=5)
_HOUR = timedelta(hours=1)
#: For so long nobody may have added up while the mark lies ahead.
_AFRESH = timedelta(hours=3)
_BATCH = 2_000
#: Rows that one pruning takes away at most; the rest waits for the next, so that it ends within its time.
_MOST_PRUNED = 1_000_000


def roll_up(now: datetime) -> int:
    """Bring the spool in and add up every hour that has new clicks; returns how many hours were counted."""
    try:
        spool.bring_in()
    except Exception:  # whatever it is, the clicks that are booked count
        logger.exception("the clicks in %s can't be brought in; they are tried again", spool.path())
    watermarks.lay(MARK)
    hours, begin = 0, None
    while begin := _add_hour(begin, now):
        hours += 1
    return hours


def prune(now: datetime) -> int:
    """Take away the clicks of whole hours older than KEEP_CLICKS_DAYS, once they are added up; returns how many."""
    roll_up(now)
    old = Click.objects.filter(clicked_at__lt=_first_kept(now)).order_by("clicked_at")
    gone = 0
    while gone < _MOST_PRUNED and (batch := list(old.values_list("pk", flat=True)[:_BATCH])):
        with clearing.group():
            gone += Click.objects.filter(pk__in=batch).delete()[0]
    return gone


@again
def _add_hour(begin: datetime | None, now: datetime) -> datetime | None:
    """Count the first hour from ``begin`` that has clicks; returns where to go on, None when there is nothing more."""
    with transaction.atomic():
        mark = watermarks.hold(MARK)
        reached, kept = mark.added_until, _first_kept(now)
        if begin is None:
            begin = _to_begin_at(reached, now) if reached else kept
        elif reached and reached < min(begin, now):
            begin = reached  # a spool came in meanwhile
        later = Click.objects.filter(clicked_at__gte=max(begin, kept)).order_by("clicked_at")
        first = later.values_list("clicked_at", flat=True).first()
        if first is None:
            watermarks.move(mark, max(now, reached or now))
            return None
        hour = _hour(first)
        _count(hour)
        watermarks.move(mark, min(hour + _HOUR, now))
        return hour + _HOUR


def _to_begin_at(reached: datetime, now: datetime) -> datetime:
    """A mark ahead was set by a clock that was wrong: it says nothing of clicks since, so the last hours count anew."""
    return reached - OVERLAP if reached <= now else now - _AFRESH


def _count(hour: datetime) -> None:
    """Write the totals of one hour."""
    rows = list(
        Click.objects.filter(clicked_at__gte=hour, clicked_at__lt=hour + _HOUR)
        .order_by("post")
        .values("post")
        .annotate(
            queue_item=Max("queue_item"),
            platform=Max("platform"),
            variant=Max("variant"),
            humans=Count("pk", filter=Q(is_robot=False)),
            robots=Count("pk", filter=Q(is_robot=True)),
        )
    )
    for start in range(0, len(rows), _BATCH // 4):
        _write(rows[start : start + _BATCH // 4], hour)


def _write(rows: Sequence[Mapping[str, Any]], hour: datetime) -> None:
    posts = [row["post"] for row in rows]
    gone = KeptPost.objects.filter(pk__in=posts).values_list("pk", "account", "game")
    here = Post.objects.filter(pk__in=posts).values_list("pk", "account", "item__game")
    about = {pk: rest for pk, *rest in (*gone, *here)}
    totals = [ClickTotal(hour_at=hour, **row, **_about(about.get(row["post"]))) for row in rows]
    before = _added(hour, posts)
    upserts.lay(totals, unique=["post", "hour_at"], update=["humans", "robots"])
    tallies.add(tallies.CLICKS, _added(hour, posts) - before)
    humans = ClickTotal.objects.filter(post=OuterRef("pk")).order_by().values("post").annotate(sum=Sum("humans"))
    Post.objects.filter(pk__in=posts).update(clicks=Subquery(humans.values("sum")))


def _about(found: list | None) -> dict:
    """A post's account and game; a post that is gone has neither."""
    account, game = found or (0, "")
    return {"account": account, "game": game}


def _added(hour: datetime, posts: list[int]) -> Counter:
    """{(platform, "human" or "robot"): clicks} of these posts in this hour, as they are in the totals."""
    sums: Counter = Counter()
    rows = ClickTotal.objects.filter(hour_at=hour, post__in=posts).order_by().values("platform")
    for row in rows.annotate(humans=Sum("humans"), robots=Sum("robots")):
        sums.update({(row["platform"], "human"): row["humans"], (row["platform"], "robot"): row["robots"]})
    return sums


def _first_kept(now: datetime) -> datetime:
    """The first hour whose clicks are kept; those before may be gone in part, so they are never counted again."""
    return _hour(now - timedelta(days=settings.KEEP_CLICKS_DAYS))


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
