"""`manage.py subscribe`: let a program be told what happens."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from social_queue.events import receivers
from social_queue.models import EventType


class Command(BaseCommand):
    """Creates the subscription; the last line is its secret alone."""

    help = "Create an outgoing subscription; prints its secret alone on the last line."

    def add_arguments(self, parser: CommandParser) -> None:
        """The address, and which events, if not all."""
        parser.add_argument("url", help="where events are POSTed to")
        known = ", ".join(EventType.values)
        parser.add_argument(
            "--event",
            nargs="+",
            action="extend",
            metavar="NAME",
            default=[],
            help=f"one or several of {known}; default: all",
        )

    def handle(self, *args, url: str, event: list[str], **options) -> None:
        """Refuse what can't be told anything before it is stored."""
        try:
            subscription, secret = receivers.make(url, event)
        except receivers.BadSubscription as fault:
            raise CommandError(str(fault)) from None
        self.stdout.write(f"Subscription {subscription.pk} is told {', '.join(subscription.types) or 'all events'}.")
        self.stdout.write("Its signing secret, shown this once:")
        self.stdout.write(secret)
