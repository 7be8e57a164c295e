"""`manage.py sandbox`: the pretended platforms on a local port."""

import signal
import threading

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from connectors.sandbox import Sandbox
from connectors.texts.sentences import plain
from social_queue.demo.names import AccountNames


class Command(BaseCommand):
    """Serves Facebook, Instagram, Telegram, X and Bitly as they are documented, and a wall to look at."""

    help = "Serve the pretended platforms; the wall is the page at /."
    requires_system_checks: list = []

    def add_arguments(self, parser: CommandParser) -> None:
        """--port, default SANDBOX_PORT."""
        parser.add_argument("--port", type=int, default=settings.SANDBOX_PORT, help="local port (0: any free one)")

    def handle(self, *args, port: int, **options) -> None:
        """Serve until SIGTERM or Ctrl-C."""
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        try:
            with Sandbox(port=port, names=AccountNames()) as running:
                self.stdout.write(f"The wall is at {running.url}/ (as data: {running.url}/wall.json)")
                self.stdout.flush()
                stopped.wait()
        except (OSError, OverflowError) as fault:
            raise CommandError(f"Port {port} can't be used: {plain(fault)}. Choose another with --port.") from fault
