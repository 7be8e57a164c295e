"""Trying a feed that nobody has saved: what stands at its address, and what its newest entries would become."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from social_queue.feeds import asking, laying
from social_queue.feeds.entries import Entry
from social_queue.intake.incoming import Malformed, normalise
from social_queue.models import Feed
from social_queue.sentences import said
from social_queue.webhooks import field_map
from social_queue.webhooks.field_map import Trial
from social_queue.webhooks.trying import nowhere

_SHOWN = 3


@dataclass(frozen=True)
class Look:
    """What was found; ``notes`` are sentences about the feed, ``trials`` what becomes of its newest entries.

    ``nowhere`` names the rules of its map that lead to nothing.
    """

    title: str
    count: int
    notes: tuple[str, ...] = ()
    trials: tuple[Trial, ...] = ()
    nowhere: tuple[str, ...] = ()


def look(feed: Feed, *, now: datetime) -> Look:
    """Ask the address, and run the map on what is there; nothing is stored. Raises asking.Trouble."""
    found = asking.ask(feed, whole=True).found
    if found is None:
        raise asking.Trouble(said("It answered 304 although nothing was asked for by date."), passing=True)
    told = [dict(entry.told) for entry in found.entries]
    nothing = nowhere.sentences(feed.field_map, told, among=said("any of its entries"))
    trials = [trial for entry in found.entries[:_SHOWN] for trial in _tried(feed, entry, now)]
    return Look(found.title, len(found.entries), tuple(found.notes), tuple(trials), tuple(nothing))


def _tried(feed: Feed, entry: Entry, now: datetime) -> Iterator[Trial]:
    try:
        payloads = laying.bodies(feed, entry)
    except field_map.NotWanted as fault:
        yield Trial(None, {field_map.WHEN: [said("%(why)s Such an entry is passed over.", why=str(fault))]})
        return
    except field_map.Unusable as fault:
        yield Trial(None, fault.fields)
        return
    for payload in payloads:
        try:
            normalise(payload, now=now, source=feed.slug or "trial")
        except Malformed as fault:
            yield Trial(payload, field_map.with_paths(feed.field_map, fault.fields))
        else:
            yield Trial(payload)
