"""Sending alerts to Telegram, again and again until they arrive."""

import logging
import time
from collections import defaultdict
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F

from connectors import http, telegram_errors
from connectors.errors import ConnectorError, RateLimited, TransientError
from social_queue.models import Alert

logger = logging.getLogger("social_queue.alerts")

#: Pauses after failed tellings; the last one repeats until the message arrives.
_PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
#: While one process tells an alert, others leave it alone for this long; longer than one message can take.
_HOLD = timedelta(minutes=2)
#: Seconds to connect and to wait, and after how many a round ends: posts must not wait for alerts.
_TIMEOUT, _ROUND_S = (5, 10), 30.0
#: More alerts of one kind and account than this become one message: Telegram allows a group 20 a minute.
_ONE_BY_ONE = 3
_TEXT_LIMIT = 4000


def tell_due(now: datetime) -> int:
    """Send every alert and every "resolved" that is due; return how many messages arrived.

    Network trouble is only noted, and ends the round: when Telegram does not answer once, it is not asked for each.
    """
    arrived = 0
    ends = time.monotonic() + _ROUND_S
    for alerts in _messages(now):
        held = [alert for alert in alerts if _hold(alert, now)]
        fault = _tell(held, now) if held else None
        if isinstance(fault, TransientError | RateLimited) or time.monotonic() > ends:
            break
        arrived += bool(held) and fault is None
    return arrived


def _messages(now: datetime) -> list[list[Alert]]:
    """What is due, alert by alert, or many of one kind and account together."""
    groups: dict[tuple, list[Alert]] = defaultdict(list)
    for alert in Alert.objects.filter(tell_not_before__lte=now).order_by("id")[:200]:
        groups[alert.kind, alert.account_id, alert.resolved_at is None].append(alert)
    messages = []
    for alerts in groups.values():
        messages += [alerts] if len(alerts) > _ONE_BY_ONE else [[alert] for alert in alerts]
    return messages


def _hold(alert: Alert, now: datetime) -> bool:
    rows = Alert.objects.filter(pk=alert.pk, tell_not_before=alert.tell_not_before)
    return rows.update(tell_not_before=now + _HOLD) == 1


def _tell(alerts: list[Alert], now: datetime) -> ConnectorError | None:
    try:
        http.call(
            "POST",
            f"{settings.TELEGRAM_API_URL}/bot{settings.TELEGRAM_ALERT_BOT_TOKEN}/sendMessage",
            json={"chat_id": settings.TELEGRAM_ALERT_CHAT_ID, "text": _words(alerts), "parse_mode": "HTML"},
            secrets=[settings.TELEGRAM_ALERT_BOT_TOKEN],
            timeout=_TIMEOUT,
            classify=telegram_errors.classify,
        )
    except ConnectorError as fault:
        _try_later([alert.pk for alert in alerts], fault, now)
        return fault
    _told(alerts, now)
    return None


def _told(alerts: list[Alert], now: datetime) -> None:
    for alert in alerts:
        over = alert.resolved_at is not None
        moment = {"resolution_sent_at": now} if over else {"sent_at": now}
        Alert.objects.filter(pk=alert.pk).update(tell_not_before=None, send_error="", **moment)
        if not over:
            # Resolved while we were telling it: then the end is worth telling too.
            Alert.objects.filter(pk=alert.pk, resolved_at__isnull=False).update(tell_not_before=now)


def _try_later(ids: list[int], fault: ConnectorError, now: datetime) -> None:
    failures = max(Alert.objects.filter(pk__in=ids).values_list("send_failures", flat=True), default=0)
    pause = _PAUSES[min(failures, len(_PAUSES) - 1)]
    if isinstance(fault, RateLimited) and fault.retry_after:
        pause = timedelta(seconds=fault.retry_after)
    Alert.objects.filter(pk__in=ids).update(
        tell_not_before=now + pause, send_failures=F("send_failures") + 1, send_error=str(fault)
    )
    logger.error("alerts %s could not be sent to Telegram, next try in %s: %s", ids, pause, fault)


def _words(alerts: list[Alert]) -> str:
    """Plain text with the few characters escaped that Telegram's HTML mode needs."""
    first = alerts[0]
    over = first.resolved_at is not None
    head = f"✅ Resolved: {first.get_kind_display()}" if over else f"⚠️ Autopost: {first.get_kind_display()}"
    if len(alerts) > 1:
        head += f" ({len(alerts)} times)"
    body = first.text.splitlines()[0] if over else "\n\n".join(alert.text for alert in alerts)
    text = f"{head}\n{body}"
    if len(text) > _TEXT_LIMIT:
        text = text[:_TEXT_LIMIT].rsplit("\n", 1)[0] + "\n… the rest is in the admin."
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
