"""Takes deliveries in: logged raw, verified, mapped, queued, each exactly once; strangers are logged in bounds.

A row whose worker died stays ``received``; the sender's next try or ``pick_up`` finishes it, and since every item has a
key made of the delivery's id and its place in the body, finishing twice makes nothing twice.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError

from social_queue.intake import receipts
from social_queue.intake.receipts import problem
from social_queue.models import DeliveryStatus, WebhookLog, WebhookSource
from social_queue.reading import strict_json
from social_queue.sentences import said
from social_queue.webhooks import field_map, items, received, signatures, sources, strangers
from social_queue.webhooks import log as deliveries
from social_queue.webhooks.received import Delivery

logger = logging.getLogger(__name__)

Answer = tuple[int, dict]
#: When a sender may try a paused source again.
RETRY_AFTER_S = 300

#: A row that is not finished after so long has lost its worker.
_ABANDONED_AFTER = timedelta(minutes=2)
_MOST_PICKED_UP = 100
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class CannotReplay(ValueError):
    """Why a delivery can't be replayed, in a sentence."""


def receive(delivery: Delivery, *, now: datetime) -> Answer:
    """Take one delivery in: (HTTP status, JSON body); its row in webhooks_log is committed before anything else.

    202 {"log", "id", "status"}, with "items" when there are several; 202 {"status": "ignored"} for what is not meant
    for us; 200 and the first answer for one that came before; else {"error": …} with 401 not signed, 404 no such
    source, 413 over 1 MiB, 415 not JSON by its headers, 422 makes no item, 429 too many from strangers, 500 our own
    fault, 503 paused.
    Raises only when the database can't be reached: then the row, if there is one, is finished by ``pick_up``.
    """
    refusal = strangers.refusal(delivery, now=now)
    if refusal:
        return strangers.turn_away(delivery, refusal, now=now)
    return go_on(received.write(delivery, now=now), delivery.headers, now=now)


def replay(log: WebhookLog, *, now: datetime, trust_unsigned: bool = False) -> Answer:
    """Run today's field map on an old body; the row says what came of it, unless that is worse than what it says.

    The same content as before is the same item; other content makes another one, beside the first. A delivery
    without a good signature is taken only when somebody who has read it says so. Raises CannotReplay.
    """
    source = sources.find(log.source)
    if source is None:
        raise CannotReplay(said("There is no source %(name)s.", name=log.source))
    if log.http_status == 413 or log.body_size > len(log.body):
        raise CannotReplay(said("Its body was not kept whole."))
    if log.status == DeliveryStatus.DUPLICATE:
        raise CannotReplay(said("It is a copy: replay delivery %(first)s instead.", first=log.answer.get("log")))
    if not log.signature_ok and not trust_unsigned:
        raise CannotReplay(said("Nobody knows who sent it: its signature was not good."))
    if log.signature_ok and not log.delivery_id:
        deliveries.claim(log, source)
    return _finish(log, source, now=now, again=True)


def pick_up(now: datetime) -> int:
    """Finish the deliveries whose worker died; returns how many. Those of a paused source wait."""
    paused = WebhookSource.objects.filter(paused=True).values("slug")
    rows = WebhookLog.objects.filter(status=DeliveryStatus.RECEIVED, received_at__lt=now - _ABANDONED_AFTER)
    abandoned = list(rows.exclude(source__in=paused).order_by("received_at", "id")[:_MOST_PICKED_UP])
    for log in abandoned:
        logger.warning("delivery %s from %s was left unfinished: finishing it", log.pk, log.source)
        go_on(log, log.headers, now=now)
    return len(abandoned)


