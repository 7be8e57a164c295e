"""Two changes of accounts that wait for the next statement of their transaction where they can."""

from social_queue import kept
from social_queue.models import PlatformAccount


@kept.change
def say(*, ids: list[int], words: str) -> kept.Change:
    """Nothing can be wrong with it."""
    return kept.Change(PlatformAccount.objects.filter(pk__in=ids), last_error=words)


@kept.change
def rename(*, ids: list[int], slug: str) -> kept.Change:
    """Another may have the name already."""
    return kept.Change(PlatformAccount.objects.filter(pk__in=ids), slug=slug)
