"""Is everything alive? Answered from our own rows, without asking anybody outside."""

import logging
from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.utils import timezone

import connectors
from social_queue import alerts, heartbeat, tokens
from social_queue.claim import open_accounts
from social_queue.models import Alert, PlatformAccount, Post

logger = logging.getLogger("metrics.health")

#: Without a tick for so long nothing is being published.
SILENCE = timedelta(minutes=3)
#: From worst to best; a platform shows the worst of its accounts.
_WORST_FIRST = ("invalid", "expiring", "unchecked", "valid")
#: A worker that has never run gets the same patience, counted from this process's start.
_STARTED_AT = timezone.now()
_NOTHING = {"due": None, "oldest_due_s": None, "failed_24h": None, "unknown": None}

P = Post.Status


def report(now: datetime) -> dict:
    """The answer of /health; ``ok`` is false when the database is broken or no tick came for three minutes."""
    try:
        last_tick = heartbeat.last_beat("tick")
        told = {"tokens": _tokens(now), "queue": _queue(now), "worker": {"last_tick_at": _iso(last_tick)}}
    except DatabaseError:
        logger.exception("/health: the database can't be used")
        broken = dict.fromkeys(_names(), "unchecked")
        return {"ok": False, "tokens": broken, "queue": _NOTHING, "worker": {"last_tick_at": None}, "database": "error"}
    return {"ok": not is_silent(last_tick, now), **told, "database": "ok"}


def ready() -> dict:
    """For load balancers: can this process serve?"""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        logger.exception("/health?ready: the database can't be used")
        return {"ok": False, "database": "error"}
    return {"ok": True, "database": "ok"}


def is_silent(last_tick: datetime | None, now: datetime) -> bool:
    """Has nothing been dispatched for three minutes?"""
    return now - (last_tick or _STARTED_AT) > SILENCE


def watch(now: datetime) -> bool:
    """Raise the alert of the dead man when no tick came, end it when one does. Returns whether all is well."""
    last_tick = heartbeat.last_beat("tick")
    if not is_silent(last_tick, now):
        alerts.resolve(Alert.Kind.NO_TICK, about="worker", now=now)
        return True
    since = f"since {last_tick:%Y-%m-%d %H:%M} UTC" if last_tick else "ever since the site was started"
    reason = f"No worker has shown a sign of life {since}."
    alerts.raise_alert(Alert.Kind.NO_TICK, about="worker", reason=reason, now=now)
    return False


def _tokens(now: datetime) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for account in PlatformAccount.objects.defer("credentials"):
        found.setdefault(account.platform, []).append(_token(account, now))
    by_platform = {name: min(states, key=_WORST_FIRST.index) for name, states in found.items()}
    return {shown: by_platform.get(name, "none") for shown, name in _names().items()}


def _token(account: PlatformAccount, now: datetime) -> str:
    if account.status == PlatformAccount.Status.NEEDS_TOKEN:
        return "invalid"
    end = tokens.expires_at(account)
    if end and end <= now:
        return "invalid"
    if end and end - now < tokens.ALERT_UNDER:
        return "expiring"
    return "valid" if account.token_checked_at else "unchecked"


def _queue(now: datetime) -> dict:
    due = Post.objects.filter(status=P.PENDING, not_before__lte=now, account__in=open_accounts(now))
    oldest = due.order_by("not_before").values_list("not_before", flat=True).first()
    return {
        "due": due.count(),
        "oldest_due_s": round((now - oldest).total_seconds(), 1) if oldest else 0,
        "failed_24h": Post.objects.filter(status=P.FAILED, not_before__gte=now - timedelta(hours=24)).count(),
        "unknown": Post.objects.filter(status=P.UNKNOWN).count(),
    }


def _names() -> dict[str, str]:
    """{key in the answer: platform}."""
    return {connectors.get(name).health_name or name: name for name in connectors.names()}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
