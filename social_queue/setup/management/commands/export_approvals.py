"""`manage.py export_approvals`: who let go out what, as CSV."""

from datetime import datetime

from django.core.management.base import BaseCommand, CommandError, CommandParser

from social_queue.operations import evidence
from social_queue.reading import moments


class Command(BaseCommand):
    """Every approval of a span of time, with what it was given for and what went out of it."""

    help = "Write the approvals of a span of time as CSV: who, when, the exact words and pictures, and what went out."

    def add_arguments(self, parser: CommandParser) -> None:
        """From when, and until when."""
        parser.add_argument("--since", help="approved at this ISO 8601 moment or later")
        parser.add_argument("--until", help="approved before this moment")

    def handle(self, *args, since: str | None, until: str | None, **options) -> None:
        """Print the file."""
        span = {"since": _moment("since", since), "until": _moment("until", until)}
        for line in evidence.lines(**span):
            self.stdout.write(line.rstrip("\r\n"))


def _moment(name: str, text: str | None) -> datetime | None:
    try:
        return moments.parse(text) if text else None
    except ValueError as fault:
        raise CommandError(f"--{name} {text!r}: {fault}") from None