def go_on(log: WebhookLog, headers: Mapping[str, str], *, now: datetime) -> Answer:
    """What comes of a delivery that has its row, whoever wrote it and however far it came. Raises as ``receive``."""
    try:
        return _judge(log, headers, now=now)
    except (OperationalError, InterfaceError):
        raise
    except Exception as fault:  # whatever it is, the sender gets an answer and the row says why
        logger.exception("delivery %s from %s: our own fault", log.pk, log.source)
        deliveries.tell_of_rubbish(log, f"Autopost itself stumbled: {type(fault).__name__}: {fault}", now=now)
        body = problem("error", said("That was our fault; the delivery is kept."), log=log.pk)
        answer = deliveries.refuse(log, 500, body, ours=True)
        WebhookLog.objects.filter(pk=log.pk, status=DeliveryStatus.ERROR).update(
            detail=f"{type(fault).__name__}: {fault}"
        )
        return answer


def _judge(log: WebhookLog, headers: Mapping[str, str], *, now: datetime) -> Answer:
    source = sources.find(log.source)
    if source is None:
        return deliveries.refuse(log, *strangers.UNKNOWN)
    if not log.signature_ok:
        try:
            signatures.check(source, headers=headers, body=bytes(log.body), at=log.received_at)
        except signatures.BadSignature as fault:
            answer = deliveries.refuse(log, *strangers.unsigned(fault))
            deliveries.tell_of_unsigned(log, str(fault), now=now)
            return answer
    if source.paused:
        WebhookLog.objects.filter(pk=log.pk).update(signature_ok=True)
        return deliveries.refuse(log, 503, problem("paused", said("This source is paused here; send it again later.")))
    first = deliveries.claim(log, source)
    if first.pk == log.pk:
        return _finish(log, source, now=now)
    return _second(log, first, source, now=now)


def _second(log: WebhookLog, first: WebhookLog, source: WebhookSource, *, now: datetime) -> Answer:
    """A copy of a delivery. When the first is still under way, or its worker died, the copy finishes it."""
    answered = first.status == DeliveryStatus.ACCEPTED
    status, body = (202, receipts.as_answered(first.answer)) if answered else _finish(first, source, now=now)
    if status != 202:
        return deliveries.refuse(log, status, body)
    return deliveries.repeat(log, first, body)


def _finish(log: WebhookLog, source: WebhookSource, *, now: datetime, again: bool = False) -> Answer:
    if signatures.is_ping(log.headers):
        return deliveries.ignore(log, said("A ping: the sender only says hello."))
    try:
        taken = items.queue(log, source, now=now, again=again)
    except strict_json.NotJson as fault:
        status, found = _unreadable(log, fault)
        return _rubbish(log, found, now=now, status=status)
    except field_map.NotWanted as fault:
        return deliveries.ignore(log, str(fault))
    except field_map.Unusable as fault:
        return _rubbish(log, receipts.invalid(fault.fields).body, now=now)
    faults, answer = items.faults(taken), items.answer(log, taken)
    if not answer:
        return _rubbish(log, faults, now=now)
    detail = deliveries.in_words(faults)
    if detail:
        deliveries.tell_of_rubbish(log, detail, now=now)
    else:
        deliveries.all_well(log, now=now)
    return deliveries.accept(log, answer, detail=detail)


def _unreadable(log: WebhookLog, fault: strict_json.NotJson) -> Answer:
    """A body that is no JSON: 415 when its own headers say why, in words for whoever set the sender up."""
    given = {name.lower(): value.strip().lower() for name, value in log.headers.items()}
    if given.get("content-encoding", "identity") not in ("", "identity"):
        return 415, problem("unsupported_media_type", said("Send the body without Content-Encoding: it is compressed."))
    if given.get("content-type", "").startswith(_FORMS):
        sentence = said("This body is a form: choose application/json as the content type at the sender.")
        return 415, problem("unsupported_media_type", sentence)
    return 422, problem("malformed", str(fault))


def _rubbish(log: WebhookLog, body: dict, *, now: datetime, status: int = 422) -> Answer:
    answer = deliveries.refuse(log, status, body)
    deliveries.tell_of_rubbish(log, deliveries.in_words(body), now=now)
    return answer
