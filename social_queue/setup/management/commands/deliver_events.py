"""`manage.py deliver_events`: tell the receivers of events what is due, once."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from social_queue.events import sending


class Command(BaseCommand):
    """A worker does the same by itself; this is for a site without one, and for looking what happens."""

    help = "Deliver the events that are due, once, and print counts."

    def handle(self, *args, **options) -> None:
        """Until nothing is due any more."""
        counts = sending.deliver_due(clock=timezone.now, seconds=3600)
        names = ("taken", "failed", "paused", "ended")
        self.stdout.write(", ".join(f"{counts[name]} {name}" for name in names) + ".")
