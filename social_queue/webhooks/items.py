"""From the body of one delivery to its queue items, each with a key that makes doing it again harmless."""

import functools
import operator
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Q

from social_queue.intake import ingest, receipts, replays
from social_queue.intake.receipts import Receipt
from social_queue.intake.together.taking import Asked
from social_queue.models import QueueItem, WebhookLog, WebhookSource
from social_queue.reading import strict_json
from social_queue.reading.strict_json import fingerprint
from social_queue.webhooks import field_map, signatures


def queue(log: WebhookLog, source: WebhookSource, *, now: datetime, again: bool) -> list[Receipt]:
    """What ingest says to each item in the body, in order. ``again``: by the wish of somebody who replays it.

    Raises strict_json.NotJson and field_map.Unusable when the body as a whole makes no item, NotWanted when none shall
    be made of it.
    """
    payloads = field_map.payloads(source.field_map, strict_json.parse(bytes(log.body)))
    dressed = [field_map.with_channels(payload, source.default_channels) for payload in payloads]
    delivery = _name(log, source)
    return [
        _queue(log, source, payload, key=_key(log, f"webhook:{delivery}:{place}", payload, again), now=now)
        for place, payload in enumerate(dressed)
    ]


def asked_by(log: WebhookLog, source: WebhookSource, *, now: datetime, old: set[tuple[str, str]]) -> Asked | None:
    """What ``queue`` would ask of ingest for a delivery that makes one item; None for any other.

    ``old``: see ``old_names``.
    """
    try:
        payloads = field_map.payloads(source.field_map, strict_json.parse(bytes(log.body)))
    except (strict_json.NotJson, field_map.NotWanted, field_map.Unusable):
        return None
    if len(payloads) != 1:
        return None
    payload = field_map.with_channels(payloads[0], source.default_channels)
    named = log.delivery_id or ""
    name = f"sha256:{log.content_id}" if log.content_id and (source.slug, named) not in old else named
    key = _key(log, f"webhook:{name}:0", payload, again=False)
    # Its row has just taken its id, so only an item whose row was pruned long ago can have the key that is made of it.
    return Asked(payload, source.slug, now, key, draft=source.arrives_as_draft, key_is_new=key is not None)


def old_names(logs: Iterable[WebhookLog]) -> set[tuple[str, str]]:
    """(source, delivery's id) of those whose items an older release named after their ids."""
    named: dict[str, list[str]] = defaultdict(list)
    for log in logs:
        if log.content_id and log.delivery_id:
            named[log.source].append(log.delivery_id)
    found = set()
    for source, names in named.items():
        begins = [f"webhook:{name}:" for name in names]
        one_of = functools.reduce(operator.or_, (Q(idempotency_key__startswith=begin) for begin in begins))
        keys = QueueItem.objects.filter(one_of, source=source).order_by().values_list("idempotency_key", flat=True)
        found |= {(source, key.removeprefix("webhook:").rpartition(":")[0]) for key in keys if key}
    return found


def answer(log: WebhookLog, taken: Sequence[Receipt]) -> dict:
    """The body of a 202; empty when nothing was queued."""
    made = [(receipt.item.pk, receipt.body["status"]) for receipt in taken if receipt.item]
    if not made:
        return {}
    first = {"log": log.pk, "id": made[0][0], "status": made[0][1]}
    if len(taken) == 1:
        return first
    return first | {"items": [{"index": place, **_result(receipt)} for place, receipt in enumerate(taken)]}


def faults(taken: Sequence[Receipt]) -> dict:
    """One {"error": …} for all that could not be queued, or {}; of several items fields read like ``2.title``."""
    errors = {place: receipt.body["error"] for place, receipt in enumerate(taken) if not receipt.item}
    if not errors:
        return {}
    if len(taken) == 1:
        return {"error": errors[0]}
    named = {f"{place}.{name}": fields for place, error in errors.items() for name, fields in error["fields"].items()}
    return receipts.invalid(named).body


def _queue(log: WebhookLog, source: WebhookSource, payload: object, *, key: str | None, now: datetime) -> Receipt:
    receipt = ingest.receive(payload, source=source.slug, now=now, idempotency_key=key, draft=source.arrives_as_draft)
    if receipt.item:
        return receipt
    if made := _made(log, key):
        # The worker died after this item, and the map was changed before another took over: it is there, once.
        return Receipt(200, receipts.as_answered(made.receipt), item=made, replayed=True)
    error = receipt.body["error"]
    fields = field_map.with_paths(source.field_map, error["fields"])
    return Receipt(receipt.status_code, {"error": error | {"fields": fields}})


def _name(log: WebhookLog, source: WebhookSource) -> str:
    """What the keys of a delivery's items begin with: its signed content or its id, else its row.

    Items are kept longer than rows, so signed content that comes again after years is the same item still.
    """
    body = bytes(log.body)
    content = signatures.content_id(source, body) if log.signature_ok else None
    named = log.delivery_id or (signatures.delivery_id(source, log.headers, body) if log.signature_ok else "")
    if content and not (named and _is_known(log, named)):
        return f"sha256:{content}"
    return named or f"log-{log.pk}"


def _is_known(log: WebhookLog, named: str) -> bool:
    """Did an older release name this delivery's items after its id?"""
    return QueueItem.objects.filter(source=log.source, idempotency_key__startswith=f"webhook:{named}:").exists()


def _key(log: WebhookLog, key: str, payload: object, again: bool) -> str | None:
    """The key of one item of a delivery: None when it brings its own.

    When a replay's content differs from what was made before, it is another item, with another key.
    """
    if isinstance(payload, dict) and payload.get("idempotency_key") is not None:
        return None
    made = _made(log, key) if again else None
    if made is None or made.body_hash == (content := fingerprint(payload)):
        return key
    return f"{key}:{content[:12]}"


def _made(log: WebhookLog, key: str | None) -> QueueItem | None:
    return replays.under_key(log.source, key)


def _result(receipt: Receipt) -> dict:
    return {"id": receipt.item.pk, "status": receipt.body["status"]} if receipt.item else receipt.body
