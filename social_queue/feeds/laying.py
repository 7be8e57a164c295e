"""From one entry of a feed to its queue items, each with a key that makes doing it again harmless."""

from dataclasses import dataclass
from datetime import datetime

from social_queue.feeds.entries import Entry
from social_queue.intake import ingest, replays
from social_queue.models import Feed, QueueItem
from social_queue.webhooks import field_map

NEXT_SLOT = "next-slot"


@dataclass(frozen=True)
class Laid:
    """What became of an entry: its first item, or None when it was passed over; ``error`` when it can't be used."""

    item: QueueItem | None = None
    error: str = ""


def bodies(feed: Feed, entry: Entry) -> list[object]:
    """The ingest bodies that an entry stands for. Raises field_map.Unusable and NotWanted."""
    made = field_map.payloads(feed.field_map, dict(entry.told)) if feed.field_map else [entry.payload()]
    dressed = [field_map.with_channels(body, feed.default_channels) for body in made]
    return [_into_slot(feed, body) for body in dressed]


def lay(feed: Feed, entry: Entry, *, now: datetime) -> Laid:
    """Queue it. An entry that was changed since it became an item is the item that it became."""
    try:
        payloads = bodies(feed, entry)
    except field_map.NotWanted:
        return Laid()
    except field_map.Unusable as fault:
        return Laid(error=str(fault))
    laid = [_one(feed, payload, key=f"feed:{entry.key}:{place}", now=now) for place, payload in enumerate(payloads)]
    faults = " ".join(dict.fromkeys(one.error for one in laid if one.error))
    return Laid(next((one.item for one in laid if one.item), None), faults)


def _one(feed: Feed, payload: object, *, key: str, now: datetime) -> Laid:
    has_own = isinstance(payload, dict) and payload.get("idempotency_key") is not None
    named = None if has_own else key
    receipt = ingest.receive(payload, source=feed.slug, now=now, idempotency_key=named, draft=feed.arrives_as_draft)
    if receipt.item:
        return Laid(receipt.item)
    if made := replays.under_key(feed.slug, key):
        return Laid(made)
    fields = field_map.with_paths(feed.field_map, receipt.body["error"].get("fields", {}))
    return Laid(error="; ".join(f"{name} {' '.join(told)}" for name, told in fields.items()) or "was refused.")


def _into_slot(feed: Feed, body: object) -> object:
    if not feed.into_slots or feed.arrives_as_draft or not isinstance(body, dict) or body.get("publish_at"):
        return body
    return body | {"publish_at": NEXT_SLOT}
