"""`manage.py qcluster`: the workers, which finish what they have in hand when they are told to stop."""

import threading
from multiprocessing.synchronize import Event

from django_q.cluster import Cluster
from django_q.management.commands import qcluster

from social_queue.workings import stopping


class _Cluster(Cluster):
    start_event: Event | None
    stop_event: Event | None

    def stop(self) -> bool:
        """Let the workers' ticks end now rather than when their time is over."""
        stopping.tell_all()
        # Where every process is told at once the sentinel dies of it, perhaps with the event's lock in its hand. So it
        # is the sentinel that is waited for, and never the event.
        if self.stop_event is not None:
            threading.Thread(target=self.stop_event.set, daemon=True).start()
        self.sentinel.join()
        self.start_event = self.stop_event = None
        return True


class Command(qcluster.Command):
    """django-q2's own command, with a cluster that tells its workers."""

    help = "Start the workers; Ctrl-C or SIGTERM lets them finish what they have in hand."

    def handle(self, *args, **options) -> None:
        qcluster.Cluster = _Cluster
        super().handle(*args, **options)
