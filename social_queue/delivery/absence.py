"""A tick while the database is away: what it has in hand is seen to its end, and the waiting tick stays."""

import contextlib
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from social_queue.delivery.claim import left_behind
from social_queue.models import Attempt
from social_queue.workings import outages

logger = logging.getLogger(__name__)


class Absence:
    """What one tick has to remember of a database that is away; ``until``: when its time is over."""

    def __init__(self, until: datetime | None) -> None:
        self._last = None if until is None else until + timedelta(seconds=settings.PREPARE_BUDGET)
        #: Moments at which the tick tried to claim and never heard whether it did.
        self._unsure: list[datetime] = []
        self._told = False

    def bear(self, fault: Exception, *, now: datetime, stays: bool) -> None:
        """Go on without the database. Raises the fault when nothing ``stays`` to be done, or the time is up."""
        if not stays or not outages.is_outage(fault) or (self._last is not None and now >= self._last):
            raise fault
        if not self._told:
            logger.warning("the database is away, what is in hand goes on: %s", fault)
            self._told = True
        connection.close()

    @contextlib.contextmanager
    def unheard(self, now: datetime) -> Iterator[None]:
        """A claim at ``now``. What fails after it was answered leaves no doubt: its attempts are in hand already."""
        try:
            yield
        except outages.FAULTS:
            self._unsure.append(now)
            raise
        self._told = False

    def taken_unheard(self, worker: str) -> list[Attempt]:
        """The attempts of claims that were committed although their answer never came; asked for until it is heard."""
        ours = left_behind(self._unsure, worker=worker) if self._unsure else []
        self._unsure = []
        return ours
