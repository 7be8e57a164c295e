"""The rows of webhooks_log: written before anything else, completed once it is known what became of a delivery."""

import ipaddress
import logging
import time
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from social_queue import alerts, signatures, soundness
from social_queue.deadlocks import again
from social_queue.models import Alert, QueueItem, WebhookLog, WebhookSource

logger = logging.getLogger("social_queue.webhooks")

S = WebhookLog.Status
LARGEST_BODY = 1024 * 1024

_SECRET_NAMES = ("authorization", "cookie", "token", "secret", "password", "api-key", "apikey")
_LONGEST_HEADER, _MOST_HEADERS = 2000, 100
_LONGEST_SLUG = 100
_LONGEST_REASON = 600
#: How often a delivery looks for the holder of its id; a crowd of refused copies passes it around.
_LOOKS = 20
#: Anybody may send what nobody signed: that is the source's trouble only when nothing good came for so long.
_QUIET = timedelta(hours=1)


def write(slug: str, *, headers: Mapping[str, str], body: bytes, remote_ip: str, now: datetime) -> WebhookLog:
    """The row of a delivery that has just come, whoever sent it; of a body over the limit only what is within it."""
    return WebhookLog.objects.create(
        received_at=now,
        source=soundness.shown(slug, _LONGEST_SLUG - 1)[:_LONGEST_SLUG],
        remote_ip=_address(remote_ip),
        headers=_masked(headers),
        body=body[:LARGEST_BODY],
    )


@again
def claim(log: WebhookLog, source: WebhookSource) -> WebhookLog:
    """Note that the signature is good, and take the delivery's id. Returns the row that has it: perhaps another."""
    delivery = signatures.delivery_id(source, log.headers, bytes(log.body))
    rows = WebhookLog.objects.filter(pk=log.pk)
    rows.update(signature_ok=True)
    log.signature_ok = True
    for patience in range(_LOOKS):  # whoever holds the id may be refused between our two looks, and give it back
        time.sleep(0.005 * patience)
        try:
            with transaction.atomic():
                rows.update(delivery_id=delivery)
        except IntegrityError:
            holder = WebhookLog.objects.filter(source=log.source, delivery_id=delivery).first()
            if holder:
                return holder
        else:
            log.delivery_id = delivery
            return log
    raise AssertionError(f"nobody holds the id of delivery {log.pk}, and nobody can take it")


def accept(log: WebhookLog, answer: dict, *, detail: str = "") -> tuple[int, dict]:
    """The delivery made at least one item; ``answer["id"]`` is the first."""
    item = answer["id"]
    fields = {"status": S.ACCEPTED, "http_status": 202, "answer": answer, "item_id": item, "detail": detail}
    WebhookLog.objects.filter(pk=log.pk).exclude(status=S.DUPLICATE).update(**fields)
    logger.info("delivery %s from %s made item %s", log.pk, log.source, item, extra={"item": item})
    return 202, answer


def repeat(log: WebhookLog, first: WebhookLog, answer: dict) -> tuple[int, dict]:
    """The delivery came before: the first answer again."""
    item = QueueItem.objects.filter(pk=answer.get("id")).first()
    told = {"http_status": 200, "answer": answer, "item": item, "detail": f"Came before as delivery {first.pk}."}
    WebhookLog.objects.filter(pk=log.pk).update(status=S.DUPLICATE, **told)
    return 200, answer


def refuse(log: WebhookLog, status: int, body: dict, *, ours: bool = False) -> tuple[int, dict]:
    """The delivery made nothing, and does not use up its id. What a replay can't better stays as it was."""
    told = {"http_status": status, "answer": body, "detail": in_words(body), "delivery_id": None}
    rows = WebhookLog.objects.filter(pk=log.pk).exclude(status__in=(S.ACCEPTED, S.DUPLICATE))
    rows.update(status=S.ERROR if ours else S.REJECTED, **told)
    logger.warning("delivery %s from %s refused (%s): %s", log.pk, log.source, status, told["detail"])
    return status, body


@again
def tell_of_rubbish(log: WebhookLog, sentence: str, *, now: datetime) -> None:
    """One alert a source, until its next good delivery."""
    reason = f"Webhook source {log.source}, delivery {log.pk}: {sentence}"[:_LONGEST_REASON]
    alerts.raise_alert(Alert.Kind.WEBHOOK_RUBBISH, about=f"source:{log.source}", reason=reason, now=now)


def tell_of_unsigned(log: WebhookLog, sentence: str, *, now: datetime) -> None:
    """The same for what proves nothing, unless good deliveries come as well: strangers must not ring the bell."""
    recent = WebhookLog.objects.filter(received_at__gt=now - _QUIET, source=log.source, signature_ok=True)
    if not recent.exists():
        tell_of_rubbish(log, sentence, now=now)


def all_well(log: WebhookLog, *, now: datetime) -> None:
    """A good delivery ends the source's alert."""
    alerts.resolve(Alert.Kind.WEBHOOK_RUBBISH, about=f"source:{log.source}", now=now)


def _masked(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers as they may be kept: no log-in of anybody's; a signature is none, and is needed to verify again."""
    return {
        name: "***" if _is_secret(name, value) else value[:_LONGEST_HEADER].replace("\x00", "")
        for name, value in list(headers.items())[:_MOST_HEADERS]
    }


def _is_secret(name: str, value: str) -> bool:
    return any(word in name.lower() for word in _SECRET_NAMES) and not value.startswith("sha256=")


def _address(text: str) -> str | None:
    try:
        return str(ipaddress.ip_address(text.strip()))
    except ValueError:
        return None


def in_words(body: dict) -> str:
    error = body.get("error", {})
    fields = "; ".join(f"{name} {' '.join(sentences)}" for name, sentences in error.get("fields", {}).items())
    return " ".join(filter(None, [error.get("message", ""), fields]))
