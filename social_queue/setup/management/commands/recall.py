"""`manage.py recall`: take back what should not have gone out."""

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from social_queue.models import Post
from social_queue.operations.recalling import asking, selecting
from social_queue.reading import moments

_SHOWN = 20


class Command(BaseCommand):
    """A selection of posts: said what would happen, and done with --yes."""

    help = "Take posts back: what waits is cancelled, what is out is deleted on its platform. Does it only with --yes."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which posts; all that is given must be true of one."""
        parser.add_argument(
            "--item", type=int, nargs="+", action="extend", metavar="ID", default=[], help="a queue item, or several"
        )
        parser.add_argument("--source", default="", help="what came in under this name")
        parser.add_argument("--since", help="out, or planned, at this ISO 8601 moment or later")
        parser.add_argument("--until", help="out, or planned, before this moment")
        parser.add_argument("--text", default="", help="with these words in caption, title or summary")
        parser.add_argument("--link", default="", help="with this in the link")
        parser.add_argument("--yes", action="store_true", help="do it")

    def handle(self, *args, yes: bool, **options: Any) -> None:
        """Print what would be done, or what was."""
        chosen = {name: options[name] for name in ("source", "text", "link")} | {"items": options["item"]}
        chosen |= {name: _moment(name, options[name]) for name in ("since", "until")}
        if not any(chosen.values()):
            raise CommandError("Say which posts: --item, --source, --since, --until, --text or --link.")
        now = timezone.now()
        if not yes:
            self._foresee(selecting.open_still(**chosen), now)
            return
        done, counts = selecting.recall(now=now, **chosen)
        self.stdout.write(f"{done.taken} posts are taken back: {_words(counts)}.")
        for reason, number in done.skipped.items():
            self.stdout.write(f"{number} left alone: {reason}.")
        if counts["deleted"] or counts["asked about first"]:
            wait = int(asking.undo_time().total_seconds())
            self.stdout.write(f"Deletions begin in {wait} seconds; a worker, dispatch or reconcile carries them out.")

    def _foresee(self, posts: list[Post], now: datetime) -> None:
        self.stdout.write(f"{len(posts)} posts would be taken back: {_words(selecting.foreseen(posts))}.")
        for post in posts[:_SHOWN]:
            stays = asking.why_it_stays(post, now=now) if post.status == Post.Status.PUBLISHED else ""
            kept = f" (stays: {stays} {post.permalink})" if stays else ""
            self.stdout.write(f"  {post.pk} {post.account.slug} {post.status}: {post.item.title[:60]}{kept}")
        if len(posts) > _SHOWN:
            self.stdout.write(f"  and {len(posts) - _SHOWN} more")
        if posts:
            self.stdout.write("Nothing was done. Say --yes to do it.")


def _words(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {what}" for what, number in sorted(counts.items())) or "none"


def _moment(name: str, text: str | None) -> datetime | None:
    try:
        return moments.parse(text) if text else None
    except ValueError as fault:
        raise CommandError(f"--{name} {text!r}: {fault}") from None
