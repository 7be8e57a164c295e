"""`manage.py prune`: remove what nobody needs any more."""

from collections.abc import Mapping

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from social_queue.upkeep import prune


class Command(BaseCommand):
    """Old clicks, deliveries, resolved alerts, pictures that can be made again."""

    help = "Remove old rows and files, as the daily task does."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to end in time, as the daily task must."""
        parser.add_argument("--all", action="store_true", help="go on until nothing is left that may go")

    def handle(self, *args, **options) -> None:
        """Print what went, with ``--all`` after each round, and what could not in the end."""
        now, more, stumbled = timezone.now(), True, None
        while more:
            try:
                counts = prune.prune(now)
            except prune.Stumbled as fault:
                counts, stumbled = fault.counts, fault
            self._tell(counts)
            more = options["all"] and any(counts[name] for name in prune.A_PART_AT_A_TIME)
        if stumbled:
            raise CommandError(str(stumbled)) from stumbled

    def _tell(self, counts: Mapping[str, int]) -> None:
        for name, number in sorted(counts.items()):
            self.stdout.write(f"{name.replace('_', ' ')}: {number} removed")
        self.stdout.flush()
