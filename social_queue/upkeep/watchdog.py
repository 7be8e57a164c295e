"""The dead man's switch: the web process notices when the workers fall silent, and an outside watchdog notices us."""

import logging
import threading
from collections.abc import Callable

import requests
from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from social_queue.alerts import telling
from social_queue.upkeep import health_report

logger = logging.getLogger(__name__)

LOOK_EVERY = 60.0
#: What floors above want done in every web process each minute, registered when Django is ready.
_chores: list[Callable[[], object]] = []


def register(chore: Callable[[], object]) -> None:
    """Let a floor above take part in a web process's minute; it may raise what it likes."""
    _chores.append(chore)


def start() -> threading.Thread:
    """Watch in a thread of this web process until it ends."""
    thread = threading.Thread(target=_watch_forever, name="watchdog", daemon=True)
    thread.start()
    return thread


def look() -> None:
    """One look: alert when nothing is dispatched; tell the outside watchdog only while all is well."""
    now = timezone.now()
    if health_report.watch(now):
        ping()
    else:
        telling.tell_due(now)


def chores() -> None:
    """What belongs to this host alone, workers or not."""
    for chore in _chores:
        try:
            chore()
        except Exception:
            logger.exception("a chore of the web process stumbled")


def ping() -> bool:
    """Call HEARTBEAT_URL, when it is set; whoever watches it raises the alarm when the calls stop."""
    if not settings.HEARTBEAT_URL:
        return False
    try:
        answer = requests.get(settings.HEARTBEAT_URL, timeout=tuple(settings.CALL_TIMEOUT))
    except requests.RequestException as fault:
        logger.warning("the outside watchdog could not be reached: %s", type(fault).__name__)
        return False
    if not answer.ok:
        logger.warning("the outside watchdog answered %s: look at HEARTBEAT_URL", answer.status_code)
    return answer.ok


def _watch_forever() -> None:
    pause = threading.Event()
    while not pause.wait(LOOK_EVERY):
        close_old_connections()
        try:
            look()
        except Exception:
            # The watch must outlive whatever it stumbles over, a broken database above all.
            logger.exception("the watchdog stumbled")
        chores()
        close_old_connections()
