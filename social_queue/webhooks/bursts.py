"""Deliveries that come at the same moment, taken in by two transactions for all of them.

The first writes their rows with their ids, as ``inbox`` does for each; the second what they make, and that they made
it. Only what is plain: a stranger, a copy, a body of several items or one with a fault goes on alone, by ``inbox``, and
so does everybody when the second transaction fails, so that a fault meets only whoever brought it.
"""

import contextlib
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction

from social_queue import statements
from social_queue.intake import ingest
from social_queue.intake.receipts import Receipt
from social_queue.intake.together import taking
from social_queue.models import QueueItem, WebhookLog, WebhookSource
from social_queue.vault import VaultClosed
from social_queue.webhooks import field_map, inbox, items, received, signatures, sources
from social_queue.webhooks import log as deliveries
from social_queue.webhooks.gathering import Gathering
from social_queue.webhooks.inbox import Answer
from social_queue.webhooks.received import Delivery
from social_queue.workings import deadlocks, group_commit, outages

logger = logging.getLogger(__name__)

#: A body of more bytes goes alone: nobody waits until it is read and mapped.
_LARGEST = 64 * 1024


@dataclass(frozen=True)
class Arrived:
    """A delivery and when it came."""

    delivery: Delivery
    now: datetime


@dataclass(frozen=True)
class Proven:
    """A delivery of a source that signed it, with its row."""

    source: WebhookSource
    log: WebhookLog
    now: datetime


@dataclass(frozen=True)
class Made:
    """What a delivery made, and the answer to it."""

    log: WebhookLog
    item: QueueItem
    answer: dict


#: What became of a delivery: it made an item; its row is written and nothing more; the database is away; nothing.
_Outcome = Made | WebhookLog | OperationalError | InterfaceError | None


def receive(delivery: Delivery, *, now: datetime) -> Answer:
    """As ``inbox.receive``; what is answered 202 is in the database."""
    outcome = _together(Arrived(delivery, now))
    if isinstance(outcome, Made):
        ingest.tell_of(outcome.item)
        deliveries.tell_of_item(outcome.log, outcome.item.pk)
        return 202, outcome.answer
    if isinstance(outcome, WebhookLog):
        return inbox.go_on(outcome, delivery.headers, now=now)
    if isinstance(outcome, outages.FAULTS):
        raise OperationalError(*outcome.args) from outcome
    return inbox.receive(delivery, now=now)


def _take(arrived: list[Arrived]) -> list[_Outcome]:
    nothing: list[_Outcome] = [None] * len(arrived)
    try:
        if not connection.features.can_return_rows_from_bulk_insert:
            return nothing  # MySQL does not tell the ids of several new rows
        with group_commit.asking_once():
            proven = _written(_proven(arrived))
            made = _made(proven)
    except outages.FAULTS as fault:
        # Whoever waits hears it at once, rather than find out one after the other.
        outages.suspect(fault)
        return [fault] * len(arrived)
    except Exception:
        logger.warning("%s deliveries are taken one by one", len(arrived), exc_info=True)
        return nothing
    rows = {place: one.log for place, one in proven.items()}
    return [made.get(place) or rows.get(place) for place in range(len(arrived))]


_together = Gathering(_take)


def _proven(arrived: Collection[Arrived]) -> dict[int, Proven]:
    """By their places, those that are well signed and plain at first sight, each under an id of its own."""
    found, taken, proven = sources.find_all(one.delivery.slug for one in arrived), set[str](), dict[int, Proven]()
    for place, one in enumerate(arrived):
        source = found.get(one.delivery.slug)
        if source is None or not _is_good(one, source):
            continue
        log = received.signed_row(one.delivery, source, now=one.now)
        ids = {f"{source.slug} id {log.delivery_id}", f"{source.slug} content {log.content_id or log.delivery_id}"}
        if not ids & taken:
            proven[place] = Proven(source, log, one.now)
        taken |= ids
    return proven


def _is_good(arrived: Arrived, source: WebhookSource) -> bool:
    headers, body = arrived.delivery.headers, arrived.delivery.body
    if source.paused or body.size > _LARGEST or field_map.ITEMS in source.field_map or signatures.is_ping(headers):
        return False
    try:
        signatures.check(source, headers=headers, body=body.data, at=arrived.now)
    except (signatures.BadSignature, VaultClosed):
        return False
    return True


def _written(proven: dict[int, Proven]) -> dict[int, Proven]:
    """Their rows are stored; without copies of what came before, which go on alone."""
    try:
        _insert([one.log for one in proven.values()])
    except IntegrityError:
        known = deliveries.known([one.log for one in proven.values()])
        proven = {place: one for place, one in proven.items() if all(one.log is not row for row in known)}
        _insert([one.log for one in proven.values()])
    return proven


@deadlocks.again
def _insert(rows: list[WebhookLog]) -> None:
    # One statement is a transaction of its own; it needs another around it only where it would spoil the caller's.
    with transaction.atomic() if connection.in_atomic_block else contextlib.nullcontext():
        statements.insert_all(rows)


def _made(proven: Mapping[int, Proven]) -> dict[int, Made]:
    """What those make that make one item each; when that fails nothing is made, and each goes on from its row."""
    try:
        old, asked = items.old_names(one.log for one in proven.values()), dict[int, taking.Asked]()
        for place, one in proven.items():
            if wish := items.asked_by(one.log, one.source, now=one.now, old=old):
                asked[place] = wish
        answered = _laid(taking.admit(asked), proven) if asked else {}
    except Exception as fault:
        outages.suspect(fault)
        logger.info("%s deliveries are finished one by one", len(proven), exc_info=True)
        return {}
    return {place: Made(proven[place].log, item, body) for place, (item, body) in answered.items()}


@deadlocks.again
def _laid(admitted: Mapping[int, taking.Plain], proven: Mapping[int, Proven]) -> dict[int, tuple[QueueItem, dict]]:
    with transaction.atomic():
        stored = taking.lay_down(admitted)
        answered = {place: (item, _answer(proven[place].log, item)) for place, item in stored.items()}
        deliveries.accept_together({proven[place].log.pk: body for place, (_, body) in answered.items()})
        for one in {proven[place].source.slug: proven[place] for place in answered}.values():
            deliveries.all_well(one.log, now=one.now)
    return answered


def _answer(log: WebhookLog, item: QueueItem) -> dict:
    return items.answer(log, [Receipt(201, item.receipt, item=item)])
