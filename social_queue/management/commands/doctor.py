"""`manage.py doctor`: look the whole installation over."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from social_queue.upkeep import doctor


class Command(BaseCommand):
    """Prints a sentence per problem and exits 1 when there is one."""

    help = "Look for whatever keeps posts from going out."
    requires_system_checks: list = []

    def handle(self, *args, **options) -> None:
        """Exit 0 only when nothing is wrong."""
        problems = doctor.problems(timezone.now())
        for sentence in problems:
            self.stdout.write(f"✗ {sentence}")
        if problems:
            raise SystemExit(1)
        self.stdout.write("Everything looks well.")
