"""`manage.py rotate_credentials`: every stored secret under the first key of CREDENTIALS_KEY."""

from django.core.management.base import BaseCommand, CommandError

from social_queue.upkeep import rotation


class Command(BaseCommand):
    """Prints counts; fails when a secret could not be read, since dropping a key would then be too early."""

    help = "Encrypt every stored secret with the first key of CREDENTIALS_KEY; afterwards the older ones can go."

    def handle(self, *args, **options) -> None:
        """Once, and any number of times: what is done stays done."""
        done = rotation.rotate()
        self.stdout.write(
            f"{done.changed} sealed anew, {done.current} had the first key already, {done.closed} unreadable."
        )
        if done.closed:
            raise CommandError(
                f"{done.closed} secrets can't be read with any key of CREDENTIALS_KEY: keep all keys, and put back "
                "the one that is missing or enter those secrets anew."
            )
        self.stdout.write("The keys after the first are not needed any more.")
