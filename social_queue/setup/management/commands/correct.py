"""`manage.py correct`: another text for a post that is out."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from connectors.texts.sentences import plain
from social_queue.models import Post
from social_queue.operations.correcting import asking, choosing, judging

_ASKER = asking.Asker("manage.py correct")


class Command(BaseCommand):
    """Both texts are shown, and it is done with --yes."""

    help = "Change the text of a post that is out, where its platform lets us. Does it only with --yes."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which post, and how it shall read."""
        parser.add_argument("post", type=int, metavar="POST", help="its number")
        number = "one of its parts by its number in `parts` of GET posts/<id>: 2 is what follows it first"
        parser.add_argument("--part", type=int, default=choosing.ITSELF, metavar="N", help=number)
        words = parser.add_mutually_exclusive_group(required=True)
        words.add_argument("--text", help="{link} stands for the post's link")
        words.add_argument("--file", type=Path, help="a text in UTF-8")
        parser.add_argument("--yes", action="store_true", help="do it")

    def handle(self, *args, post: int, part: int, yes: bool, **options: Any) -> None:
        """Print what would be done, or what was."""
        row = Post.objects.select_related("item", "account").filter(pk=post).first()
        if row is None:
            raise CommandError(f"There is no post {post}.")
        text = _text(options)
        try:
            below = choosing.part_of(row, part)
            judged = judging.judge_part(below, text) if below else judging.judge(row, text)
            asking.check(row, below)
            if judged.faults:
                raise CommandError(" ".join(fault.message for fault in judged.faults))
            waits = asking.correct(row, judged.text, asker=_ASKER, now=timezone.now(), part=below) if yes else None
        except choosing.NoSuchPart as fault:
            raise CommandError(f"--part {fault}") from None
        except asking.NotNow as fault:
            raise CommandError(f"Post {post} ({row.account.slug}): {fault}") from None
        reads = below.text if below else row.caption
        self.stdout.write(f"It reads now:\n{reads}\n\nIt will read ({judged.length} of {judged.limit}):")
        self.stdout.write(judged.text)
        if not yes:
            self.stdout.write("\nNothing was done. Say --yes to do it.")
        elif waits is None:
            self.stdout.write("\nIt reads so already.")
        else:
            wait = int((waits.not_before - waits.asked_at).total_seconds())
            self.stdout.write(f"\nIt is changed in {wait} seconds; a worker, dispatch or reconcile carries it out.")


def _text(options: dict[str, Any]) -> str:
    if options["text"] is not None:
        return str(options["text"])
    try:
        return str(options["file"].read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeError) as fault:
        raise CommandError(f"{options['file']}: {plain(fault)}") from None
