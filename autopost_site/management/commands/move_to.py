"""`manage.py move_to URL`: carry the whole site into another, empty database."""

import getpass
import sys
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error

from autopost_site.moving import copying, living, places
from connectors.texts.sentences import ended


class Command(BaseCommand):
    """Any of SQLite, MariaDB, MySQL and PostgreSQL to any other; this database is only read."""

    help = "Copy everything into another database, which `migrate` has made and which is empty; changes nothing here."

    def add_arguments(self, parser: CommandParser) -> None:
        """The address, as DATABASE_URL has it."""
        parser.add_argument("url", help="address of the other database; - asks for it without showing it")

    def handle(self, *args, url: str, **options) -> None:
        """Look, copy, compare, and say what to do next."""
        url = _asked() if url == "-" else url
        try:
            target = places.open_place(url)
            self._write_at_once("Waiting until no worker can be alive, for a minute and a half at most.")
            trouble = living.trouble()
            if trouble:
                raise CommandError(trouble)
            rows = copying.copy(target, report=self._say, under_way=self._say_how_far)
        except (places.NoPlace, copying.NotMoved) as fault:
            raise CommandError(f"{fault} Nothing was moved.") from fault
        except Error as fault:
            # Of either database: they are away, or somebody holds this one, which is SQLite's whole file.
            raise CommandError(
                f"A database can't be used: {ended(str(fault))} Stop the workers and the web on every host, then "
                "move. Nothing was moved."
            ) from fault
        self.stdout.write(
            f"{rows} rows copied; every table counts as many there as here. Next:\n"
            f"  1. put the new address into .env: DATABASE_URL={_shown(url)}\n"
            "  2. python manage.py doctor\n"
            "  3. start the web and the workers again, on every host with the new address\n"
            "Keep the old database until you are content, and start nothing on it: its posts would go out twice."
        )

    def _say(self, table: str, rows: int) -> None:
        if rows:
            self._write_at_once(f"{table}: {rows}")

    def _say_how_far(self, table: str, copied: int, whole: int) -> None:
        self._write_at_once(f"{table}: {copied} of {whole} …")

    def _write_at_once(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _asked() -> str:
    return getpass.getpass("Address of the other database: ") if sys.stdin.isatty() else sys.stdin.readline().strip()


def _shown(url: str) -> str:
    """The address without its password."""
    secret = urlsplit(url).password
    return url.replace(f":{secret}@", ":…@", 1) if secret else url
