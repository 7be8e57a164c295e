"""`manage.py preview FILE_OR_ID`: the captions as they would go out; sends and stores nothing."""

import json
from collections.abc import Callable
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

import connectors
from connectors.texts.sentences import plain
from social_queue.accounts import channels
from social_queue.intake.files import row_files
from social_queue.intake.files.rows import Row
from social_queue.intake.incoming import Malformed, normalise
from social_queue.models import QueueItem
from social_queue.operations import previews
from social_queue.reading.strict_json import NotJson

_NO_ACCOUNT = "No account is active: add one with `manage.py add_account`, or resume one in the desk."


class Command(BaseCommand):
    """Captions with length used and limit; exit code 1 if a row could not be read."""

    help = "Show the captions of a queued item (its number) or of a file, without sending anything."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to preview, for which platform, and in which form."""
        parser.add_argument("what", metavar="FILE_OR_ID", help="a file as `enqueue` takes it, or an item's number")
        parser.add_argument("--platform", default="", help="only this platform, by name or alias")
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args, what: str, platform: str, json: bool, **options) -> None:
        """Print each caption; name bad rows with their line."""
        name = connectors.resolve_alias(platform) if platform else ""
        if name is None:
            raise CommandError(f"There is no platform {platform!r}. Known: {', '.join(connectors.names())}.")
        show = self._as_json if json else self._as_text
        if what.isdecimal() and not Path(what).exists():
            self._item(int(what), name, show)
        else:
            self._file(Path(what), name, show)

    def _item(self, pk: int, platform: str, show: Callable[[dict], None]) -> None:
        item = QueueItem.objects.filter(pk=pk).first()
        if item is None:
            raise CommandError(f"There is no item {pk}.")
        try:
            rows = list(previews.of_item(item))
        except channels.UnknownChannels as fault:
            raise CommandError(str(fault)) from fault
        for row in _on(platform, rows):
            show({"item": pk} | row)
        self._say_where(platform, rows)

    def _file(self, path: Path, platform: str, show: Callable[[dict], None]) -> None:
        try:
            rows = row_files.read(path.read_bytes(), name=path.name)
        except (OSError, NotJson) as fault:
            raise CommandError(f"{path}: {plain(fault)}") from fault
        bad = 0
        captions: list[dict] = []
        for row in rows:
            try:
                incoming = normalise(_payload(row), now=timezone.now(), source="preview", to_look=True)
            except Malformed as fault:
                bad += 1
                self.stderr.write(f"line {row.line}: {fault}")
                continue
            captions += [{"item": None} | caption for caption in previews.of_incoming(incoming)]
        for caption in _on(platform, captions):
            show(caption)
        if bad:
            raise CommandError(f"{bad} of {len(rows)} rows were bad.")
        self._say_where(platform, captions)

    def _say_where(self, platform: str, captions: list[dict]) -> None:
        """Where nothing was shown: the platforms that could have been named."""
        if not _on(platform, captions):
            others = ", ".join(sorted({caption["platform"] for caption in captions}))
            told = f"It goes to: {others}." if others else _NO_ACCOUNT
            raise CommandError(f"Nothing goes to {platform or 'any account'}. {told}")

    def _as_json(self, row: dict) -> None:
        self.stdout.write(json.dumps(row, ensure_ascii=False))

    def _as_text(self, row: dict) -> None:
        title = f"{row['account']} ({row['platform']}): {row['length']} of {row['limit']}"
        self.stdout.write(f"── {title} {'─' * max(3, 76 - len(title))}")
        self.stdout.write(row["caption"])
        for problem in row["problems"]:
            self.stdout.write(f"! {problem['message']}")
        self.stdout.write("")


def _on(platform: str, captions: list[dict]) -> list[dict]:
    return [caption for caption in captions if platform in ("", caption["platform"])]


def _payload(row: Row) -> object:
    if row.faults:
        raise Malformed(row.faults)
    return row.payload
