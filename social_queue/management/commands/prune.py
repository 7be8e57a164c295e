"""`manage.py prune`: remove what nobody needs any more."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from social_queue.upkeep import prune


class Command(BaseCommand):
    """Old clicks, deliveries, resolved alerts, pictures that can be made again."""

    help = "Remove old rows and files, as the daily task does."

    def handle(self, *args, **options) -> None:
        """Print what went."""
        for name, number in sorted(prune.prune(timezone.now()).items()):
            self.stdout.write(f"{name.replace('_', ' ')}: {number} removed")
