"""What would become of a file's rows, with nothing laid down; and their keys, so that a file makes nothing twice."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from social_queue.intake import cooldown, ingest, receipts
from social_queue.intake.files.rows import Row
from social_queue.intake.incoming import read
from social_queue.intake.receipts import Receipt
from social_queue.models import QueueItem
from social_queue.reading.strict_json import fingerprint

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


def judge(rows: Iterable[Row], *, now: datetime, source: str = SOURCE) -> Iterator[Verdict]:
    """Each row as `take` would, one after the other."""
    lines: dict[str, int] = {}
    for row in rows:
        verdict = _judged(row, source=source, now=now)
        key = key_of(row)
        if verdict.fresh and key in lines:
            verdict = dataclasses.replace(verdict, same_as=lines[key])
        if verdict.fresh and key:
            lines[key] = row.line
        yield verdict


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


def _judged(row: Row, *, source: str, now: datetime) -> Verdict:
    if row.faults:
        return Verdict(row, row.faults)
    found = ingest.admit(read(row.payload), source=source, now=now, header=key_of(row))
    if isinstance(found, Receipt):
        return Verdict(row, found.body.get("error", {}).get("fields", {}) if not found.item else {}, known=found.item)
    watch = cooldown.watch(found.data, source=source, publish_at=found.publish_at)
    return Verdict(row, repeats=watch.repeated(), at_once=not found.next_slot and found.publish_at <= now)
