"""`manage.py dispatch`: publish everything that is due now."""

import dataclasses
import json
import signal

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from social_queue.delivery import dispatch
from social_queue.delivery.ending import Ending


class Command(BaseCommand):
    """Publishes what is due and exits 0, whatever became of the posts; with --loop it stays."""

    help = "Publish everything that is due now."

    def add_arguments(self, parser: CommandParser) -> None:
        """--loop and --json."""
        parser.add_argument("--loop", action="store_true", help="go on until stopped by SIGTERM or Ctrl-C")
        parser.add_argument("--json", action="store_true", help="print one JSON object for each try")

    def handle(self, *args, loop: bool, json: bool, **options) -> None:
        """Drain once, or drain and wait until a signal comes."""
        self.as_json, self.stopped = json, False
        if loop:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, self._stop)
            counts = dispatch.stay(clock=timezone.now, report=self._report, stopped=lambda: self.stopped)
        else:
            counts = dispatch.drain(clock=timezone.now, report=self._report)
        if not json:
            words = ", ".join(f"{number} {outcome}" for outcome, number in sorted(counts.items()))
            self.stdout.write(words or "Nothing was due.")

    def _report(self, ending: Ending) -> None:
        if self.as_json:
            told = dataclasses.asdict(ending)
            # An object about a post says nothing of parts.
            told = told if ending.part > 1 else {name: value for name, value in told.items() if name != "part"}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            self.stdout.flush()
        else:
            part = f", follow-up {ending.part - 1}" if ending.part > 1 else ""
            self.stdout.write(f"post {ending.post} on {ending.account}{part}: {ending.outcome}")

    def _stop(self, *signal_and_frame) -> None:
        self.stopped = True
