"""Stores what came in: one item for each distinct body, with a post for every account it is for.

A key or a reference that came in before with the same body gets the first answer again, whatever has changed since.
"""

import dataclasses
import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import DatabaseError, IntegrityError, transaction

from social_queue.events import ledger
from social_queue.intake import cooldown, field_checks, posts, receipts, replays, series
from social_queue.intake.incoming import Incoming, Malformed, Reading, finish, read
from social_queue.intake.receipts import Receipt
from social_queue.intake.together import rows
from social_queue.media import carried
from social_queue.models import ItemStatus, QueueItem, Series
from social_queue.sentences import said
from social_queue.workings import deadlocks
from social_queue.workings.kick import kick_if_due

logger = logging.getLogger(__name__)
MOST_AT_ONCE = 100


def receive(
    payload: object, *, source: str, now: datetime, idempotency_key: str | None = None, draft: bool = False
) -> Receipt:
    """Store one ingest body. Returns the answer: 201, 200 (skipped or replayed), 400 or 422.

    Raises only what the database raises (DatabaseError); then nothing was laid down.

    ``idempotency_key`` is the header's; a key in the body counts too, and if both are there they must be equal.
    ``draft``: the item waits for an editor and has no posts yet.
    """
    return _take(read(payload), source=source, now=now, header=idempotency_key, draft=draft)


def receive_many(
    payloads: Sequence[object], *, source: str, now: datetime, idempotency_key: str | None = None
) -> Receipt:
    """Store several bodies, each by itself: 200 with {"results": [{"index", "status_code", …its answer}]}.

    A key for all of them stands for each by its place in the list, unless a body has a key of its own.
    """
    if len(payloads) > MOST_AT_ONCE:
        many = said("may have at most %(most)s items, not %(count)s.", most=MOST_AT_ONCE, count=len(payloads))
        return receipts.invalid({"body": [many]})
    try:
        shared = replays.key_of_header(idempotency_key)
    except Malformed as fault:
        return receipts.invalid(fault.fields)
    results = []
    for index, reading in enumerate(map(read, payloads)):
        key = replays.placed(shared, index) if shared and not reading.values.get("idempotency_key") else None
        results.append(receipts.in_list(index, _take(reading, source=source, now=now, header=key)))
    return Receipt(200, {"results": results})


def admit(
    reading: Reading,
    *,
    source: str,
    now: datetime,
    header: str | None = None,
    draft: bool = False,
    earlier: replays.Earlier = replays.earlier,
) -> Incoming | Receipt:
    """What would be laid down; or the answer where nothing would be, which is a refusal or an earlier answer again."""
    try:
        key = replays.key_of(reading, header)
        if item := earlier(source, key, reading.values.get("reference"), reading.body_hash):
            return receipts.again(item)
        return dataclasses.replace(finish(reading, now=now, source=source, to_look=draft), idempotency_key=key)
    except receipts.REFUSALS as fault:
        return receipts.refused(fault)


def _take(reading: Reading, *, source: str, now: datetime, header: str | None, draft: bool = False) -> Receipt:
    incoming = admit(reading, source=source, now=now, header=header, draft=draft, earlier=replays.earlier_and_keep)
    if isinstance(incoming, Receipt):
        return incoming
    try:
        item, created = enqueue(incoming, now=now, draft=draft)
    except receipts.REFUSALS as fault:
        return receipts.refused(fault)
    if not created:
        return receipts.again(item)
    if incoming.repeat and item.series:
        _lay_what_follows(item.series, now)
    return Receipt(200 if item.status == ItemStatus.SKIPPED else 201, item.receipt, item=item, created=True)


