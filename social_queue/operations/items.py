"""What people may do with an item: approve, retry, requeue, reschedule, cancel, send a skipped one anyway."""

from collections import Counter
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from social_queue import states
from social_queue.intake import posts as item_posts
from social_queue.models import ItemStatus, Post, PostStatus, QueueItem
from social_queue.operations import post_acts, posts
from social_queue.operations.done import Done
from social_queue.operations.pressing import Pressing
from social_queue.workings import kick
from social_queue.workings.deadlocks import again, atomic


def cancel_item(item: QueueItem, *, now: datetime, press: Pressing | None = None) -> Done:
    """All of an item that may still be cancelled; a draft or skipped item itself."""
    if item.status not in (ItemStatus.DRAFT, ItemStatus.SKIPPED):
        return posts.cancel(_posts_of(item), now=now, press=press)
    press = press or Pressing(now)
    before = press.look_at_item(item)
    taken = states.mark_item(item, ItemStatus.CANCELLED, expected=item.status)
    if taken:
        press.took_item(item, before)
    return Done(taken=int(taken))


def retry_item(item: QueueItem, *, now: datetime, press: Pressing | None = None) -> Done:
    """All failed posts of an item."""
    return posts.retry(_posts_of(item), now=now, press=press)


def requeue_item(item: QueueItem, *, now: datetime, press: Pressing | None = None) -> Done:
    """All of an item that is pending or failed is due now."""
    return posts.requeue_now(_posts_of(item), now=now, press=press)


@again
def reschedule(item: QueueItem, publish_at: datetime, *, now: datetime, press: Pressing | None = None) -> Done:
    """Move what has not been claimed yet to another time."""
    press = press or Pressing(now)
    moment, before = press.moment(publish_at), press.look_at_item(item)
    done, moved = Done(), []
    with transaction.atomic():
        QueueItem.objects.select_for_update().get(pk=item.pk)
        all_posts = list(_posts_of(item))
        for post in all_posts:
            rows = Post.objects.filter(pk=post.pk, status=PostStatus.PENDING, attempts_made=0)
            if not rows.update(not_before=moment, slot_at=None):
                done.add(post_acts.why_left(post))
                continue
            done.add("")
            moved.append((post, press.look(post)))
            post.not_before, post.slot_at = moment, None
        if done.taken or not all_posts:
            QueueItem.objects.filter(pk=item.pk).update(publish_at=moment)
            done.taken = done.taken or 1
    for post, was in moved:
        press.took(post, was)
    if done.taken:
        item.publish_at = moment
        press.took_item(item, before)
    kick.kick_if_due(moment, now=now)
    return done


@again
def approve(item: QueueItem, *, now: datetime, press: Pressing | None = None) -> Done:
    """A draft becomes ready and gets its posts. Raises accounts.UnknownChannels when it has nowhere to go."""
    return _release(item, ItemStatus.DRAFT, press or Pressing(now))


@again
def send_anyway(item: QueueItem, *, now: datetime, press: Pressing | None = None) -> Done:
    """A skipped item goes out although it repeats another. Raises accounts.UnknownChannels."""
    return _release(item, ItemStatus.SKIPPED, press or Pressing(now))


def _release(item: QueueItem, expected: str, press: Pressing) -> Done:
    before = press.look_at_item(item)
    if item.next_slot:
        item_posts.lay_locks(item.channels)
    with atomic(item):
        moment = press.moment(item.publish_at)
        if not states.mark_item(item, ItemStatus.READY, expected=expected, publish_at=moment, skip_reason=""):
            return Done(skipped=Counter({_("is not %(status)s any more") % {"status": ItemStatus(expected).label}: 1}))
        item.publish_at, item.skip_reason = moment, ""
        made = item_posts.create_posts(item, now=press.now, at_once=press.due)
    press.took_item(item, before, made)
    kick.kick_if_due(moment, now=press.now)
    return Done(taken=1)


def _posts_of(item: QueueItem):
    return Post.objects.filter(item=item).select_related("item", "account").order_by("pk")
