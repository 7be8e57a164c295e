"""`manage.py feed`: let a feed's new entries become items, or change how."""

import argparse
import copy
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from connectors.texts.sentences import plain
from social_queue.feeds import asking, sources, trial
from social_queue.models import Feed
from social_queue.reading import strict_json


class Command(BaseCommand):
    """Creates the feed, or changes what is named when the slug exists; looks at the address before it is stored."""

    help = "Create a feed source or update it."

    def add_arguments(self, parser: CommandParser) -> None:
        """The slug, its address, and whatever is to be set; what is left out stays as it is."""
        yes_or_no = argparse.BooleanOptionalAction
        parser.add_argument("slug", help="its short name, and the source of its items")
        parser.add_argument("url", help="where the RSS, Atom or JSON feed stands")
        parser.add_argument("--every", type=int, metavar="MINUTES", help="how often it is looked at (default: 30)")
        parser.add_argument("--channels", metavar="A,B", help="where its items go; empty: every account")
        parser.add_argument("--draft", action=yes_or_no, default=None, help="items wait for an editor")
        parser.add_argument("--slots", action=yes_or_no, default=None, help="items go into the next free slots")
        parser.add_argument("--map", metavar="FILE", help="a JSON file: our field's name, then the path in an entry")
        parser.add_argument("--newest", type=int, metavar="N", help="how many the first look takes (default: 10)")
        parser.add_argument(
            "--unchecked", action="store_true", help="store it although it can't be reached, or a rule leads to nothing"
        )
        paused = parser.add_mutually_exclusive_group()
        paused.add_argument("--pause", action="store_true", help="look at it no more until --resume")
        paused.add_argument("--resume", action="store_true")

    def handle(self, *args, slug: str, url: str, **options) -> None:
        """Validate everything before anything is written."""
        feed = Feed.objects.filter(slug=slug).first() or Feed(slug=slug)
        before = copy.copy(feed) if feed.pk else None
        self._set(feed, url, options)
        if faults := sources.faults_of(feed):
            raise CommandError("\n".join(f"{field}: {' '.join(told)}" for field, told in faults.items()))
        read_otherwise = before is None or (before.url, before.field_map) != (feed.url, feed.field_map)
        self._try(feed, unchecked=options["unchecked"], read_otherwise=read_otherwise)
        sources.look_anew(feed, before)
        feed.save()
        facts = [f"every {feed.every_minutes} minutes", *(["as drafts"] if feed.arrives_as_draft else [])]
        facts += ["into slots"] if feed.into_slots else []
        facts += ["field map"] if feed.field_map else []
        facts += ["paused"] if feed.paused else []
        self.stdout.write(f"{'Updated' if before else 'Added'} {feed.slug} ({', '.join(facts)}).")
        self.stdout.write(f"A worker looks at it by itself; `manage.py fetch_feeds {feed.slug}` does it now.")

    def _set(self, feed: Feed, url: str, options: dict) -> None:
        changes = {
            "url": url,
            "every_minutes": options["every"],
            "newest": options["newest"],
            "arrives_as_draft": options["draft"],
            "into_slots": options["slots"],
            "field_map": self._read_map(Path(options["map"])) if options["map"] else None,
            "default_channels": _words(options["channels"]) if options["channels"] is not None else None,
            "paused": True if options["pause"] else False if options["resume"] else None,
        }
        for name, value in changes.items():
            if value is not None:
                setattr(feed, name, value)

    def _try(self, feed: Feed, *, unchecked: bool, read_otherwise: bool) -> None:
        try:
            found = trial.look(feed, now=timezone.now())
        except asking.Trouble as trouble:
            if not (unchecked and trouble.passing):
                way = " Nothing was stored; try again, or add --unchecked." if trouble.passing else ""
                raise CommandError(f"{feed.url}: {trouble.sentence}{way}") from trouble
            self.stderr.write(f"{feed.url}: {trouble.sentence} It is looked at again by itself.")
            return
        self.stdout.write(f"“{found.title or feed.url}” has {found.count} entries.")
        for note in (*found.notes, *found.nowhere):
            self.stderr.write(note)
        for name, told in (pair for one in found.trials for pair in one.faults.items()):
            self.stderr.write(f"One of its newest entries could not be used as it is: {name} {' '.join(told)}")
        if found.nowhere and read_otherwise and not unchecked:
            raise CommandError("Nothing was stored: a rule of the map leads to nothing. Mend it, or add --unchecked.")

    def _read_map(self, path: Path) -> object:
        try:
            return strict_json.parse(path.read_bytes())
        except (OSError, strict_json.NotJson) as fault:
            raise CommandError(f"--map {path}: {plain(fault)}") from fault


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]
