"""How a try ended can't be written although the database is there: that is written, so that it has an end."""

import logging
from datetime import datetime

from social_queue.delivery.ending import Ending
from social_queue.delivery.errands import ends
from social_queue.models import Attempt, Errand
from social_queue.workings import outages

logger = logging.getLogger(__name__)


def record(attempt: Attempt, errand: Errand | None, fault: Exception | None, *, now: datetime) -> Ending:
    """Write down how ``attempt`` ended, or else that it could not be, or at least that it has.

    Left to its lease it would be done again every few seconds, without an end and without a word. Raises what a
    database raises that is away, and whatever is met when it takes nothing at all.
    """
    own = fault
    for _try in range(2):
        try:
            return ends.record(attempt, errand, own, now=now)
        except Exception as met:
            if outages.is_outage(met):
                raise
            logger.exception("post %s: how it ended can't be written", attempt.post_id, extra={"post": attempt.post_id})
            own = met
    return ends.record(attempt, errand, own, now=now, alone=True)
