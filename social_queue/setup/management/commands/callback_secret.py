"""`manage.py callback_secret`: what signs the callbacks of an API key's items."""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from connectors.texts.sentences import known
from social_queue.events import callbacks
from social_queue.models import ApiKey


class Command(BaseCommand):
    """Prints the secret alone on the last line; with --new another one."""

    help = "Print the secret that signs callbacks of what comes in under an API key."

    def add_arguments(self, parser: CommandParser) -> None:
        """The key's name."""
        parser.add_argument("name", help="the API key's name")
        parser.add_argument("--new", action="store_true", help="make another; the old one signs beside it for 24 hours")

    def handle(self, *args, name: str, new: bool, **options) -> None:
        """Made when it is first asked for."""
        key = ApiKey.objects.filter(name=name).first()
        if key is None:
            names = ApiKey.objects.order_by("name").values_list("name", flat=True)
            told = known(names, none="None was made yet: make one with `manage.py create_api_key`.")
            raise CommandError(f"There is no API key {name!r}. {told}")
        self.stdout.write(f"Callbacks of {name} are signed with:")
        self.stdout.write(callbacks.renew(key, now=timezone.now()) if new else callbacks.secret_of(key))
