"""Repeats: every occurrence of a series is stored as an ordinary item, once, two weeks ahead."""

import dataclasses
import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import translation

from social_queue.accounts import channels
from social_queue.alerts import ledger
from social_queue.intake.incoming import Incoming, Malformed, normalise
from social_queue.intake.when import Repeat
from social_queue.models import Alert, QueueItem, Series
from social_queue.timing import rules, rules_in_words, zones

logger = logging.getLogger(__name__)

AHEAD = timedelta(days=14)
#: After a time that could not be laid down.
TRY_AGAIN = timedelta(hours=1)
#: What two weeks of a rule can hold, and so much of it as one call lays down.
MOST_AT_ONCE = 24 * 15

Enqueue = Callable[..., tuple[QueueItem, bool]]


class NotWanted(Exception):
    """This occurrence is stored already, or the series has ended."""


def begin(incoming: Incoming, asked: Repeat, *, now: datetime, draft: bool) -> Series:
    """Create a series, in the transaction that stores its first item."""
    lasts = incoming.expires_at - incoming.publish_at if incoming.expires_at else None
    return Series.objects.create(
        source=incoming.source,
        payload=asked.payload,
        rule=asked.rule,
        zone=asked.zone,
        begins_at=asked.begins_at,
        until=asked.until,
        lasts_s=int(lasts.total_seconds()) if lasts else None,
        draft=draft,
        laid_until=incoming.publish_at,
        lay_not_before=now,
    )


def guard(series: int, moment: datetime | None) -> None:
    """Lock the series until the transaction ends. Raises NotWanted when this occurrence must not be stored."""
    open_still = Series.objects.select_for_update().filter(pk=series, cancelled_at=None)
    if moment is not None:
        # Whoever read the series before it was cut short would lay down what another series says now.
        open_still = open_still.filter(Q(until=None) | Q(until__gte=moment))
    if not list(open_still.values_list("pk", flat=True)):
        raise NotWanted
    if QueueItem.objects.filter(series=series, series_at=moment).exists():
        raise NotWanted


def lay(series: Series, *, now: datetime, enqueue: Enqueue) -> int:
    """Store the occurrences of the next two weeks and those missed before. Returns the number of items.

    However many do so at once, each time is laid down once.
    """
    laid = 0
    for moment in to_come(series):
        if moment > now + AHEAD or laid >= MOST_AT_ONCE:
            _note(series, lay_not_before=max(now, moment - AHEAD))
            return laid
        try:
            laid += _lay_one(series, moment, now=now, enqueue=enqueue)
        except (Malformed, channels.UnknownChannels) as fault:
            _stuck(series, str(fault), now)
            return laid
        _note(series, laid_until=moment)
    _note(series, lay_not_before=None)
    return laid


def to_come(series: Series) -> Iterator[datetime]:
    """The moments of occurrences not stored yet; an endless iterator if the rule has no end."""
    known = series.laid_until or series.begins_at - timedelta(microseconds=1)
    reach = max(series.begins_at, known) + timedelta(days=366 * 40)
    zone = zones.named(series.zone)
    return rules.moments(series.rule, zone, begins=series.begins_at, until=series.until, reach=reach, after=known)


def _lay_one(series: Series, moment: datetime, *, now: datetime, enqueue: Enqueue) -> int:
    body = series.payload | {"publish_at": max(moment, now).isoformat()}
    incoming = normalise(body, now=now, source=series.source)
    lasts = {} if series.lasts_s is None else {"expires_at": moment + timedelta(seconds=series.lasts_s)}
    # What should have gone while nobody laid it down keeps its time: it was missed like any other.
    own: dict[str, Any] = {"publish_at": moment, "series_id": series.pk, "series_at": moment, "body_hash": "", **lasts}
    try:
        enqueue(dataclasses.replace(incoming, **own), now=now, draft=series.draft)
    except NotWanted:
        logger.debug("series %s: %s is laid down already, or it is over", series.pk, moment)
        return 0
    return 1


def _note(series: Series, **columns: datetime | None) -> None:
    for name, value in columns.items():
        setattr(series, name, value)
    Series.objects.filter(pk=series.pk).update(**columns)


def _stuck(series: Series, why: str, now: datetime) -> None:
    _note(series, lay_not_before=now + TRY_AGAIN)
    with translation.override("en"):
        words = rules_in_words.of(series)
    reason = f"Repeat {series.pk} of {series.source} ({words}) can't lay down its next item: {why}"
    ledger.raise_alert(Alert.Kind.REPEAT_STUCK, about=f"series:{series.pk}", reason=reason, now=now)
