"""Queues the rows of a file: as many together as become the same as they would one after the other."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from django.db import DatabaseError, transaction

from social_queue.intake import ingest, receipts
from social_queue.intake.files.judging import SOURCE, key_of
from social_queue.intake.files.rows import Row
from social_queue.intake.receipts import Receipt
from social_queue.intake.together import taking
from social_queue.intake.together.taking import Asked, Plain
from social_queue.models import QueueItem
from social_queue.workings import deadlocks, group_commit

logger = logging.getLogger(__name__)

#: A transaction stays short however many rows there are.
_LARGEST = 100


def take_all(
    rows: Sequence[Row], alone: Callable[[Row], Receipt], *, now: datetime, draft: bool = False, source: str = SOURCE
) -> list[Receipt]:
    """The answer to each row. ``alone`` takes, as ``judging.take`` does, those that can't be laid down with others."""
    plain = _plain(rows, now=now, draft=draft, source=source)
    answers = list[Receipt]()
    for run in _runs(len(rows), plain):
        together = _together({place: plain[place] for place in run}) if len(run) > 1 else {}
        answers += [together.get(place) or alone(rows[place]) for place in run]
    return answers


def _plain(rows: Sequence[Row], *, now: datetime, draft: bool, source: str) -> dict[int, Plain]:
    """By their places those that can be laid down with others and have not come in before."""
    with group_commit.asking_once():
        asked = {
            place: Asked(row.payload, source, now, key_of(row), draft)
            for place, row in enumerate(rows)
            if not row.faults
        }
        found = {place: plain for place, one in asked.items() if (plain := taking.read_plain(one))}
        used = taking.used(found.values())
    return {place: plain for place, plain in found.items() if not plain.names() & used}


def _runs(count: int, plain: Mapping[int, Plain]) -> Iterator[list[int]]:
    """The places in order, divided before each row that has to see what became of one before it."""
    run, marks = list[int](), set[object]()
    for place in range(count):
        found = plain.get(place)
        own = found.marks() if found else set()
        if run and (
            found is None
            or run[-1] not in plain
            or len(run) == _LARGEST
            or (own & marks and any(found.clashes(plain[other]) for other in run))
        ):
            yield run
            run, marks = [], set()
        run.append(place)
        marks |= own
    if run:
        yield run


def _together(run: Mapping[int, Plain]) -> dict[int, Receipt]:
    """Those that were laid down; when anything goes wrong none is, and each is taken by itself."""
    try:
        with group_commit.asking_once():
            taking.lay_locks(run.values())
            stored = _laid(run)
    except (DatabaseError, *receipts.REFUSALS):
        logger.info("%s rows of a file are taken one by one", len(run), exc_info=True)
        return {}
    for item in stored.values():
        ingest.tell_of(item)
    return {place: Receipt(201, item.receipt, item=item, created=True) for place, item in stored.items()}


@deadlocks.again
def _laid(run: Mapping[int, Plain]) -> dict[int, QueueItem]:
    with transaction.atomic():
        return taking.lay_down(run)
