"""Trying a feed that nobody has saved: what stands at its address, and what its newest entries would become."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from social_queue.feeds import asking, laying
from social_queue.feeds.entries import Entry
from social_queue.intake.incoming import Malformed, normalise
from social_queue.models import Feed
from social_queue.sentences import said
from social_queue.webhooks import field_map
from social_queue.webhooks.field_map import Trial

_SHOWN = 3


@dataclass(frozen=True)
class Look:
    """What was found; ``notes`` are sentences about the feed, ``trials`` what becomes of its newest entries."""

    title: str
    count: int
    notes: tuple[str, ...] = ()
    trials: tuple[Trial, ...] = ()


def look(feed: Feed, *, now: datetime) -> Look:
    """Ask the address, and run the map on what is there; nothing is stored. Raises asking.Trouble."""
    found = asking.ask(feed, whole=True).found
    if found is None:
        raise asking.Trouble(said("It answered 304 although nothing was asked for by date."), passing=True)
    notes = [*found.notes, *_leads_nowhere(feed.field_map, found.entries)]
    trials = [trial for entry in found.entries[:_SHOWN] for trial in _tried(feed, entry, now)]
    return Look(found.title, len(found.entries), tuple(notes), tuple(trials))


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


def _leads_nowhere(rules: Mapping[str, object], entries: tuple[Entry, ...]) -> Iterator[str]:
    """A path that leads to nothing in any entry is hardly meant."""
    for name, rule in rules.items() if entries else ():
        for path in field_map.paths_of(name, rule):
            if not any(field_map.leads(path, dict(entry.told)) for entry in entries):
                yield said("“%(path)s”, for %(name)s in the field map, leads to nothing in any of its entries.",
                           path=path, name=name)  # fmt: skip
