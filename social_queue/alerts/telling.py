"""Sending alerts to people, again and again until they arrive."""

import logging
import threading
import time
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Max

from connectors import bot
from connectors.errors import ConnectorError, RateLimited, TransientError
from social_queue.alerts import bundles
from social_queue.alerts.bundles import QUARTER, Bundle
from social_queue.models import Alert
from social_queue.workings import heartbeat

logger = logging.getLogger(__name__)

#: Pauses after failed tellings; the last one repeats until the message arrives.
_PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), bundles.LONGEST_PAUSE)
#: While one process tells alerts, others leave them alone for this long; longer than a round can take.
_TELLER, _HOLD = "telling", timedelta(minutes=2)
#: Seconds to connect and to wait, and after how many a round ends: posts must not wait for alerts.
_TIMEOUT, _ROUND_S = (5, 10), 30.0


def tell_due(now: datetime) -> int:
    """Send every alert and every "resolved" that is due; return how many messages arrived, corrections among them.

    One process at a time, since what was sent a moment ago decides what the next message is. Network trouble is only
    noted, and ends the round: when the bot's server does not answer once, it is not asked for each.
    """
    if not bundles.to_be_told(now).exists():
        return 0
    holder = f"{heartbeat.worker_name()}:{threading.get_ident()}"
    if not heartbeat.take_role(_TELLER, now=now, hold=_HOLD, holder=holder):
        return 0
    try:
        return _round(now)
    finally:
        heartbeat.leave_role(_TELLER, holder=holder)


def _round(now: datetime) -> int:
    arrived, ends = 0, time.monotonic() + _ROUND_S
    for bundle in bundles.due(now):
        bundles.put_off(bundle.alerts, now + _HOLD)
        fault = _tell(bundle, now)
        if isinstance(fault, TransientError | RateLimited) or time.monotonic() > ends:
            break
        arrived += fault is None
    return arrived


def _tell(bundle: Bundle, now: datetime) -> ConnectorError | None:
    try:
        number = _correct(bundle) if bundle.corrects else _send(bundle)
    except (TransientError, RateLimited) as fault:
        _try_later(bundle.ids, fault, now)
        return fault
    except ConnectorError as fault:
        return _cannot_correct(bundle, fault, now) if bundle.corrects else _try_later(bundle.ids, fault, now)
    _told(bundle, number, now)
    return None


def _send(bundle: Bundle) -> int:
    """The number of the new message. One that got none can't be corrected, which a minus sign says."""
    return _bot().say(bundle.words()) or -bundle.ids[0]


def _correct(bundle: Bundle) -> int:
    _bot().correct(bundle.corrects, bundle.words())
    return bundle.corrects


def _bot() -> bot.Bot:
    return bot.Bot(
        settings.TELEGRAM_ALERT_BOT_TOKEN,
        settings.TELEGRAM_ALERT_CHAT_ID,
        api_base=settings.TELEGRAM_API_URL,
        timeout=_TIMEOUT,
    )


def _told(bundle: Bundle, number: int, now: datetime) -> None:
    rows = Alert.objects.filter(pk__in=bundle.ids)
    # Whatever was put off again meanwhile, because its text changed or it is over, is still due.
    rows.filter(tell_not_before=now + _HOLD).update(tell_not_before=None)
    if bundle.over:
        rows.update(resolution_sent_at=now, send_error="")
        return
    fresh = list(rows.filter(sent_at=None).values_list("pk", flat=True)) if bundle.corrects else bundle.ids
    rows.update(message_id=number, send_error="")
    Alert.objects.filter(pk__in=fresh).update(sent_at=now)
    # Resolved while we were telling it: then the end is worth telling too.
    Alert.objects.filter(pk__in=fresh, resolved_at__isnull=False).update(tell_not_before=now)


def _cannot_correct(bundle: Bundle, fault: ConnectorError, now: datetime) -> ConnectorError | None:
    """It was deleted, or is too old: a new message says it, but not before a quarter of an hour after the last."""
    rows = Alert.objects.filter(message_id=bundle.corrects)
    last = rows.aggregate(last=Max("sent_at"))["last"]
    rows.update(message_id=-bundle.corrects)
    logger.info("%s does not let message %s be corrected: %s", bot.LABEL, bundle.corrects, fault)
    if last is None or bundles.has_rested(last, now):
        return _tell(replace(bundle, corrects=0), now)
    bundles.put_off(bundle.alerts, last + QUARTER)
    return fault


def _try_later(ids: list[int], fault: ConnectorError, now: datetime) -> ConnectorError:
    failures = max(Alert.objects.filter(pk__in=ids).values_list("send_failures", flat=True), default=0)
    pause = _PAUSES[min(failures, len(_PAUSES) - 1)]
    if isinstance(fault, RateLimited) and fault.retry_after:
        # Whoever is asked for more patience asks once an hour.
        pause = min(timedelta(seconds=fault.retry_after), bundles.LONGEST_PAUSE)
    Alert.objects.filter(pk__in=ids).update(
        tell_not_before=now + pause, send_failures=F("send_failures") + 1, send_error=str(fault)
    )
    logger.error("alerts %s could not be sent to %s, next try in %s: %s", ids, bot.LABEL, pause, fault)
    return fault
