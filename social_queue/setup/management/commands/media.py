"""`manage.py media`: all pictures into one file, or out of one into wherever MEDIA_STORAGE says; strays among them."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from connectors.texts.sentences import plain
from social_queue.media import archive, strays


class Command(BaseCommand):
    """Saves, loads, or looks for strays."""

    help = (
        "save: write every uploaded, copied and drawn picture into FILE (tar). load: keep what is in FILE and not here "
        "yet, in the folder or bucket of MEDIA_STORAGE. strays: name the uploads that are a month old and that nothing "
        "names any more, and take them away with --remove; not where two sites share one place for files. All may be "
        "done while the site runs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to do, and with which file."""
        parser.add_argument("act", choices=["save", "load", "strays"])
        parser.add_argument("file", type=Path, nargs="?")
        parser.add_argument("--remove", action="store_true", help="of strays: take them away")

    def handle(self, *args: Any, act: str, file: Path | None, remove: bool, **options: Any) -> None:
        """Do it and print counts."""
        if (file is None) != (act == "strays") or (remove and act != "strays"):
            raise CommandError("It is: media save FILE, media load FILE, media strays, or media strays --remove.")
        try:
            if file is None:
                self._strays(remove=remove)
            elif act == "save":
                self.stdout.write(f"{archive.save(file)} files saved.")
            else:
                came, here = archive.load(file)
                self.stdout.write(f"{came} files loaded, {here} were here.")
        except OSError as fault:
            raise CommandError(f"{fault.filename or file or 'The place for files'}: {plain(fault)}") from fault
        except ValueError as fault:
            raise CommandError(str(fault)) from fault

    def _strays(self, *, remove: bool) -> None:
        names = strays.found(timezone.now())
        for name in names:
            self.stdout.write(name)
        if remove:
            self.stdout.write(f"{strays.remove(names)} files removed.")
        else:
            self.stdout.write(f"{len(names)} files that nothing names any more; --remove takes them away.")
