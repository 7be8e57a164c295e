"""Publishing what is due: claim, deliver in a crew of threads, and wait for the next post while time is left."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings

from social_queue.delivery.deliver import Clock
from social_queue.delivery.runs import hands
from social_queue.delivery.runs.run import Report, Run
from social_queue.workings import heartbeat, stopping

#: The one tick that waits; if its process dies or stands still, another may take over after this long.
WAITING_ROLE, ROLE_HOLD = "dispatch", timedelta(seconds=8)
#: One that has not said for so long that it waits is left nothing by those who help.
SILENT = timedelta(seconds=4)


def drain(
    *,
    clock: Clock,
    report: Report | None = None,
    until: datetime | None = None,
    stopped: Callable[[], bool] = stopping.requested,
) -> Counter[str]:
    """Publish everything that is due, then return how often each outcome came; what others hold is left to them."""
    return Run(clock, report=report, until=until, stopped=stopped).run()


def tick(*, clock: Clock) -> Counter[str]:
    """Publish what is due for TICK_BUDGET seconds, waiting for what comes due; returns how often each outcome came.

    One tick waits at a time; a second one helps as long as there is enough for both.
    """
    until = clock() + timedelta(seconds=settings.TICK_BUDGET)
    holder = heartbeat.worker_name()
    with stopping.finishing():
        if not heartbeat.take_role(WAITING_ROLE, now=clock(), hold=ROLE_HOLD, holder=holder):
            return Run(clock, until=until, helps=lambda: _who_waits(clock())).run()
        try:
            return Run(clock, until=until, waits=_waiting(holder)).run()
        finally:
            heartbeat.leave_role(WAITING_ROLE, holder=holder)


def stay(*, clock: Clock, report: Report, stopped: Callable[[], bool]) -> Counter[str]:
    """Publish what is due, and go on waiting for more, until ``stopped()``."""
    return Run(clock, report=report, waits=_waiting(heartbeat.worker_name()), stopped=stopped).run()


def most_at_once() -> int:
    """So many posts one run takes up at the most."""
    return hands.most(settings.DISPATCH_BATCH)


def _who_waits(now: datetime) -> str:
    return heartbeat.player(WAITING_ROLE, now=now, silent=SILENT)


def _waiting(holder: str) -> Callable[[datetime], object]:
    """How a run says that it is the one that waits."""
    return lambda now: heartbeat.take_role(WAITING_ROLE, now=now, hold=ROLE_HOLD, holder=holder)
