"""`manage.py media`: all pictures into one file, or out of one into wherever MEDIA_STORAGE says."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from social_queue.media import archive


class Command(BaseCommand):
    """Saves or loads."""

    help = (
        "save: write every uploaded, copied and drawn picture into FILE (tar). load: keep what is in FILE and not here "
        "yet, in the folder or bucket of MEDIA_STORAGE. Both may be done while the site runs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to do, and with which file."""
        parser.add_argument("act", choices=["save", "load"])
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, act: str, file: Path, **options: Any) -> None:
        """Do it and print counts."""
        try:
            if act == "save":
                self.stdout.write(f"{archive.save(file)} files saved.")
            else:
                came, here = archive.load(file)
                self.stdout.write(f"{came} files loaded, {here} were here.")
        except (OSError, ValueError) as fault:
            raise CommandError(str(fault)) from fault
