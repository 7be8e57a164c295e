"""Items that have no posts yet end, many in one transaction."""

from collections.abc import Iterable, Iterator
from itertools import islice

from django.utils.translation import gettext as _

from social_queue import states
from social_queue.models import ItemStatus, QueueItem
from social_queue.operations.pressing import Pressing
from social_queue.workings.deadlocks import again, atomic

#: What an item is that has no posts.
WITHOUT_POSTS = (ItemStatus.DRAFT, ItemStatus.SKIPPED)
_TOGETHER = 250


def changed_meanwhile() -> str:
    """Why what was changed after it was read is left alone."""
    return _("was changed meanwhile")


def end(items: Iterable[QueueItem], press: Pressing) -> Iterator[tuple[QueueItem, str]]:
    """Each is cancelled; yields it with the reason where it was not."""
    items = list(items)
    for status in WITHOUT_POSTS:
        rest = (item for item in items if item.status == status)
        while together := list(islice(rest, _TOGETHER)):
            yield from _ended(together, status, press)


def _ended(items: list[QueueItem], status: str, press: Pressing) -> Iterator[tuple[QueueItem, str]]:
    before = [press.look_at_item(item) for item in items]
    for item, was, done in zip(items, before, _end(items, status), strict=True):
        if done:
            press.took_item(item, was)
        yield item, "" if done else changed_meanwhile()


@again
def _end(items: list[QueueItem], status: str) -> list[bool]:
    with atomic(*items):
        return states.mark_items([(item, {}) for item in items], ItemStatus.CANCELLED, expected=status)
