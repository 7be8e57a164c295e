"""`manage.py prune`: remove what nobody needs any more."""

from collections.abc import Mapping

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from social_queue.upkeep import prune


class Command(BaseCommand):
    """Old clicks, deliveries, resolved alerts, pictures that can be made again."""

    help = "Remove old rows and files, as the daily task does."

    def handle(self, *args, **options) -> None:
        """Print what went, and what could not."""
        try:
            self._tell(prune.prune(timezone.now()))
        except prune.Stumbled as fault:
            self._tell(fault.counts)
            raise CommandError(str(fault)) from fault

    def _tell(self, counts: Mapping[str, int]) -> None:
        for name, number in sorted(counts.items()):
            self.stdout.write(f"{name.replace('_', ' ')}: {number} removed")
