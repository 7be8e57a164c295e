"""`manage.py setup_schedules`: lay the rows that make django-q2 call our tasks (migrate does it too)."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from social_queue.workings import schedules


class Command(BaseCommand):
    """Writes what is missing or different, and nothing else."""

    help = "Lay the schedule rows for the workers."

    def handle(self, *args, **options) -> None:
        """Print how many rows were written."""
        self.stdout.write(f"{schedules.lay(timezone.now())} schedules written, {len(schedules.SCHEDULES)} in all.")
