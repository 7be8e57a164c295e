"""What would become of a file's rows, with nothing laid down; and their keys, so that a file makes nothing twice."""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime

from social_queue.intake import cooldown, ingest, receipts, replays
from social_queue.intake.files.rows import Row
from social_queue.intake.incoming import Incoming, Reading, read
from social_queue.intake.receipts import Receipt
from social_queue.models import QueueItem
from social_queue.reading.strict_json import fingerprint
from social_queue.workings import group_commit

#: What items from files are called, whoever brought the file: two people with the same one make nothing twice.
SOURCE = "file"


@dataclasses.dataclass(frozen=True)
class Verdict:
    """A row and what it would become. ``known``: the item that it made before, ``repeats``: what it says again."""

    row: Row
    faults: Mapping[str, list[str]] = dataclasses.field(default_factory=dict)
    known: QueueItem | None = None
    repeats: QueueItem | None = None
    #: The line of this very file where the same stands.
    same_as: int = 0
    at_once: bool = False

    @property
    def good(self) -> bool:
        """Whether nothing is wrong with it."""
        return not self.faults

    @property
    def fresh(self) -> bool:
        """Whether it would make an item."""
        return self.good and not (self.known or self.same_as)


def judge(rows: Sequence[Row], *, now: datetime, source: str = SOURCE) -> list[Verdict]:
    """Each row as `take` would, one after the other; what they have in common is asked of the database once."""
    keys = [key_of(row) for row in rows]
    readings = [read(row.payload) for row in rows]
    lines: dict[str, int] = {}
    verdicts = list[Verdict]()
    with group_commit.asking_once():
        earlier = replays.earlier_among(_used(readings, keys, source))
        for row, key, reading in zip(rows, keys, readings, strict=True):
            found = ingest.admit(reading, source=source, now=now, header=key, earlier=earlier)
            verdict = _judged(row, found, source=source, now=now)
            if verdict.fresh and key in lines:
                verdict = dataclasses.replace(verdict, same_as=lines[key])
            if verdict.fresh and key:
                lines[key] = row.line
            verdicts.append(verdict)
    return verdicts


def take(row: Row, *, now: datetime, draft: bool = False, source: str = SOURCE) -> Receipt:
    """Queue one row as a generator's body would be; the same row again answers with the item that it made."""
    if row.faults:
        return receipts.invalid(row.faults)
    return ingest.receive(row.payload, source=source, now=now, idempotency_key=key_of(row), draft=draft)


def key_of(row: Row) -> str | None:
    """What a row is known by: its own key where it has one, else all that it says."""
    if isinstance(row.payload, dict) and row.payload.get("idempotency_key"):
        return None
    mark = fingerprint(row.payload)
    return f"row-{mark}" if mark else None


def _used(readings: Sequence[Reading], keys: Sequence[str | None], source: str) -> set[tuple[str, str]]:
    """What came in before among their keys and references."""
    found = set[tuple[str, str]]()
    for field in ("idempotency_key", "reference"):
        own = [reading.values[field] for reading in readings if reading.values.get(field)]
        given = [*own, *filter(None, keys)] if field == "idempotency_key" else own
        found |= {(field, value) for value in replays.used(source, field, given)}
    return found


def _judged(row: Row, found: Incoming | Receipt, *, source: str, now: datetime) -> Verdict:
    if row.faults:
        return Verdict(row, row.faults)
    if isinstance(found, Receipt):
        return Verdict(row, found.body.get("error", {}).get("fields", {}) if not found.item else {}, known=found.item)
    watch = cooldown.watch(found.data, source=source, publish_at=found.publish_at)
    return Verdict(row, repeats=watch.repeated(), at_once=not found.next_slot and found.publish_at <= now)
