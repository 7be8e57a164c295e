"""An outage of the database as the log tells it: when it begins, once a minute while it lasts, and when it is over.

While the database is away every request meets the same fault, so that many lines would say one thing and hide all
others. Each process tells for itself. Whatever else a database says is logged by whoever met it, as ever.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.signals import request_finished
from django.db import OperationalError, connection
from django.db.backends.signals import connection_created
from django.http import HttpRequest

from social_queue.upkeep.outage_course import OutageLog, bare, code_of
from social_queue.workings import deadlocks, outages

logger = logging.getLogger(__name__)

REFUSED, KEPT, NAMELESS = "requests refused", "clicks kept for later", "clicks without a visitor"
#: One statement that ran out of time says nothing about the next.
_INTERRUPTED = {1317, "57014"}
_MARK = "autopost.refused_by_outage"


def is_away(fault: Exception) -> bool:
    """Is it the database that is away, rather than one statement that was in another's way or took too long?"""
    fault = bare(fault)
    if isinstance(fault, OperationalError):
        in_the_way = deadlocks.is_collision(fault) or "is locked" in str(fault)
        if in_the_way or code_of(fault) in _INTERRUPTED:
            return False
    return outages.is_outage(fault)


def refused(fault: Exception, request: HttpRequest, *, now: datetime) -> bool:
    """Note that a request is refused for this. False when it is no outage, or such are not folded: then log it."""
    if not _folds(fault):
        return False
    request.META[_MARK] = True
    _log.met(fault, whom=f"{request.method} {request.path}", what=REFUSED, now=now)
    return True


def noted(fault: Exception, *, whom: str, what: str, now: datetime) -> bool:
    """The same of what is not refused, and only does without the database."""
    if not _folds(fault):
        return False
    _log.met(fault, whom=whom, what=what, now=now)
    return True


class Folded(logging.Filter):
    """On ``django.request``, whose lines about requests that an outage refused say nothing new."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written. A page that no view of ours answers for is counted here."""
        request = getattr(record, "request", None)
        if request is None:
            return True
        fault = record.exc_info[1] if record.exc_info else None
        if isinstance(fault, Exception):
            return not refused(fault, request, now=datetime.fromtimestamp(record.created, UTC))
        return not (_MARK in request.META and getattr(record, "status_code", 0) == 503)


def forget() -> None:
    """No outage is known; for tests."""
    _log.forget()


def listen(clock: Callable[[], datetime]) -> None:
    """Hear of connections that are made, and look after each request whether an outage is over."""

    def reached(**_signal: object) -> None:
        if _log.is_open:
            _log.reached(now=clock())

    def finished(**_signal: object) -> None:
        if _log.is_open:
            _log.settle(now=clock(), works=connection.connection is not None and not connection.errors_occurred)

    connection_created.connect(reached, weak=False, dispatch_uid="autopost-outage-reached")
    request_finished.connect(finished, weak=False, dispatch_uid="autopost-outage-finished")


def _folds(fault: Exception) -> bool:
    return settings.LOG_OUTAGES_EVERY > 0 and is_away(fault)


# At the level of errors, the end too: whoever reads only those must learn that it is over.
_log = OutageLog(logger.error, every=lambda: timedelta(seconds=settings.LOG_OUTAGES_EVERY))
