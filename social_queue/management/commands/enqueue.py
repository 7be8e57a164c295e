"""`manage.py enqueue FILE`: queue what a file holds, as if a generator had pushed it."""

import sys
from collections import Counter
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone
from tqdm import tqdm

from connectors.texts.sentences import plain
from social_queue.intake import ingest
from social_queue.intake.files import row_files
from social_queue.intake.files.rows import Row
from social_queue.intake.receipts import Receipt, invalid
from social_queue.reading.strict_json import NotJson
from social_queue.upkeep import charset

_LETTER = (
    "holds a letter that this site's database can't keep, such as an emoji: `manage.py doctor` names the statements "
    "that mend it."
)


class Command(BaseCommand):
    """Good rows go in, bad ones are named with their line; exit code 1 if any was bad."""

    help = "Queue the items of a file: a JSON object or array, JSON Lines, or CSV with a header."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file and how to take it."""
        parser.add_argument("file", help="the file, or - for standard input")
        parser.add_argument("--source", default="file", help="what the items' source is called (default: file)")
        parser.add_argument("--format", choices=row_files.FORMATS, default="", help="if the name does not say it")
        parser.add_argument("--draft", action="store_true", help="let the items wait for an editor")

    def handle(self, *args, file: str, source: str, format: str, draft: bool, **options) -> None:
        """Print one line a bad row, then the counts."""
        if not 1 <= len(source) <= 100:
            raise CommandError("--source must have 1 to 100 characters.")
        try:
            rows = row_files.read(_bytes(file), name="" if file == "-" else file, kind=format)
        except NotJson as fault:
            raise CommandError(f"{file}: {fault}") from fault
        counts: Counter = Counter()
        for row in tqdm(rows, unit="item", file=sys.stderr, disable=not sys.stderr.isatty()):
            receipt = _take(row, source=source, draft=draft)
            counts[_kind(receipt)] += 1
            with tqdm.external_write_mode(file=sys.stderr):
                self._complain(row, receipt)
        self.stdout.write(
            f"{counts['queued']} queued, {counts['skipped']} skipped (cooldown), "
            f"{counts['replayed']} already there, {counts['bad']} bad."
        )
        if counts["bad"]:
            raise CommandError(f"{counts['bad']} of {len(rows)} rows were bad; nothing of them was kept.")

    def _complain(self, row: Row, receipt: Receipt) -> None:
        for name, sentences in receipt.body.get("error", {}).get("fields", {}).items():
            self.stderr.write(f"line {row.line}: {name} {' '.join(sentences)}")


def _bytes(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as fault:
        raise CommandError(f"{file}: {plain(fault)}") from fault


def _take(row: Row, *, source: str, draft: bool) -> Receipt:
    if row.faults:
        return invalid(row.faults)
    try:
        return ingest.receive(row.payload, source=source, now=timezone.now(), draft=draft)
    except DatabaseError as fault:
        if not charset.refused_a_letter(fault):
            raise
        return invalid({"body": [_LETTER]})


def _kind(receipt: Receipt) -> str:
    if receipt.item is None:
        return "bad"
    if receipt.replayed:
        return "replayed"
    return "skipped" if receipt.item.status == "skipped" else "queued"
