"""`manage.py reconcile`: take back what vanished workers held and ask the platforms about undecided posts."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from social_queue.alerts import telling
from social_queue.delivery import consequences, reconcile
from social_queue.webhooks import inbox


class Command(BaseCommand):
    """Both halves at once, whatever the hour; prints counts."""

    help = "Settle expired leases and undecided posts."

    def handle(self, *args, **options) -> None:
        """Print how many posts ended up where."""
        expired = reconcile.expire_leases(timezone.now())
        asked = reconcile.reconcile_unknown(timezone.now())
        late = reconcile.cancel_expired(timezone.now())
        consequences.long_waits(timezone.now())
        picked_up = inbox.pick_up(timezone.now())
        telling.tell_due(timezone.now())
        self.stdout.write(f"expired leases: {_words(expired)}")
        self.stdout.write(f"undecided posts asked about: {_words(asked)}")
        self.stdout.write(f"webhook deliveries picked up: {picked_up}")
        self.stdout.write(f"expired posts: {f'{late} now cancelled' if late else 'none'}")


def _words(counts) -> str:
    return ", ".join(f"{number} now {status}" for status, number in sorted(counts.items())) or "none"
