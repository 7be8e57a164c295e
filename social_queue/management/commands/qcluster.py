"""`manage.py qcluster`: the workers, which finish what they have in hand when they are asked to stop."""

import logging
import os
import threading
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from typing import Any

from django.core.management.base import CommandError
from django.db import Error, connections
from django_q import cluster
from django_q.management.commands import qcluster
from django_q.models import Schedule
from django_q.monitor import monitor
from django_q.pusher import pusher
from django_q.worker import worker

from connectors.wire import line
from social_queue import kept
from social_queue.delivery import dispatch
from social_queue.workings import heartbeat, outages, stopping
from social_queue.workings.cluster import locks, packets, pulse, seats

logger = logging.getLogger(__name__)

#: Seconds that a worker keeps a result for which there is no room: it is only told there, and the task comes again.
_RESULT_PATIENCE_S = 5


class _Rounds:
    """The event that ends the guard's loop; each time it is waited for, the cluster's pulse is felt.

    The loop ends, too, when the process is no more that started the guard: nobody else could tell it to.
    """

    def __init__(self, event: Event, look: Callable[[], None]) -> None:
        self._event, self._look, self._parent = event, look, os.getppid()

    def wait(self, seconds: float) -> bool:
        self._look()
        if os.getppid() != self._parent:
            logger.critical("the process that guards the cluster is left alone: the workers stop")
            stopping.ask_all()
            return True
        return self._event.wait(seconds)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._event, name)


class _Sentinel(cluster.Sentinel):
    """django-q2's guard of the workers, with queues that a killed worker does not spoil, and a pulse."""

    #: The cluster's event; from the start of the workers on, ours around it.
    stop_event: Any

    def start(self) -> None:
        """Also without its broker: the workers publish meanwhile, and take tasks when it is there."""
        try:
            self.broker.ping()
        except Exception as fault:  # noqa: BLE001 - every broker has exceptions of its own
            logger.error("the task queue can't be reached, publishing goes on without it: %s", fault)
        self.spawn_cluster()
        self.guard()

    def spawn_cluster(self) -> None:
        """Called once, before the first worker is forked."""
        _make_ready()
        if packets.POSSIBLE:
            self.task_queue, self.result_queue = packets.PacketQueue(), packets.PacketQueue(patience=_RESULT_PATIENCE_S)
        self._seats = seats.Seats(self.pool_size)
        watch = pulse.Watch(self.task_queue, self._seats)
        self.stop_event = _Rounds(self.stop_event, lambda: watch.look(self.pool))
        super().spawn_cluster()

    def spawn_worker(self) -> None:
        """With a timer whose lock the worker does not take with it, and a seat on which it is seen waiting."""
        seat = self._seats.vacant({sitting.seat for sitting in self.pool})
        tasks = seats.LocalQueue(self.task_queue, self._seats, seat)
        process = self.spawn_process(worker, tasks, self.result_queue, locks.Timer(), self.timeout)
        process.seat = seat

    def spawn_monitor(self) -> BaseProcess:
        """It ends with the guard, as the others do."""
        return self.spawn_process(monitor, seats.Results(self.result_queue), self.broker)

    def spawn_pusher(self) -> BaseProcess:
        """It fetches for workers that wait, and leaves the rest to other hosts."""
        return self.spawn_process(
            pusher, self.task_queue, self.event_out, seats.Broker(self.broker, self._seats, self.task_queue)
        )


def _make_ready() -> None:
    """What each worker would make for itself when its first posts are due."""
    try:
        kept.make_ready(dispatch.most_at_once())
    except Error:
        # Without it they only begin a little later; the database may be away.
        logger.info("the workers make their statements themselves", exc_info=True)
    except Exception:
        # A fault of ours, which is no reason to publish nothing; it would show as slower starts and nowhere else.
        logger.exception("the workers make their statements themselves")
    finally:
        connections.close_all()


def _look_into_the_database() -> None:
    """Here, since a cluster without its database or tables would die with the inside of three processes on the wall."""
    try:
        Schedule.objects.exists()
    except Error as fault:
        raise CommandError(outages.told(fault) or outages.unusable(str(fault))) from fault
    except (TypeError, ValueError) as fault:
        # What a driver does not know of the address's options, it refuses in Python's own words.
        raise CommandError(outages.unusable(str(fault))) from fault
    finally:
        # What is forked from here shares no connection.
        connections.close_all()


class _Cluster(cluster.Cluster):
    start_event: Event | None
    stop_event: Event | None

    def stop(self) -> bool:
        """Let the workers' ticks end now rather than when their time is over."""
        stopping.ask_all()
        # From here on nothing is proved by a pulse; how long it may take is TimeoutStopSec's affair.
        pulse.notify("STOPPING=1\nWATCHDOG_USEC=3600000000")
        # Where every process is signalled at once the sentinel dies of it, perhaps with the event's lock in hand. So
        # it is the sentinel that is waited for, and never the event.
        if self.stop_event is not None:
            threading.Thread(target=self.stop_event.set, daemon=True).start()
        self.sentinel.join()
        self.start_event = self.stop_event = None
        try:
            heartbeat.retire(heartbeat.cluster_name())
        except outages.FAULTS as fault:
            logger.warning("it stays among the workers that are missed: %s", fault)
        return True


class Command(qcluster.Command):
    """django-q2's own command, with a cluster that tells its workers."""

    help = "Start the workers; Ctrl-C or SIGTERM lets them finish what they have in hand."

    def handle(self, *args, **options) -> None:
        try:
            line.read_authorities()
        except line.NobodyVouches as fault:
            raise CommandError(f"No platform could be called: {fault}") from fault
        _look_into_the_database()
        qcluster.Cluster, cluster.Sentinel = _Cluster, _Sentinel
        super().handle(*args, **options)
