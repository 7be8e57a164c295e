"""The rows of webhooks_log once they are written: who has an id, and what became of a delivery."""

import logging
import time
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from social_queue import statements
from social_queue.alerts import ledger
from social_queue.models import Alert, DeliveryStatus, QueueItem, WebhookLog, WebhookSource
from social_queue.webhooks import floods, signatures
from social_queue.workings.deadlocks import again

logger = logging.getLogger(__name__)

_LONGEST_REASON = 600
#: How often a delivery looks for the holder of its id; a crowd of refused copies passes it around.
_LOOKS = 20
#: Anybody may send what nobody signed: that is the source's trouble only when nothing good came for so long, and so
#: many of them did.
_QUIET, _UNSIGNED_BEFORE_TELLING = timedelta(hours=1), 5


#: What a delivery gives back that made nothing.
_FREE = {"delivery_id": None, "content_id": None}


@again
def claim(log: WebhookLog, source: WebhookSource) -> WebhookLog:
    """Note that the signature is good, and take the delivery's id and content. Returns the row that has either of them:
    perhaps another.
    """
    body = bytes(log.body)
    delivery, content = signatures.delivery_id(source, log.headers, body), signatures.content_id(source, body)
    rows = WebhookLog.objects.filter(pk=log.pk)
    rows.update(signature_ok=True)
    log.signature_ok = True
    for patience in range(_LOOKS):  # whoever holds the id may be refused between our two looks, and give it back
        time.sleep(0.005 * patience)
        try:
            with transaction.atomic():
                rows.update(delivery_id=delivery, content_id=content)
        except IntegrityError:
            same = Q(delivery_id=delivery) | Q(content_id=content) if content else Q(delivery_id=delivery)
            holder = WebhookLog.objects.filter(same, source=log.source).order_by("pk").first()
            if holder:
                return holder
        else:
            log.delivery_id, log.content_id = delivery, content
            return log
    raise AssertionError(f"nobody holds the id of delivery {log.pk}, and nobody can take it")


def known(rows: Collection[WebhookLog]) -> list[WebhookLog]:
    """Those of the rows, not stored yet, whose delivery's id or content another row of their source has."""
    held = set[tuple[str, str]]()
    for field in ("delivery_id", "content_id"):
        asked = {value for row in rows if (value := getattr(row, field))}
        held |= set(WebhookLog.objects.filter(**{f"{field}__in": asked}).order_by().values_list("source", field))
    return [row for row in rows if {(row.source, row.delivery_id), (row.source, row.content_id)} & held]


def accept_together(answers: Mapping[int, dict]) -> None:
    """As ``accept`` of several, {id of the row: its answer}, none of which anybody else may have finished."""
    each = {row: {"answer": answer, "item": answer["id"]} for row, answer in answers.items()}
    statements.update_each(WebhookLog, each, status=DeliveryStatus.ACCEPTED, http_status=202, detail="")


def tell_of_item(log: WebhookLog, item: int) -> None:
    """The line of the log about a delivery that made something."""
    logger.info("delivery %s from %s made item %s", log.pk, log.source, item, extra={"item": item})


@again
def accept(log: WebhookLog, answer: dict, *, detail: str = "") -> tuple[int, dict]:
    """The delivery made at least one item; ``answer["id"]`` is the first."""
    item = answer["id"]
    fields = {
        "status": DeliveryStatus.ACCEPTED,
        "http_status": 202,
        "answer": answer,
        "item_id": item,
        "detail": detail,
    }
    WebhookLog.objects.filter(pk=log.pk).exclude(status=DeliveryStatus.DUPLICATE).update(**fields)
    tell_of_item(log, item)
    return 202, answer


@again
def repeat(log: WebhookLog, first: WebhookLog, answer: dict) -> tuple[int, dict]:
    """The delivery came before: the first answer again. Its bytes are not kept twice, nor others at full length."""
    kept = b"" if log.body_sha256 == first.body_sha256 else bytes(log.body)[: floods.MOST_KEPT]
    item = QueueItem.objects.filter(pk=answer["id"]).first() if answer.get("id") else None
    values: dict[str, Any] = {
        "http_status": 200,
        "answer": answer,
        "item": item,
        "detail": f"Came before as delivery {first.pk}.",
    }
    WebhookLog.objects.filter(pk=log.pk).update(status=DeliveryStatus.DUPLICATE, body=kept, **values)
    return 200, answer


@again
def refuse(log: WebhookLog, status: int, body: dict, *, ours: bool = False) -> tuple[int, dict]:
    """The delivery made nothing, and does not use up its id. What a replay can't better stays as it was."""
    values = {"http_status": status, "answer": body, "detail": in_words(body)} | _FREE
    rows = WebhookLog.objects.filter(pk=log.pk).exclude(status__in=(DeliveryStatus.ACCEPTED, DeliveryStatus.DUPLICATE))
    rows.update(status=DeliveryStatus.ERROR if ours else DeliveryStatus.REJECTED, **values)
    logger.warning("delivery %s from %s refused (%s): %s", log.pk, log.source, status, values["detail"])
    return status, body


@again
def ignore(log: WebhookLog, why: str) -> tuple[int, dict]:
    """The delivery is well, and not meant for us: it makes nothing, and does not use up its id."""
    body = {"status": DeliveryStatus.IGNORED.value}
    rows = WebhookLog.objects.filter(pk=log.pk).exclude(status__in=(DeliveryStatus.ACCEPTED, DeliveryStatus.DUPLICATE))
    rows.update(status=DeliveryStatus.IGNORED, http_status=202, answer=body, detail=why, **_FREE)
    logger.info("delivery %s from %s ignored: %s", log.pk, log.source, why)
    return 202, body


@again
def tell_of_rubbish(log: WebhookLog, sentence: str, *, now: datetime) -> None:
    """One alert a source, until its next good delivery."""
    reason = f"Webhook source {log.source}, delivery {log.pk}: {sentence}"[:_LONGEST_REASON]
    ledger.raise_alert(Alert.Kind.WEBHOOK_RUBBISH, about=f"source:{log.source}", reason=reason, now=now)


def tell_of_unsigned(log: WebhookLog, sentence: str, *, now: datetime) -> None:
    """The same for what proves nothing, once several came and nothing good: strangers must not ring the bell.

    ``log`` is refused already, and counts.
    """
    recent = WebhookLog.objects.filter(received_at__gt=now - _QUIET, source=log.source)
    refused = recent.filter(http_status=401).values_list("pk")[:_UNSIGNED_BEFORE_TELLING]
    if len(refused) == _UNSIGNED_BEFORE_TELLING and not recent.filter(signature_ok=True).exists():
        tell_of_rubbish(log, sentence, now=now)


def all_well(log: WebhookLog, *, now: datetime) -> None:
    """A good delivery ends the source's alert."""
    ledger.resolve(Alert.Kind.WEBHOOK_RUBBISH, about=f"source:{log.source}", now=now)


def in_words(body: dict) -> str:
    error = body.get("error", {})
    fields = "; ".join(f"{name} {' '.join(sentences)}" for name, sentences in error.get("fields", {}).items())
    return " ".join(filter(None, [error.get("message", ""), fields]))
