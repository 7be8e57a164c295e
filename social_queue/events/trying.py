"""One try at telling one receiver of one event, and what it means for the receiver."""

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.conf import settings

from connectors.errors import ConnectorError
from connectors.media.guard import MediaRefused, NotPublic
from connectors.media.posting import post
from social_queue.alerts import ledger as alerts
from social_queue.events import callbacks, receivers, signing
from social_queue.models import AlertKind, Event, EventSending, QueueItem, Subscription, SubscriptionStatus
from social_queue.models.events import new_event_id
from social_queue.sentences import said
from social_queue.vault import VaultClosed
from social_queue.workings.deadlocks import again, atomic

logger = logging.getLogger(__name__)

TAKEN, FAILED, PAUSED, ENDED = "taken", "failed", "paused", "ended"
#: How long to wait after the first failure in a row, and so on; after the last one the receiver is paused.
#: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#deliverability-and-reliability
PAUSES = (
    *(timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30)),
    *(timedelta(hours=2), timedelta(hours=5), timedelta(hours=10), timedelta(hours=10)),
)
TIMEOUT_S = 10.0
#: https://www.rfc-editor.org/rfc/rfc9110.html#name-410-gone
_GONE = 410


def tell(receiver: Subscription, event: Event, *, clock: Callable[[], datetime]) -> str:
    """Send it and write down what came of it: taken, failed, paused or ended."""
    sending = send(receiver, signing.as_told(event), now=clock(), event=event)
    return _write(receiver, event, sending, now=clock())


def send(
    receiver: Subscription, event_body: Mapping[str, object], *, now: datetime, event: Event | None = None
) -> EventSending:
    """One request, whatever comes of it; the row says what, and is not saved. Never raises."""
    sending = EventSending(subscription=receiver, url=receiver.url, event=event, sent_at=now)
    sending.number = receiver.failures + 1
    started = time.monotonic()
    try:
        body = signing.as_bytes(event_body)
        headers = signing.headers(str(event_body["id"]), body, _keys(receiver, now), now=now)
        allowed = settings.MEDIA_ALLOWED_HOSTS
        sending.http_status = post(receiver.url, body, headers=headers, allowed_hosts=allowed, timeout=TIMEOUT_S)
    except NotPublic as fault:
        sending.error = said(
            "%(where)s is not told anything: it is %(reason)s.", where=fault.where, reason=fault.reason
        )
    except MediaRefused as fault:
        sending.error = fault.message.replace("The picture's address", "The address")
    except ConnectorError as fault:
        sending.error = fault.message
    except (VaultClosed, _NobodySigns) as fault:
        sending.error = str(fault)
    if sending.http_status is not None and not 200 <= sending.http_status < 300:
        sending.error = _words(sending.http_status)
    sending.took_ms = min(int(1000 * (time.monotonic() - started)), 10_000_000)
    return sending


def has_heard(receiver: Subscription, last: int) -> None:
    """There is nothing up to this number that it has not received."""
    if receiver.item_id:
        receivers.drop_if_told(receiver)
    elif receiver.after < last:
        Subscription.objects.filter(pk=receiver.pk, after=receiver.after).update(after=last)


@again
def _write(receiver: Subscription, event: Event, sending: EventSending, *, now: datetime) -> str:
    outcome, changes = _decide(receiver, event, sending, now)
    with atomic(sending):
        # What a human did meanwhile (pause, replay, another address) stands: whoever moved it on is not overwritten.
        same = {"url": receiver.url, "after": receiver.after, "status": SubscriptionStatus.ACTIVE}
        held = Subscription.objects.filter(pk=receiver.pk, **same)
        changed = held.update(**changes)
        if not changed and not Subscription.objects.filter(pk=receiver.pk).exists():
            sending.subscription = None
        sending.save(force_insert=True)
        if changed and outcome == PAUSED:
            _raise(receiver, sending, now)
    for name, value in changes.items() if changed else ():
        setattr(receiver, name, value)
    level = logging.INFO if outcome == TAKEN else logging.WARNING
    logger.log(level, "event %s to %s: %s %s", event.sequence, receiver.host, outcome, sending.error)
    return outcome if changed else FAILED


def _decide(
    receiver: Subscription, event: Event, sending: EventSending, now: datetime
) -> tuple[str, dict[str, object]]:
    """(outcome, columns of the receiver)."""
    if not sending.error:
        fine: dict[str, object] = {"after": event.sequence, "failures": 0, "retry_at": None, "last_error": ""}
        return TAKEN, fine | {"took_ms": sending.took_ms}
    changes: dict[str, object] = {"last_error": sending.error, "took_ms": sending.took_ms}
    if sending.http_status == _GONE:
        return ENDED, changes | {"status": SubscriptionStatus.ENDED, "stopped_at": now, "retry_at": None}
    failures = receiver.failures + 1
    if failures > len(PAUSES):
        return PAUSED, changes | {"status": SubscriptionStatus.PAUSED, "stopped_at": now, "failures": failures}
    return FAILED, changes | {"failures": failures, "retry_at": now + PAUSES[failures - 1]}


def _raise(receiver: Subscription, sending: EventSending, now: datetime) -> None:
    reason = said(
        "%(url)s has not taken an event in %(tries)s tries and is told nothing more. The last time: %(why)s",
        url=receiver.url.partition("?")[0],
        tries=sending.number,
        why=sending.error,
    )
    alerts.raise_alert(AlertKind.RECEIVER_PAUSED, about=receivers.about(receiver), reason=reason, now=now)


class _NobodySigns(Exception):
    """There is no secret left to sign with."""


def _keys(receiver: Subscription, now: datetime) -> list[str]:
    if receiver.item_id:
        # Not by receiver.item, which would know the receiver in turn: who keeps rows as they were walks in circles.
        source = QueueItem.objects.values_list("source", flat=True).get(pk=receiver.item_id)
        keys = callbacks.in_force(source, now=now)
    else:
        keys = signing.in_force(signing.secrets_of(receiver), receiver.previous_valid_until, now=now)
    if not keys:
        raise _NobodySigns(said("There is no secret to sign it with: the API key that it came in under has gone."))
    return keys


def _words(status: int) -> str:
    if 300 <= status < 400:
        return said("It answered HTTP %(status)s, which leads elsewhere; events do not follow.", status=status)
    return said("It answered HTTP %(status)s.", status=status)


def say_hello(receiver: Subscription, *, now: datetime) -> EventSending:
    """The test button: an event of no number that says only that somebody pressed it. The row of the log is saved."""
    shown = now.isoformat().replace("+00:00", "Z")
    body = {"id": new_event_id(), "sequence": None, "type": "ping", "occurred_at": shown, "data": {"item": None}}
    return _noted(send(receiver, body, now=now))


def replay(sending: EventSending, *, now: datetime) -> EventSending:
    """Send the event of an old row once more, out of turn and under its own id. The row of the log is saved.

    Raises ValueError when its event or its receiver is gone.
    """
    receiver, event = sending.subscription, sending.event
    if receiver is None or event is None:
        raise ValueError(said("What was sent, or whom it was sent to, is gone."))
    return _noted(send(receiver, signing.as_told(event), now=now, event=event))


def _noted(sending: EventSending) -> EventSending:
    sending.number = 1
    sending.save(force_insert=True)
    return sending
