"""What django-q2 calls, at least once and perhaps overlapping: a line or two into a verb; the truth is in our rows."""

import logging
from time import monotonic

from django.conf import settings
from django.utils import timezone
from django_q.tasks import async_task

from social_queue.access import hearing
from social_queue.accounts import tokens
from social_queue.alerts import telling
from social_queue.delivery import dispatch, standby
from social_queue.delivery.errands import run
from social_queue.delivery.sweeps import rounds
from social_queue.feeds import looking
from social_queue.upkeep import disks, health_report, prune
from social_queue.webhooks import inbox
from social_queue.workings import heartbeat, outages
from social_queue.workings.cluster import pulse as pulses

logger = logging.getLogger(__name__)

#: What may be much is begun in the first part of a task's time: what is in hand then still has to end.
_FIRST_PART = 1 / 2


def dispatch_tick() -> dict:
    """Publish and wait for most of a minute, then hand over to a successor at once: a gap would make posts late."""
    counts = dispatch.tick(clock=timezone.now)
    if standby.nobody_waits(timezone.now()):
        async_task("social_queue.tasks.dispatch_tick", task_name="dispatch")
    return dict(counts)


def dispatch_kick() -> dict:
    """Something is due now, or a worker has just started: publish, and wait for more unless another tick does."""
    return dispatch_tick()


def reconcile_tick() -> dict:
    """Leases that ran out, then the undecided posts, then what nobody will claim."""
    now, began = timezone.now(), monotonic()
    settled = rounds.settle(now)
    counts = settled.leases + settled.asked
    counts += run.drain(clock=timezone.now, ends=began + settings.Q_TIMEOUT * _FIRST_PART)
    counts["deliveries picked up"] = inbox.pick_up(now)
    counts["too_late"] = settled.too_late
    health_report.watch_clusters(now)
    telling.tell_due(timezone.now())
    hearing.tell_due(timezone.now())
    heartbeat.beat("reconcile", now=now)
    return dict(counts)


def pulse() -> None:
    """This cluster's own queue moves: known to its guard at once, and to everybody by its row."""
    pulses.feel()
    try:
        heartbeat.beat(heartbeat.cluster_name(), now=timezone.now(), disk_free=disks.lately())
    except outages.FAULTS as fault:
        logger.info("a sign of life could not be written: %s", fault)


def fetch_feeds() -> dict:
    """The feeds that are due."""
    return {slug: dict(counts) for slug, counts in looking.fetch_due(clock=timezone.now).items()}


def check_tokens() -> dict:
    """Every account's token, where a check is free or due."""
    counts = tokens.check_all(timezone.now(), ends=monotonic() + settings.Q_TIMEOUT * _FIRST_PART)
    telling.tell_due(timezone.now())
    return dict(counts)


def prune_old() -> dict:
    """Rows and files nobody needs any more."""
    return dict(prune.prune(timezone.now()))
