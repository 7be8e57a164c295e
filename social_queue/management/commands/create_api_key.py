"""`manage.py create_api_key`: let a generator push content in, or a script read what became of it."""

from collections.abc import Iterable
from datetime import datetime

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from connectors.texts.sentences import known
from social_queue.access import keys
from social_queue.models import ApiKey
from social_queue.reading import moments


class Command(BaseCommand):
    """Prints the key alone on the last line; it is not stored and can't be shown again."""

    help = "Make an API key and print it, once. Its name is the source of what it pushes."

    def add_arguments(self, parser: CommandParser) -> None:
        """Name, scopes, and what to do when the name is taken."""
        parser.add_argument("name", help="whose key it is, such as “rtp-bot”")
        parser.add_argument(
            "--scope",
            choices=keys.SCOPES,
            action="append",
            help="what the key may do; several by giving it several times (default: ingest and read). manage: change, "
            "cancel and retry what others pushed in or wrote",
        )
        parser.add_argument(
            "--expires", metavar="WHEN", help="the key stops working then: an ISO 8601 day or moment (default: never)"
        )
        parser.add_argument("--renew", action="store_true", help="replace the secret of the key with this name")
        parser.add_argument("--revoke", action="store_true", help="stop the key with this name")

    def handle(self, *args, name: str, renew: bool, revoke: bool, **options) -> None:
        """Make, renew or stop one key."""
        key = ApiKey.objects.filter(name=name).first()
        now, expires_at = timezone.now(), self._end(options["expires"])
        if not (renew or revoke):
            self._make(name.strip(), options["scope"] or keys.USUAL_SCOPES, expires_at, taken=key is not None)
        elif key is None:
            names = ApiKey.objects.order_by("name").values_list("name", flat=True)
            told = known(names, none="None was made yet: without this option it is made.")
            raise CommandError(f"There is no key named {name!r}. {told}")
        elif revoke:
            stopped = keys.revoke(key, now=now)
            self.stdout.write(f"The key {name} {'no longer works' if stopped else 'did not work before'}.")
        else:
            key.expires_at = expires_at or key.expires_at
            text = keys.renew(key, now=now)
            self.stdout.write(f"The old secret of {name} no longer works. Its new key{_until(key)}, shown this once:")
            self.stdout.write(text)

    def _end(self, given: str | None) -> datetime | None:
        if given is None:
            return None
        try:
            moment = moments.parse(given)
        except ValueError as fault:
            raise CommandError(f"--expires {fault}") from None
        if moment <= timezone.now():
            raise CommandError("--expires must lie ahead.")
        return moment

    def _make(self, name: str, scopes: Iterable[str], expires_at: datetime | None, *, taken: bool) -> None:
        if taken:
            raise CommandError(f"There is a key named {name!r} already: choose another name, or --renew it.")
        if fault := keys.name_fault(name):
            raise CommandError(fault)
        key, text = keys.issue(name, scopes, expires_at=expires_at)
        self.stdout.write(f"Made the key {key.name} ({', '.join(key.scopes)}){_until(key)}. Shown this once:")
        self.stdout.write(text)


def _until(key: ApiKey) -> str:
    return f", which works until {moments.show(key.expires_at)}" if key.expires_at else ""
