"""This one and all that follow: a series is cut at an item, and another goes on from it with its words and its rule."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import DatabaseError, transaction

from social_queue.calendar import repeat_rules
from social_queue.calendar.repeat_rules import Rule as Rule
from social_queue.calendar.repeat_rules import zone_of as zone_of
from social_queue.intake import ingest, series
from social_queue.intake.incoming import Malformed, in_order
from social_queue.media import carried
from social_queue.models import ItemStatus, QueueItem, Series
from social_queue.operations import editing, items, mending
from social_queue.timing import rules, zones
from social_queue.workings.deadlocks import again

logger = logging.getLogger(__name__)

#: For ``change``: the rule stays as it is.
SAME: Mapping[str, Any] = {}
#: An item of which nothing has gone.
_UNTOUCHED = (ItemStatus.READY, ItemStatus.DRAFT)
#: What of an item each time of its series says.
_SAYS = (*mending.WORDS, *mending.COMPOUND, "channels", "captions", "callback_url")
#: What these say, ``media`` says of all.
_OF_ONE = ("image_url", "alt_text")


def change(
    item: int, changes: object, *, now: datetime, repeat: object = SAME, by_hand: editing.ByHand | None = None
) -> QueueItem:
    """Edit this one as ``editing.edit`` does, and have all that follow say the same from its time of day on.

    ``repeat``: a rule as ingest takes it, or None for no more after this one. What follows is laid down anew, so what
    was changed in single ones of it is lost. Raises what ``edit`` raises.
    """
    changed = _cut(item, changes, repeat, now=now, by_hand=by_hand)
    begun = changed.series
    if begun is not None and begun.lay_not_before is not None and begun.lay_not_before <= now:
        try:
            series.lay(begun, now=now, enqueue=ingest.enqueue)
        except DatabaseError:
            logger.exception("series %s: what follows is left to the next tick", begun.pk)
    return changed


def held(item: QueueItem) -> Rule | None:
    """The rule that goes on from this item, less what of its COUNT is over; None when nothing comes after it."""
    try:
        rule = repeat_rules.same(item.series, item)
    except Malformed:
        return None
    at, zone = item.series_at or item.publish_at, zones.named(rule.zone)
    return rule if rules.following(rule.text, zone, begins=at, until=rule.until, after=at) else None


def to_follow(item: QueueItem) -> int:
    """How many items that are laid down follow it in its series."""
    return _following(item).count() if item.series_id and item.series_at else 0


@again
def _cut(number: int, changes: object, repeat: object, *, now: datetime, by_hand: editing.ByHand | None) -> QueueItem:
    with transaction.atomic():
        # The series first, as whoever lays down a time of it does.
        belongs = QueueItem.objects.filter(pk=number).values_list("series", flat=True).first()
        old = Series.objects.select_for_update().filter(pk=belongs).first() if belongs else None
        if repeat is None or repeat is SAME:
            item = editing.edit(number, changes, now=now, by_hand=by_hand)
            rule = repeat_rules.same(old, item) if repeat is SAME else None
        else:
            item, rule = _edited(number, changes, repeat, now=now, by_hand=by_hand)
        if rule and repeat is not SAME:
            item, rule = _on_its_first(item, rule, changes, now)
        if old is not None:
            _end(old, item, with_it=rule is not None, now=now)
        if rule is not None:
            item.series = _begin(item, rule, old, now)
            item.series_at = item.publish_at
            QueueItem.objects.filter(pk=number).update(series=item.series, series_at=item.series_at)
    return item


def _edited(
    number: int, changes: object, repeat: object, *, now: datetime, by_hand: editing.ByHand | None
) -> tuple[QueueItem, Rule]:
    """The item with the changes in it, and the rule that is asked for; what is wrong with either is said at once."""
    given, faults = repeat_rules.read(repeat, changes)
    try:
        item = editing.edit(number, changes, now=now, by_hand=by_hand)
    except Malformed as fault:
        raise Malformed(in_order(fault.fields | faults)) from fault
    if faults:
        raise Malformed(faults)
    return item, repeat_rules.asked(given, item)


def _on_its_first(item: QueueItem, rule: Rule, changes: object, now: datetime) -> tuple[QueueItem, Rule]:
    """The item at the first moment that the rule names, as an item that comes in with a rule stands there."""
    begins = repeat_rules.begun(changes, item)
    # One that waits past its time, and was not asked to go at another, goes when it can.
    moment, rule = repeat_rules.first(rule, begins=begins, now=min(now, item.publish_at))
    if moment == item.publish_at:
        return item, rule
    return editing.edit(item.pk, {"publish_at": moment.isoformat()}, now=now), rule


def _end(old: Series, item: QueueItem, *, with_it: bool, now: datetime) -> None:
    """Nothing of ``old`` comes after the item, nor (``with_it``) the item itself, which another series takes."""
    for row in _following(item):
        items.cancel_item(row, now=now)
    at = item.series_at or item.publish_at
    last = at - repeat_rules.BEFORE if with_it else at
    alone = with_it and not old.items.exclude(pk=item.pk).filter(series_at__lt=at).exists()
    ended = {"cancelled_at": old.cancelled_at or now} if alone else {"until": min(filter(None, [old.until, last]))}
    Series.objects.filter(pk=old.pk).update(lay_not_before=None, **ended)


def _media(item: QueueItem) -> dict[str, list]:
    """Several pictures, or an upload, as a body names them; one address stays in its own field."""
    media = carried.album(item)
    return {"media": media} if media else {}


def _begin(item: QueueItem, rule: Rule, old: Series | None, now: datetime) -> Series:
    says = {name: value for name in _SAYS if (value := getattr(item, name))} | _media(item)
    says = {name: value for name, value in says.items() if "media" not in says or name not in _OF_ONE}
    kept = {name: value for name, value in (old.payload if old else {}).items() if name not in (*_SAYS, "media")}
    lasts = item.expires_at - item.publish_at if item.expires_at else None
    return Series.objects.create(
        source=item.source,
        payload=kept | says,
        rule=rule.text,
        zone=rule.zone,
        begins_at=item.publish_at,
        until=rule.until,
        lasts_s=int(lasts.total_seconds()) if lasts else None,
        draft=old.draft if old else item.status == ItemStatus.DRAFT,
        laid_until=item.publish_at,
        lay_not_before=now,
    )


def _following(item: QueueItem):
    rows = QueueItem.objects.filter(series=item.series_id, series_at__gt=item.series_at, status__in=_UNTOUCHED)
    return rows.order_by("pk")
