"""Items as wholes: while something is done to all posts of one, nobody gives it others or takes some away."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import islice

from social_queue.models import PlatformAccount, Post, QueueItem
from social_queue.operations.changing import ending
from social_queue.operations.done import Done
from social_queue.operations.pressing import Pressing
from social_queue.workings.deadlocks import again, atomic

#: Items in one transaction: enough that its end costs little, few enough that nobody waits long for their rows.
_TOGETHER = 100

#: ``operation(posts, now=…, press=…)`` of ``operations.posts``.
Operation = Callable[..., Done]


def do(items: Iterable[QueueItem], operation: Operation, *, now: datetime, press: Pressing) -> Done:
    """``operation`` on all posts of items as they are when it is done; those without posts are left alone."""
    done, rest = Done(), iter(items)
    while together := list(islice(rest, _TOGETHER)):
        done += _do(together, operation, now, press, alone=False)
    return done


def do_or_end(item: QueueItem, operation: Operation, *, now: datetime, press: Pressing) -> Done:
    """The same of one item; one that has no posts, a draft or a skipped one, is cancelled itself."""
    return _do([item], operation, now, press, alone=True)


@again
def _do(items: list[QueueItem], operation: Operation, now: datetime, press: Pressing, *, alone: bool) -> Done:
    noted = press.afresh()
    with atomic(*items):
        posts = _held(items)
        done = Done()
        for _item, reason in ending.end(items, noted) if alone else ():
            done.add(reason)
        done += operation(posts, now=now, press=noted)
    press.add(noted)
    return done


def _held(items: Sequence[QueueItem]) -> list[Post]:
    """All posts of the items, locked with them; the items have the status that they have now."""
    by_id = {item.pk: item for item in items}
    # Posts first, as whoever claims them does. Whoever lays down or takes away posts holds their item, so that what
    # was read before the items are held may be another thing after it.
    _posts(by_id)
    rows = QueueItem.objects.select_for_update().filter(pk__in=list(by_id)).order_by("pk")
    for pk, status in rows.values_list("pk", "status"):
        if by_id[pk].status != status:
            by_id[pk].refresh_from_db(fields=["status"])
    posts, accounts = _posts(by_id), PlatformAccount.objects.in_bulk()
    for post in posts:
        # A join would read, and lock, items and accounts once for each post.
        post.item, post.account = by_id[post.item_id], accounts[post.account_id]
    return posts


def _posts(items: Iterable[int]) -> list[Post]:
    return list(Post.objects.select_for_update().filter(item__in=list(items)).order_by("pk"))
