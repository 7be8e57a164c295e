"""`manage.py retry_failed`: try failed posts again."""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import QuerySet
from django.utils import timezone

import connectors
from social_queue.models import Attempt, Post
from social_queue.operations import posts as post_operations
from social_queue.reading import moments


class Command(BaseCommand):
    """All failed posts, or those of one platform or since a moment."""

    help = "Try failed posts again: all of them, or a selection."

    def add_arguments(self, parser: CommandParser) -> None:
        """--platform and --since."""
        parser.add_argument("--platform", help=f"{', '.join(connectors.names())} or an alias")
        parser.add_argument("--since", help="only posts whose last attempt began at this ISO 8601 moment or later")

    def handle(self, *args, platform: str | None, since: str | None, **options) -> None:
        """Print how many were taken and why others were not."""
        posts = Post.objects.filter(status=Post.Status.FAILED).select_related("item", "account").order_by("pk")
        elsewhere = ""
        if platform is not None:
            name, elsewhere = connectors.resolve_alias(platform), self._where(posts)
            if name is None:
                raise CommandError(f"--platform {platform!r} is not known. {elsewhere}")
            posts = posts.filter(platform=name)
            elsewhere = "" if posts.exists() else elsewhere
        if since is not None:
            recent = Attempt.objects.filter(started_at__gte=self._moment(since))
            posts = posts.filter(pk__in=recent.values("post"))
        done = post_operations.retry(posts, now=timezone.now())
        self.stdout.write(f"{done.taken} failed posts will be tried again.")
        if elsewhere:
            self.stdout.write(elsewhere)
        for reason, number in done.skipped.items():
            self.stdout.write(f"{number} left alone: {reason}.")

    def _where(self, failed: QuerySet[Post]) -> str:
        platforms = sorted(set(failed.order_by().values_list("platform", flat=True)))
        return f"Posts have failed on: {', '.join(platforms)}." if platforms else "No post has failed."

    def _moment(self, text: str):
        try:
            return moments.parse(text)
        except ValueError as fault:
            raise CommandError(f"--since {text!r}: {fault}") from fault
