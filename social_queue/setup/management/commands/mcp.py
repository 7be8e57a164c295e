"""`manage.py mcp`: a Model Context Protocol server for agents, on standard input and output or over HTTP."""

import argparse
import importlib
import sys
from types import ModuleType

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    """Speaks to the API of AUTOPOST_URL with AUTOPOST_KEY, as any other client; it may run on another machine."""

    help = (
        "Serve the Model Context Protocol on standard input and output, for AUTOPOST_KEY; with --http to whoever sends "
        "a key of his own. AUTOPOST_URL says which desk."
    )
    # Nothing but the protocol may stand on standard output.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """As ``autopost-mcp`` has them."""
        _server().add_arguments(parser)

    def handle(self, *args, **options) -> None:
        """Until standard input ends, or until told to stop."""
        _server().run(argparse.Namespace(**options))


def _server() -> ModuleType:
    place = str(settings.BASE_DIR / "clients" / "python")
    if place not in sys.path:
        sys.path.insert(0, place)
    try:
        return importlib.import_module("autopost_client.mcp_server")
    except ImportError as fault:
        raise CommandError(
            f"{fault}: install the SDK with `.venv/bin/python -m pip install './clients/python[mcp]'`."
        ) from fault
