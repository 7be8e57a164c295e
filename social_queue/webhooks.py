"""Takes deliveries in: logged raw first, then verified, then mapped, then queued, each exactly once.

A row whose worker died stays ``received``; the sender's next try or ``pick_up`` finishes it, and since every item has a
key made of the delivery's id and its place in the body, finishing twice makes nothing twice.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError

from social_queue import deliveries, field_map, receipts, signatures, strict_json, webhook_items
from social_queue.deliveries import LARGEST_BODY
from social_queue.models import WebhookLog, WebhookSource
from social_queue.receipts import problem
from social_queue.sentences import said as _

logger = logging.getLogger("social_queue.webhooks")

S = WebhookLog.Status
Answer = tuple[int, dict]
#: When a sender may try a paused source again.
RETRY_AFTER_S = 300

#: A row that is not finished after so long has lost its worker.
_ABANDONED_AFTER = timedelta(minutes=2)
_MOST_PICKED_UP = 100


class CannotReplay(ValueError):
    """Why a delivery can't be replayed, in a sentence."""


def receive(slug: str, *, headers: Mapping[str, str], body: bytes, remote_ip: str, now: datetime) -> Answer:
    """Take one delivery in: (HTTP status, JSON body); its row in webhooks_log is committed before anything else.

    202 {"log", "id", "status"}, with "items" when there are several; 200 and the first answer for one that came before;
    else {"error": …} with 401 not signed, 404 no such source, 413 over 1 MiB, 422 makes no item, 500 our own fault, 503
    paused. Raises only when the database can't be reached: then the row, if there is one, is finished by ``pick_up``.
    """
    log = deliveries.write(slug, headers=headers, body=body, remote_ip=remote_ip, now=now)
    if len(body) > LARGEST_BODY:
        return deliveries.refuse(
            log, 413, problem("too_large", _("A body may take at most %(most)s bytes.", most=LARGEST_BODY))
        )
    return _guarded(log, headers, now=now)


def replay(log: WebhookLog, *, now: datetime, trust_unsigned: bool = False) -> Answer:
    """Run today's field map on an old body; the row says what came of it, unless that is worse than what it says.

    The same content as before is the same item; other content makes another one, beside the first. A delivery
    without a good signature is taken only when somebody who has read it says so. Raises CannotReplay.
    """
    source = _source(log.source)
    if source is None:
        raise CannotReplay(_("There is no source %(name)s.", name=log.source))
    if log.http_status == 413:
        raise CannotReplay(_("Its body was too large, and was not kept whole."))
    if log.status == S.DUPLICATE:
        raise CannotReplay(_("It is a copy: replay delivery %(first)s instead.", first=log.answer.get("log")))
    if not log.signature_ok and not trust_unsigned:
        raise CannotReplay(_("Nobody knows who sent it: its signature was not good."))
    if log.signature_ok and not log.delivery_id:
        deliveries.claim(log, source)
    return _finish(log, source, now=now, again=True)


def pick_up(now: datetime) -> int:
    """Finish the deliveries whose worker died; returns how many. Those of a paused source wait."""
    paused = WebhookSource.objects.filter(paused=True).values("slug")
    rows = WebhookLog.objects.filter(status=S.RECEIVED, received_at__lt=now - _ABANDONED_AFTER)
    abandoned = list(rows.exclude(source__in=paused).order_by("received_at", "id")[:_MOST_PICKED_UP])
    for log in abandoned:
        logger.warning("delivery %s from %s was left unfinished: finishing it", log.pk, log.source)
        _guarded(log, log.headers, now=now)
    return len(abandoned)


def _guarded(log: WebhookLog, headers: Mapping[str, str], *, now: datetime) -> Answer:
    try:
        return _judge(log, headers, now=now)
    except (OperationalError, InterfaceError):
        raise
    except Exception as fault:  # whatever it is, the sender gets an answer and the row says why
        logger.exception("delivery %s from %s: our own fault", log.pk, log.source)
        deliveries.tell_of_rubbish(log, f"Autopost itself stumbled: {type(fault).__name__}: {fault}", now=now)
        body = problem("error", _("That was our fault; the delivery is kept."), log=log.pk)
        answer = deliveries.refuse(log, 500, body, ours=True)
        WebhookLog.objects.filter(pk=log.pk, status=S.ERROR).update(detail=f"{type(fault).__name__}: {fault}")
        return answer


def _judge(log: WebhookLog, headers: Mapping[str, str], *, now: datetime) -> Answer:
    source = _source(log.source)
    if source is None:
        return deliveries.refuse(log, 404, problem("unknown_source", _("There is no such source.")))
    if not log.signature_ok:
        try:
            signatures.check(source, headers=headers, body=bytes(log.body), at=log.received_at)
        except signatures.BadSignature as fault:
            deliveries.tell_of_unsigned(log, str(fault), now=now)
            return deliveries.refuse(log, 401, problem("bad_signature", str(fault)))
    if source.paused:
        WebhookLog.objects.filter(pk=log.pk).update(signature_ok=True)
        return deliveries.refuse(log, 503, problem("paused", _("This source is paused here; send it again later.")))
    first = deliveries.claim(log, source)
    if first.pk == log.pk:
        return _finish(log, source, now=now)
    return _second(log, first, source, now=now)


def _second(log: WebhookLog, first: WebhookLog, source: WebhookSource, *, now: datetime) -> Answer:
    """A copy of a delivery. When the first is still under way, or its worker died, the copy finishes it."""
    answered = first.status == S.ACCEPTED
    status, body = (202, first.answer) if answered else _finish(first, source, now=now)
    if status != 202:
        return deliveries.refuse(log, status, body)
    return deliveries.repeat(log, first, body)


def _finish(log: WebhookLog, source: WebhookSource, *, now: datetime, again: bool = False) -> Answer:
    try:
        taken = webhook_items.queue(log, source, now=now, again=again)
    except strict_json.NotJson as fault:
        return _rubbish(log, problem("malformed", str(fault)), now=now)
    except field_map.Unusable as fault:
        return _rubbish(log, receipts.invalid(fault.fields).body, now=now)
    faults, answer = webhook_items.faults(taken), webhook_items.answer(log, taken)
    if not answer:
        return _rubbish(log, faults, now=now)
    detail = deliveries.in_words(faults)
    if detail:
        deliveries.tell_of_rubbish(log, detail, now=now)
    else:
        deliveries.all_well(log, now=now)
    return deliveries.accept(log, answer, detail=detail)


def _rubbish(log: WebhookLog, body: dict, *, now: datetime) -> Answer:
    answer = deliveries.refuse(log, 422, body)
    deliveries.tell_of_rubbish(log, deliveries.in_words(body), now=now)
    return answer


def _source(slug: str) -> WebhookSource | None:
    source = WebhookSource.objects.filter(slug=slug).first()
    # MySQL and MariaDB find a slug in whatever case.
    return source if source and source.slug == slug else None
