"""Items at another time, many in one transaction: what of them has not been claimed yet."""

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from social_queue.models import Post, PostStatus, QueueItem
from social_queue.operations import post_acts
from social_queue.operations.done import Done
from social_queue.operations.pressing import Pressing
from social_queue.workings import kick
from social_queue.workings.deadlocks import again

#: Items in one transaction: enough that its end costs little, few enough that nobody waits long for their rows.
_TOGETHER = 250


class _Found(NamedTuple):
    """The posts as they were, those of them that were moved, the ids of the items that were, and of the expired."""

    posts: list[Post]
    free: list[Post]
    taken: set[int]
    expired: set[int]


def reschedule(
    items: Iterable[QueueItem], publish_at: datetime, *, now: datetime, press: Pressing
) -> tuple[Done, list[QueueItem]]:
    """Move them; which items were taken. One without posts, a draft, has its own time moved.

    What expires before that moment stays where it is: there it would be cancelled instead of going out.
    """
    moment, done, taken, rest = press.moment(publish_at), Done(), list[QueueItem](), iter(items)
    while together := list(islice(rest, _TOGETHER)):
        found = _move([item.pk for item in together], moment, now)
        free = {post.pk for post in found.free}
        for post in found.posts:
            done.add("" if post.pk in free else _why_left(post, found))
        for post in found.free:
            was = press.look(post)
            post.not_before, post.slot_at = moment, None
            press.took(post, was)
        with_posts = {post.item_id for post in found.posts}
        done.taken += len(found.taken - with_posts)
        for _item in found.expired - with_posts:
            done.add(_expires())
        for item in (item for item in together if item.pk in found.taken):
            before = press.look_at_item(item)
            item.publish_at, item.next_slot = moment, False
            press.took_item(item, before)
            taken.append(item)
    kick.kick_if_due(moment, now=now)
    return done, taken


def _why_left(post: Post, found: _Found) -> str:
    waits = post.status == PostStatus.PENDING and not post.attempts_made
    return _expires() if waits and post.item_id in found.expired else post_acts.why_left(post)


def _expires() -> str:
    return _("expires before that time")


@again
def _move(numbers: list[int], moment: datetime, now: datetime) -> _Found:
    with transaction.atomic():
        # Posts first, as whoever claims them does; then those that somebody who approves has made meanwhile.
        posts = _held(numbers)
        items = QueueItem.objects.select_for_update().filter(pk__in=numbers).order_by("pk")
        ends = dict(items.values_list("pk", "expires_at"))
        expired = {pk for pk, end in ends.items() if end and end <= max(moment, now)}
        posts += _held(set(numbers) - {post.item_id for post in posts})
        waiting = [post for post in posts if post.status == PostStatus.PENDING and not post.attempts_made]
        free = [post for post in waiting if post.item_id not in expired]
        Post.objects.filter(pk__in=[post.pk for post in free]).update(not_before=moment, slot_at=None)
        taken = {post.item_id for post in free} | (set(numbers) - {post.item_id for post in posts} - expired)
        QueueItem.objects.filter(pk__in=taken).update(publish_at=moment, next_slot=False)
    return _Found(posts, free, taken, expired)


def _held(items: Iterable[int]) -> list[Post]:
    return list(Post.objects.select_for_update().filter(item__in=list(items)).order_by("pk"))
