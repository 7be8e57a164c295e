"""Counters that only grow: attempts by how they ended and how long they took, webhook deliveries, items, clicks.

Rows are counted once, a while after they ended, when nobody will change them any more. An attempt whose worker vanished
and whose answer came late nevertheless is counted twice: once as vanished, once by its answer.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from metrics import watermarks
from metrics.models import Tally
from social_queue.models import Attempt, QueueItem, WebhookLog
from social_queue.workings.deadlocks import again

CLICKS, ATTEMPTS, WEBHOOKS, ITEMS = Tally.Of.CLICKS, Tally.Of.ATTEMPTS, Tally.Of.WEBHOOKS, Tally.Of.ITEMS
#: Upper bounds of an attempt's duration in seconds; the last catches the rest.
BOUNDS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
BEYOND = "+Inf"
#: The end of an attempt is written down within this time of its moment.
SETTLED_AFTER = timedelta(minutes=2)
#: Rows counted in one transaction.
_AT_ONCE = 20_000


def add_up(now: datetime) -> None:
    """Count what has ended since the last time."""
    for mark in (ATTEMPTS, WEBHOOKS, ITEMS):
        watermarks.lay(mark)
        while _add_some(mark, now - SETTLED_AFTER):
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
def _add_some(name: Tally.Of, until: datetime) -> bool:
    """Count one transaction's worth; True when there may be more."""
    column, columns, count = _KINDS[name]
    with transaction.atomic():
        mark = watermarks.hold(name)
        window = _MODELS[name]._default_manager.filter(**{f"{column}__lt": until}).order_by(column)
        if mark.added_until:
            window = window.filter(**{f"{column}__gte": mark.added_until})
        rows = list(window.values_list(column, *columns)[:_AT_ONCE])
        more = len(rows) == _AT_ONCE and rows[0][0] < rows[-1][0]
        if more:  # rows of the very last moment may go on beyond the limit
            until = rows[-1][0]
            rows = [row for row in rows if row[0] < until]
        count(rows)
        if mark.added_until is None or until > mark.added_until:
            watermarks.move(mark, until)
    return more


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
    add(WEBHOOKS, Counter(("", status) for _, status in rows))


def _count_items(rows: list[tuple]) -> None:
    add(ITEMS, {("", "received"): len(rows)})


_MODELS = {ATTEMPTS: Attempt, WEBHOOKS: WebhookLog, ITEMS: QueueItem}
_KINDS = {
    ATTEMPTS: ("ended_at", ("started_at", "post__platform", "outcome"), _count_attempts),
    WEBHOOKS: ("received_at", ("status",), _count_deliveries),
    ITEMS: ("created_at", (), _count_items),
}
