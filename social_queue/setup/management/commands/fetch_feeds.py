"""`manage.py fetch_feeds`: look at the feeds that are due, or at one now."""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from connectors.texts.sentences import known
from social_queue.feeds import looking
from social_queue.models import Feed

_NONE = "There is no feed yet: add one with `manage.py feed`."


class Command(BaseCommand):
    """Prints a line a feed: how many entries were new, known and bad."""

    help = "Look at all feeds that are due, or at one now."

    def add_arguments(self, parser: CommandParser) -> None:
        """One of them, or all that are due."""
        parser.add_argument("slug", nargs="?", help="this one now; left out: all that are due")

    def handle(self, *args, slug: str | None, **options) -> None:
        """A feed that can't be read is named, and the others go on."""
        if slug is not None:
            feed = Feed.objects.filter(slug=slug).first()
            if feed is None:
                slugs = Feed.objects.order_by("slug").values_list("slug", flat=True)
                raise CommandError(f"There is no feed {slug!r}. {known(slugs, none=_NONE)}")
            looked = {feed.slug: looking.fetch(feed, clock=timezone.now)}
        else:
            looked = looking.fetch_due(clock=timezone.now)
        for name, counts in looked.items():
            told = ", ".join(f"{counts[kind]} {kind}" for kind in (looking.NEW, looking.KNOWN, looking.BAD))
            self.stdout.write(f"{name}: {told}")
            feed = Feed.objects.get(slug=name)
            for sentence in filter(None, [feed.error, *feed.notes]):
                self.stderr.write(f"{name}: {sentence}")
        if not looked:
            self.stdout.write("No feed is due." if Feed.objects.exists() else _NONE)
