"""Is everything alive? Answered from our own rows, without asking anybody outside."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import Error, connection

import connectors
from social_queue.alerts import ledger
from social_queue.models import Alert, Post, PostStatus
from social_queue.upkeep import disks
from social_queue.upkeep import health as desk
from social_queue.workings import heartbeat

logger = logging.getLogger(__name__)

#: What the alert of one host's workers is about.
_ABOUT = "cluster:"
#: Whether somebody has said, or counted, that the database is away.
Told = Callable[[Exception], bool]
_NOTHING = {"due": None, "oldest_due_s": None, "failed_24h": None, "unknown": None}


def _not_told(_fault: Exception) -> bool:
    return False


def report(now: datetime, *, told: Told = _not_told) -> dict:
    """The answer of /health; ``ok`` is false when the database is broken or no tick came for three minutes.

    ``told`` may take it on itself to say what is wrong with the database.
    """
    try:
        last_tick = desk.last_tick()
        clusters = _clusters(now)
        worker = {"last_tick_at": _iso(last_tick), "clusters": clusters}
        values = {"tokens": _tokens(now), "queue": queue(now), "worker": worker}
    except Error as fault:
        if not told(fault):
            logger.exception("/health: the database can't be used")
        broken = dict.fromkeys(_names(), "unchecked")
        values = {"tokens": broken, "queue": _NOTHING, "worker": {"last_tick_at": None, "clusters": []}}
        return {"ok": False, **values, "database": "error", "disk": disks.word()}
    room = disks.word()
    # A host without a web process of its own says it in its cluster's row.
    full = room == "full" or any(row["disk"] == "full" for row in clusters if not row["silent"])
    return {"ok": not desk.silent(now, patient=True) and not full, **values, "database": "ok", "disk": room}


def ready(*, told: Told = _not_told) -> dict:
    """For load balancers: can this process serve? ``told`` as of ``report``."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as fault:
        if not told(fault):
            logger.exception("/health?ready: the database can't be used")
        return {"ok": False, "database": "error"}
    return {"ok": True, "database": "ok"}


def watch_clusters(now: datetime) -> None:
    """One alert a host whose workers fell silent while others may go on; it ends with their next sign, or for good."""
    silent = desk.silent_clusters(now)
    for name, last in silent.items():
        reason = f"The workers of {name} have shown no sign of life since {last:%Y-%m-%d %H:%M} UTC."
        ledger.raise_alert(Alert.Kind.NO_TICK, about=f"{_ABOUT}{name}", reason=reason, now=now)
    prefix = f"{Alert.Kind.NO_TICK}:{_ABOUT}"
    for key in Alert.objects.filter(open_key__startswith=prefix).values_list("open_key", flat=True):
        if key and (name := key.removeprefix(prefix)) not in silent:
            ledger.resolve(Alert.Kind.NO_TICK, about=f"{_ABOUT}{name}", now=now)


def watch(now: datetime) -> bool:
    """Raise the alert of the dead man when no tick came, end it when one does. Returns whether all is well."""
    watch_clusters(now)
    if not desk.silent(now, patient=True):
        ledger.resolve(Alert.Kind.NO_TICK, about="worker", now=now)
        return True
    last_tick = desk.last_tick()
    since = f"since {last_tick:%Y-%m-%d %H:%M} UTC" if last_tick else "ever since the site was started"
    reason = f"No worker has shown a sign of life {since}."
    ledger.raise_alert(Alert.Kind.NO_TICK, about="worker", reason=reason, now=now)
    return False


def _clusters(now: datetime) -> list[dict]:
    silent, rooms = desk.silent_clusters(now), heartbeat.rooms()
    return [
        {
            "name": name,
            "last_seen_at": _iso(last),
            "silent": name in silent,
            "disk": disks.word(rooms[name]) if name in rooms else "unknown",
        }
        for name, last in heartbeat.clusters().items()
    ]


def _tokens(now: datetime) -> dict[str, str]:
    by_platform = desk.tokens_by_platform(now)
    return {shown: by_platform.get(name, "none") for shown, name in _names().items()}


def queue(now: datetime) -> dict:
    """What is due, failed and undecided."""
    due = desk.due(now)
    oldest = due.order_by("not_before").values_list("not_before", flat=True).first()
    return {
        "due": due.count(),
        "oldest_due_s": round((now - oldest).total_seconds(), 1) if oldest else 0,
        "failed_24h": Post.objects.filter(status=PostStatus.FAILED, not_before__gte=now - timedelta(hours=24)).count(),
        "unknown": desk.undecided().count(),
    }


def _names() -> dict[str, str]:
    """{key in the answer: platform}."""
    return {connectors.get(name).health_name or name: name for name in connectors.names()}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
