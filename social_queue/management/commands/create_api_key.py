"""`manage.py create_api_key`: let a generator push content in, or a script read what became of it."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from social_queue import keys
from social_queue.models import ApiKey


class Command(BaseCommand):
    """Prints the key alone on the last line; it is not stored and can't be shown again."""

    help = "Make an API key and print it, once. Its name is the source of what it pushes."

    def add_arguments(self, parser) -> None:
        """Name, scopes, and what to do when the name is taken."""
        parser.add_argument("name", help="whose key it is, such as “rtp-bot”")
        parser.add_argument(
            "--scope",
            choices=keys.SCOPES,
            action="append",
            help="what the key may do; give it twice for both, which is also the default",
        )
        parser.add_argument("--renew", action="store_true", help="replace the secret of the key with this name")
        parser.add_argument("--revoke", action="store_true", help="stop the key with this name")

    def handle(self, *args, name: str, scope: list[str] | None, renew: bool, revoke: bool, **options) -> None:
        """Make, renew or stop one key."""
        key = ApiKey.objects.filter(name=name).first()
        if not (renew or revoke):
            self._make(name.strip(), scope or list(keys.SCOPES), taken=key is not None)
        elif key is None:
            raise CommandError(f"There is no key named {name!r}.")
        elif revoke:
            stopped = keys.revoke(key, now=timezone.now())
            self.stdout.write(f"The key {name} {'no longer works' if stopped else 'did not work before'}.")
        else:
            self.stdout.write(f"The old secret of {name} no longer works. Its new key, shown this once:")
            self.stdout.write(keys.renew(key))

    def _make(self, name: str, scopes: list[str], *, taken: bool) -> None:
        if taken:
            raise CommandError(f"There is a key named {name!r} already: choose another name, or --renew it.")
        if not 1 <= len(name) <= ApiKey._meta.get_field("name").max_length:
            raise CommandError("A name must have 1 to 100 characters.")
        key, text = keys.issue(name, scopes)
        self.stdout.write(f"Made the key {key.name} ({', '.join(key.scopes)}). Shown this once:")
        self.stdout.write(text)
