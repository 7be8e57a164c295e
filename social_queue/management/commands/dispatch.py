"""`manage.py dispatch`: publish everything that is due now."""

import contextlib
import dataclasses
import json
import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import Max
from django.utils import timezone

from social_queue.delivery import dispatch
from social_queue.delivery.ending import Ending
from social_queue.management import output
from social_queue.models import Post, PostStatus
from social_queue.upkeep import health

#: What ends a command: a service manager or `timeout`, Ctrl-C, a terminal that is closed.
_STOPS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Command(BaseCommand):
    """Publishes what is due and exits 0, whatever became of the posts; with --loop it stays.

    Told to stop it claims nothing more and finishes what it has in hand.
    """

    help = "Publish everything that is due now."

    def add_arguments(self, parser: CommandParser) -> None:
        """--loop and --json."""
        parser.add_argument("--loop", action="store_true", help="go on until stopped by SIGTERM or Ctrl-C")
        parser.add_argument("--json", action="store_true", help="print one JSON object for each try")

    def handle(self, *args, loop: bool, json: bool, **options) -> None:
        """Drain once, or drain and wait until a signal comes."""
        self.as_json, self.stopped, self.heard = json, False, True
        with self._heeding():
            go = dispatch.stay if loop else dispatch.drain
            counts = go(clock=timezone.now, report=self._report, stopped=lambda: self.stopped)
        if not json:
            self._sum_up(counts, timezone.now())

    def _sum_up(self, counts: Counter[str], now: datetime) -> None:
        if counts:
            self._say(", ".join(f"{number} {outcome}" for outcome, number in sorted(counts.items())))
        held = Post.objects.filter(status=PostStatus.PUBLISHING, lease_until__gt=now)
        if self.stopped and (left := health.due(now).count()):
            self._say(f"Stopped: {left} posts are due and were left.")
        elif waiting := health.due(now).filter(account__in=held.values("account")).count():
            until = held.aggregate(until=Max("lease_until"))["until"]
            moment = f"{until:%Y-%m-%d %H:%M:%S} UTC" if until else "a moment ago"
            self._say(f"{waiting} posts are due, but another holds their accounts until {moment} at most.")
        elif not counts:
            self._say("Nothing was due.")

    def _report(self, ending: Ending) -> None:
        if self.as_json:
            told = dataclasses.asdict(ending)
            # An object about a post says nothing of parts.
            told = told if ending.part > 1 else {name: value for name, value in told.items() if name != "part"}
            self._say(json.dumps(told, ensure_ascii=False))
        else:
            part = f", follow-up {ending.part - 1}" if ending.part > 1 else ""
            self._say(f"post {ending.post} on {ending.account}{part}: {ending.outcome}")

    def _say(self, words: str) -> None:
        """To whoever reads along; posts go out all the same when nobody does any more."""
        if not self.heard or (out := getattr(self.stdout, "_out", None)) is None:
            return
        try:
            self.stdout.write(words)
            self.stdout.flush()
        except (OSError, ValueError):
            self.heard = False
            if out is sys.stdout:
                output.give_up()

    @contextlib.contextmanager
    def _heeding(self) -> Iterator[None]:
        """A signal that is ignored, as a terminal's end is under nohup, still is; only the main thread gets any."""
        main = threading.current_thread() is threading.main_thread()
        before = {number: signal.getsignal(number) for number in _STOPS} if main else {}
        heeded = {number: was for number, was in before.items() if was is not signal.SIG_IGN}
        for number in heeded:
            signal.signal(number, self._stop)
        try:
            yield
        finally:
            for number, was in heeded.items():
                signal.signal(number, was)

    def _stop(self, *signal_and_frame) -> None:
        self.stopped = True
