"""`manage.py reconcile`: take back what vanished workers held and ask the platforms about undecided posts."""

from collections.abc import Mapping

from django.core.management.base import BaseCommand
from django.utils import timezone

from social_queue.alerts import telling
from social_queue.delivery.errands import run
from social_queue.delivery.sweeps import rounds
from social_queue.webhooks import inbox


class Command(BaseCommand):
    """Both halves at once, whatever the hour; prints counts."""

    help = "Settle expired leases and undecided posts."

    def handle(self, *args, **options) -> None:
        """Print how many posts ended up where."""
        settled = rounds.settle(timezone.now())
        errands = run.drain(clock=timezone.now)
        picked_up = inbox.pick_up(timezone.now())
        telling.tell_due(timezone.now())
        self.stdout.write(f"expired leases: {_words(settled.leases)}")
        self.stdout.write(f"undecided posts asked about: {_words(settled.asked)}")
        done = ", ".join(f"{number} {outcome}" for outcome, number in sorted(errands.items()))
        self.stdout.write(f"deletions and corrections: {done or 'none'}")
        self.stdout.write(f"webhook deliveries picked up: {picked_up}")
        self.stdout.write(f"expired posts: {f'{settled.too_late} now cancelled' if settled.too_late else 'none'}")


def _words(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number} now {status}" for status, number in sorted(counts.items())) or "none"
