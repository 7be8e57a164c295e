"""`manage.py mcp`: a Model Context Protocol server on standard input and output, for agents."""

import importlib
import sys

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Speaks to the API of AUTOPOST_URL with AUTOPOST_KEY, as any other client; it may run on another machine."""

    help = "Serve the Model Context Protocol on standard input and output; heeds AUTOPOST_URL and AUTOPOST_KEY."
    # Nothing but the protocol may stand on standard output.
    requires_system_checks = ()

    def handle(self, *args, **options) -> None:
        """Until standard input ends."""
        sys.path.insert(0, str(settings.BASE_DIR / "clients" / "python"))
        try:
            server = importlib.import_module("autopost_client.mcp_server")
        except ImportError as fault:
            raise CommandError(
                f"{fault}: install the SDK with `.venv/bin/python -m pip install './clients/python[mcp]'`."
            ) from fault
        server.main()
