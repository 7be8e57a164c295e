"""Counters that only grow: attempts by how they ended and how long they took, webhook deliveries, items, clicks.

Rows are counted once, a while after they ended, when nobody will change them any more. An attempt whose worker vanished
and whose answer came late nevertheless is counted twice: once as vanished, once by its answer. So is what a clock that
ran ahead wrote and counted: once then, once when its moment has come.
"""

import logging
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Min

from metrics import watermarks
from metrics.models import Tally, Watermark
from social_queue.models import Attempt, QueueItem, WebhookLog
from social_queue.workings import heartbeat
from social_queue.workings.deadlocks import again

logger = logging.getLogger(__name__)

CLICKS, ATTEMPTS, WEBHOOKS, ITEMS = Tally.Of.CLICKS, Tally.Of.ATTEMPTS, Tally.Of.WEBHOOKS, Tally.Of.ITEMS
#: Upper bounds of an attempt's duration in seconds; the last catches the rest.
BOUNDS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
BEYOND = "+Inf"
#: The end of an attempt is written down within this time of its moment; the row that counts a flood grows for the rest
#: of its minute.
SETTLED_AFTER = timedelta(minutes=2)
#: Rows counted in one transaction.
_AT_ONCE = 20_000


def add_up(now: datetime) -> None:
    """Count what has ended since the last time."""
    for mark in (ATTEMPTS, WEBHOOKS, ITEMS):
        watermarks.lay(mark)
        while _add_some(mark, now):
            continue


def add(of: str, counts: Mapping[tuple, int], *, seconds: Mapping[tuple, float] | None = None) -> None:
    """Let counters grow; ``counts`` has (platform, result) or (platform, result, bound). Call it under a watermark."""
    for key, more in sorted(counts.items()):
        if more <= 0:
            continue
        platform, result, bound = (*key, "")[:3]
        took = (seconds or {}).get(key, 0.0)
        rows = Tally.objects.filter(of=of, platform=platform, result=result, bound=bound)
        if not rows.update(count=F("count") + more, seconds=F("seconds") + took):
            Tally.objects.create(of=of, platform=platform, result=result, bound=bound, count=more, seconds=took)


def bound_of(seconds: float) -> str:
    """The smallest bound that ``seconds`` keeps within, as it is written in the table."""
    place = bisect_left(BOUNDS, seconds)
    return f"{BOUNDS[place]:g}" if place < len(BOUNDS) else BEYOND


@again
def _add_some(name: Tally.Of, now: datetime) -> bool:
    """Count one transaction's worth; True when there may be more."""
    (column, columns, count), until = _KINDS[name], now - SETTLED_AFTER
    with transaction.atomic():
        mark = watermarks.hold(name)
        begin = _to_begin_at(mark, now)
        window = _MODELS[name]._default_manager.filter(**{f"{column}__lt": until}).order_by(column)
        if begin:
            window = window.filter(**{f"{column}__gte": begin})
        rows = list(window.values_list(column, *columns)[:_AT_ONCE])
        more = len(rows) == _AT_ONCE and rows[0][0] < rows[-1][0]
        if more:  # rows of the very last moment may go on beyond the limit
            until = rows[-1][0]
            rows = [row for row in rows if row[0] < until]
        count(rows)
        if begin is None or until > begin or begin != mark.added_until:
            watermarks.move(mark, until)
    return more


def _to_begin_at(mark: Watermark, now: datetime) -> datetime | None:
    """A mark well ahead was set by a clock that was wrong: back to the first row that was written after those ahead."""
    reached, kind = mark.added_until, Tally.Of(mark.name)
    if reached is None or reached <= now or reached <= (never := heartbeat.never(now)):
        return reached
    column, rows = _KINDS[kind][0], _MODELS[kind]._default_manager
    ahead = rows.filter(**{f"{column}__gt": never, f"{column}__lt": reached}).order_by("-pk")
    last = ahead.values_list("pk", flat=True).first()
    settled = now - SETTLED_AFTER
    since = rows.filter(**{"pk__gt": last, f"{column}__lt": settled}).aggregate(first=Min(column)) if last else {}
    begin = since.get("first") or settled
    logger.warning("a clock ran ahead: %s are counted from %s on, not from %s", mark.name, begin, reached)
    return begin


def _count_attempts(rows: list[tuple]) -> None:
    counts: Counter[tuple[str, str, str]] = Counter()
    seconds: Counter[tuple[str, str, str]] = Counter()
    for ended_at, started_at, platform, outcome in rows:
        took = max(0.0, (ended_at - started_at).total_seconds())
        key = (platform, outcome, bound_of(took))
        counts[key] += 1
        seconds[key] += took
    add(ATTEMPTS, counts, seconds=seconds)


def _count_deliveries(rows: list[tuple]) -> None:
    counts: Counter[tuple[str, str]] = Counter()
    for _, status, repeats in rows:
        counts["", status] += max(1, repeats)  # a row that stands for several is none itself
    add(WEBHOOKS, counts)


def _count_items(rows: list[tuple]) -> None:
    add(ITEMS, {("", "received"): len(rows)})


_MODELS = {ATTEMPTS: Attempt, WEBHOOKS: WebhookLog, ITEMS: QueueItem}
_KINDS = {
    ATTEMPTS: ("ended_at", ("started_at", "post__platform", "outcome"), _count_attempts),
    WEBHOOKS: ("received_at", ("status", "repeats"), _count_deliveries),
    ITEMS: ("created_at", (), _count_items),
}
