"""Wakes a worker for what is due now, so that it need not wait for the next tick of the clock."""

import logging
import time
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_q.brokers import get_broker
from django_q.tasks import async_task

logger = logging.getLogger(__name__)

#: A broker that can't be reached is not asked again for so long.
LEFT_ALONE_S = 30.0
TASK = "social_queue.tasks.dispatch_kick"


class _Broker:
    """What this process knows of it."""

    left_alone_until = 0.0


def kick(now: datetime, *, hosts: int = 1) -> bool:
    """Queue a task that wakes a worker; returns whether one was queued. Never raises: the next tick finds the rows.

    When the workers of so many ``hosts`` have enough tasks waiting already, one more would do nothing. When the broker
    can't be reached, whoever waits for what comes due finds the rows; it is then left alone for a while, since
    everybody who comes by would wait for its answer. Call it after the commit, or a worker may look too early.
    """
    if time.monotonic() < _Broker.left_alone_until:
        return False
    try:
        broker = get_broker()
        if broker.queue_size() > settings.Q_WORKERS * hosts:
            return False
        async_task(TASK, broker=broker, task_name=f"kick {now:%H:%M:%S.%f}")
    except Exception as fault:  # noqa: BLE001 - each broker has its own faults, and none of them may refuse content
        logger.warning("workers could not be woken, the next tick will do: %s: %s", type(fault).__name__, fault)
        _Broker.left_alone_until = time.monotonic() + LEFT_ALONE_S
        return False
    return True


def kick_if_due(moment: datetime, *, now: datetime) -> None:
    """Kick as soon as the running transaction (or, without one, at once) is committed, if ``moment`` has come."""
    if moment <= now:
        transaction.on_commit(lambda: kick(now), robust=True)


def kick_at_start(sender: object, **_named: object) -> None:
    """Signal handler: a worker that has just been started looks at once for what is due."""
    kick(timezone.now())
