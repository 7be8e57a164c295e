"""Every worker process stands by: when nobody waits for what comes due, it does so itself, without the task queue.

A tick usually comes through the queue's broker. That may be away, or the queue's processes may be stuck, or whoever
waited was killed: then the role of the waiting tick is free for seconds, which it never is while all is well.
"""

import logging
import os
import random
import threading
import time
from datetime import datetime, timedelta

from django.db import close_old_connections, connections

from social_queue.delivery import dispatch
from social_queue.delivery.deliver import Clock
from social_queue.workings import heartbeat, held_connections, outages, schedules, stopping

logger = logging.getLogger(__name__)

#: How often a process looks whether somebody waits, about; so often in a row it must see nobody.
LOOK_EVERY_S, LOOKS = 2.0, 2
#: Whether whoever waited has died on this host is seen between two looks, without asking the database.
_NOTICE_EVERY_S = 0.25
#: How often it looks for plans of a clock that was wrong.
_MEND_EVERY = timedelta(minutes=1)


def start(clock: Clock) -> threading.Thread:
    """Stand by in a thread of this process until it is asked to stop."""
    thread = threading.Thread(target=_stand_by, args=[clock], name="standby")
    thread.start()
    return thread


def nobody_waits(now: datetime) -> bool:
    """Is there no tick that waits for what comes due?"""
    return heartbeat.role_is_free(dispatch.WAITING_ROLE, now=now, hold=dispatch.ROLE_HOLD)


def _stand_by(clock: Clock) -> None:
    pause, free, mended_at = threading.Event(), 0, clock()
    parent, waits = os.getppid(), ""
    while not stopping.requested() and os.getppid() == parent:
        # A process that was just started may be here instead of one that died: it looks at once.
        _rest(pause, LOOK_EVERY_S * random.uniform(0.7, 1.3) if waits else _NOTICE_EVERY_S, waits)
        if stopping.requested():
            return
        try:
            close_old_connections()
            held_connections.close_idle()
            # Nobody need be waited for who surely is no more.
            died, waits = heartbeat.relieve(dispatch.WAITING_ROLE), heartbeat.holder(dispatch.WAITING_ROLE)
            free = free + 1 if nobody_waits(clock()) else 0
            if abs(clock() - mended_at) > _MEND_EVERY:
                mended_at = clock()
                schedules.mend(mended_at)
            if free >= LOOKS or (free and died):
                logger.warning("nobody waits for what comes due: this process does")
                dispatch.tick(clock=clock)
        except outages.FAULTS as fault:
            logger.info("standing by without the database: %s", fault)
            connections.close_all()
        except Exception:
            # It must outlive whatever it stumbles over: it is what is left when all else fails.
            logger.exception("the standby stumbled")
            connections.close_all()


def _rest(pause: threading.Event, seconds: float, waits: str) -> None:
    """Until it is time to look again, or ``waits``, who had the role, has died on this host."""
    ends = time.monotonic() + seconds
    while (left := ends - time.monotonic()) > 0 and not stopping.requested():
        pause.wait(min(left, _NOTICE_EVERY_S))
        if heartbeat.is_gone(waits):
            return