def enqueue(incoming: Incoming, *, now: datetime, draft: bool = False) -> tuple[QueueItem, bool]:
    """Queue the item in one transaction; (item, False) when its key or reference came in before with the same body.

    Raises Reused when the body was another, and UnknownChannels when an account has gone since it was checked.
    """
    watch = cooldown.watch(incoming.data, source=incoming.source, publish_at=incoming.publish_at)
    watch.lay_locks()
    if incoming.next_slot and not draft:
        posts.lay_locks(incoming.channels)
    try:
        item = _lay_down(incoming, watch, now=now, draft=draft)
    except IntegrityError:
        # Somebody was a moment faster with the same key: the database let only one of us in.
        names = incoming.source, incoming.idempotency_key, incoming.reference
        if (earlier := replays.earlier_and_keep(*names, incoming.body_hash)) is None:
            raise
        return earlier, False
    tell_of(item)
    return item, True


def tell_of(item: QueueItem) -> None:
    """The line of the log about an item that was stored."""
    logger.info("item %s from %s: %s", item.pk, item.source, item.status, extra={"item": item.pk})


@deadlocks.again
def _lay_down(incoming: Incoming, watch: cooldown.Watch, *, now: datetime, draft: bool) -> QueueItem:
    with transaction.atomic():
        watch.hold()
        if incoming.series_id:
            series.guard(incoming.series_id, incoming.series_at)
        if incoming.next_slot and not draft:
            first = posts.first_moment(posts.accounts_of(incoming.channels), now=now)
            incoming, watch = _at(first, incoming, watch)
        repeated, left_out = _judge(incoming, watch, draft)
        item = _create_item(incoming, repeated, draft, now)
        made = posts.create_posts(item, now=now, without=left_out) if item.status == ItemStatus.READY else []
        if item.status == ItemStatus.SKIPPED:
            item.receipt = receipts.skipped(item)
            ledger.write([ledger.of_item(ledger.ItemFacts.of(item))])
        else:
            notes = [*incoming.notes, *posts.notes(item, made)]
            item.receipt = receipts.queued(item, made, left_out=left_out, notes=notes)
        QueueItem.objects.filter(pk=item.pk).update(receipt=item.receipt)
        if made:
            kick_if_due(item.publish_at, now=now)
    return item


def _at(moment: datetime, incoming: Incoming, watch: cooldown.Watch) -> tuple[Incoming, cooldown.Watch]:
    """What asks for the next slot is judged as what goes at that slot. Raises Malformed when it expires before."""
    if incoming.expires_at and incoming.expires_at <= moment:
        raise Malformed(field_checks.faults_together({"publish_at": moment, "expires_at": incoming.expires_at}))
    return dataclasses.replace(incoming, publish_at=moment), dataclasses.replace(watch, publish_at=moment)


def _judge(incoming: Incoming, watch: cooldown.Watch, draft: bool) -> tuple[int | None, dict[int, int]]:
    """(item that this one repeats altogether or None, {account id: item id} of accounts that said it recently)."""
    if repeated := watch.repeated():
        return repeated.pk, {}
    if draft or not watch.is_per_account:
        return None, {}
    chosen = posts.accounts_of(incoming.channels)
    left_out = watch.said_recently(chosen)
    return (max(left_out.values()), {}) if len(left_out) == len(chosen) else (None, left_out)


def _create_item(incoming: Incoming, repeated: int | None, draft: bool, now: datetime) -> QueueItem:
    if incoming.repeat:
        begun = series.begin(incoming, incoming.repeat, now=now, draft=draft)
        incoming = dataclasses.replace(incoming, series_id=begun.pk, series_at=incoming.publish_at)
    item = rows.new_item(incoming, draft=draft, repeated=repeated)
    replays.store(item)
    if incoming.media:
        carried.replace(item, incoming.media)
    return item


def _lay_what_follows(begun: Series, now: datetime) -> None:
    """The rest of the two weeks at once, so that it can be seen; what goes wrong with it is left to the next tick."""
    try:
        series.lay(begun, now=now, enqueue=enqueue)
    except DatabaseError:
        logger.exception("series %s: what follows is left to the next tick", begun.pk)
