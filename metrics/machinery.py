"""What /metrics says of the machinery: signs of life, tasks and clicks that wait, and room on the disk.

What lies on a host is said of the host that is asked; each web host is a target of its own.
"""

import logging
from collections.abc import Iterator
from datetime import datetime

import redis
from django.conf import settings
from django_q.brokers import get_broker
from prometheus_client.core import GaugeMetricFamily, Metric

from metrics.clicks import spool
from metrics.models import Watermark
from social_queue.upkeep import disks
from social_queue.upkeep import health as desk
from social_queue.workings import heartbeat

logger = logging.getLogger(__name__)

#: A broker that does not answer must not cost Prometheus the whole answer: it waits ten seconds.
_PATIENCE_S = 2


def families(now: datetime) -> Iterator[Metric]:
    """All of it."""
    yield from _signs_of_life(now)
    yield _counted()
    yield from _broker()
    yield from _host()


def _signs_of_life(now: datetime) -> Iterator[Metric]:
    ages = (
        ("autopost_tick_age_seconds", "Time since the last sign of dispatch.", desk.last_tick()),
        ("autopost_reconcile_age_seconds", "Time since the last reconcile.", heartbeat.last_beat("reconcile")),
    )
    for name, words, last in ages:
        if last:
            yield GaugeMetricFamily(name, words, heartbeat.age(last, now=now).total_seconds())
    words = "Time since a host's workers last took a task of their own queue."
    family = GaugeMetricFamily("autopost_worker_age_seconds", words, labels=["worker"])
    for name, seen in heartbeat.clusters().items():
        family.add_metric([name], heartbeat.age(seen, now=now).total_seconds())
    yield family
    words = "Bytes free on the fullest disk that a host's workers write to."
    family = GaugeMetricFamily("autopost_worker_disk_free_bytes", words, labels=["worker"])
    for name, left in heartbeat.rooms().items():
        family.add_metric([name], left)
    yield family


def _counted() -> Metric:
    words = "Until when rows are in the counters, as a Unix time."
    family = GaugeMetricFamily("autopost_counted_until_timestamp_seconds", words, labels=["of"])
    for name, until in Watermark.objects.exclude(added_until=None).values_list("name", "added_until"):
        if until is not None:
            family.add_metric([name], until.timestamp())
    return family


def _broker() -> Iterator[Metric]:
    waiting = _waiting_tasks()
    words = "Whether the broker of tasks can be reached from the host that is asked."
    yield GaugeMetricFamily("autopost_broker_up", words, 0 if waiting is None else 1)
    if waiting is not None:
        yield GaugeMetricFamily("autopost_broker_tasks", "Tasks that wait for a worker.", waiting)


def _waiting_tasks() -> int | None:
    """How many; None when the broker can't be reached. The database is one, too: its faults are the whole page's."""
    broker = get_broker()
    if settings.Q_BROKER == "orm":
        return broker.queue_size()
    try:
        with redis.from_url(settings.Q_BROKER, socket_timeout=_PATIENCE_S, socket_connect_timeout=_PATIENCE_S) as line:
            return int(line.llen(broker.list_key))
    except (redis.RedisError, OSError) as fault:
        logger.warning("/metrics: the broker can't be reached: %s", fault)
        return None


def _host() -> Iterator[Metric]:
    words = "Bytes of clicks that wait in this host's CLICK_SPOOL for the database."
    yield GaugeMetricFamily("autopost_click_spool_bytes", words, spool.waiting())
    words = "Bytes free on this host's disks that the site writes to."
    family = GaugeMetricFamily("autopost_disk_free_bytes", words, labels=["folder"])
    for folder, left in disks.free().items():
        family.add_metric([str(folder)], left)
    yield family
