"""`manage.py reset_second_factor`: let somebody in whose phone and recovery codes are gone."""

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from connectors.texts.sentences import known
from social_queue.access import log_ins, second_factor


class Command(BaseCommand):
    """Takes a person's second factor away and ends the person's sessions."""

    help = "Take somebody's second factor away, and end that person's sessions."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose."""
        parser.add_argument("name", help="the name that is typed at the log-in")

    def handle(self, *args, name: str, **options) -> None:
        """Say what was done."""
        user = get_user_model().objects.filter(username=name).first()
        if user is None:
            names = second_factor.holders().order_by("username").values_list("username", flat=True)
            told = known(names, none="Nobody has a second factor.")
            raise CommandError(f"There is nobody named {name!r}. {told}")
        removed, ended = second_factor.remove(user), log_ins.end_sessions(user)
        what = "Removed" if removed else "There was nothing to remove"
        self.stdout.write(f"{what}: {name} logs in by the password alone. Sessions that were ended: {ended}.")
