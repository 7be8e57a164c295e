"""What people may do with an item: approve, retry, requeue, reschedule, cancel, send a skipped one anyway."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from social_queue import approvals, states
from social_queue.intake import posts as item_posts
from social_queue.models import ItemStatus, PlatformAccount, Post, QueueItem
from social_queue.operations import evidence, posts
from social_queue.operations.changing import ending, rescheduling, restoring
from social_queue.operations.done import Done
from social_queue.operations.pressing import Pressing
from social_queue.wording import labels
from social_queue.workings import kick
from social_queue.workings.deadlocks import again, atomic


def cancel_item(item: QueueItem, *, now: datetime, press: Pressing | None = None) -> Done:
    """All of an item that may still be cancelled; a draft or skipped item itself."""
    if item.status not in ending.WITHOUT_POSTS:
        return posts.cancel(_posts_of(item), now=now, press=press)
    return _together(ending.end([item], press or Pressing(now)))[0]


def cancel_waiting(items: Iterable[QueueItem], *, now: datetime, press: Pressing) -> tuple[Done, list[QueueItem]]:
    """Drafts and skipped items, many at once; which of them it took."""
    return _together(ending.end(items, press))


def restore_drafts(items: Iterable[QueueItem], *, now: datetime, press: Pressing) -> tuple[Done, list[QueueItem]]:
    """Items that were cancelled before they had posts wait for an editor again; which of them it took."""
    return _together(restoring.drafts(items, press))


def _together(ended: Iterable[tuple[QueueItem, str]]) -> tuple[Done, list[QueueItem]]:
    done, taken = Done(), list[QueueItem]()
    for item, reason in ended:
        done.add(reason)
        taken += [] if reason else [item]
    return done, taken


def many(items: list[QueueItem], operation: Callable[..., Done], *, now: datetime, press: Pressing) -> Done:
    """``operation`` of ``posts`` on all posts of many items; which items it took is told by ``press.posts``."""
    by_id, accounts = {item.pk: item for item in items}, PlatformAccount.objects.in_bulk()
    posts = list(Post.objects.filter(item__in=list(by_id)).order_by("pk"))
    for post in posts:
        # A join would read items and accounts once for each post.
        post.item, post.account = by_id[post.item_id], accounts[post.account_id]
    return operation(posts, now=now, press=press)


def retry_item(item: QueueItem, *, now: datetime, press: Pressing | None = None) -> Done:
    """All failed posts of an item."""
    return posts.retry(_posts_of(item), now=now, press=press)


def requeue_item(item: QueueItem, *, now: datetime, press: Pressing | None = None) -> Done:
    """All of an item that is pending or failed is due now."""
    return posts.requeue_now(_posts_of(item), now=now, press=press)


def reschedule(item: QueueItem, publish_at: datetime, *, now: datetime, press: Pressing | None = None) -> Done:
    """Move what has not been claimed yet to another time."""
    return reschedule_all([item], publish_at, now=now, press=press or Pressing(now))[0]


def reschedule_all(
    items: Iterable[QueueItem], publish_at: datetime, *, now: datetime, press: Pressing
) -> tuple[Done, list[QueueItem]]:
    """The same of many; which of them were moved."""
    return rescheduling.reschedule(items, publish_at, now=now, press=press)


@again
def approve(item: QueueItem, *, now: datetime, press: Pressing | None = None, bound: bool = True) -> Done:
    """A draft becomes ready and gets its posts; what was changed after it was approved and failed goes out after all.

    The approval of a person holds for the item as ``item`` was read. Raises accounts.UnknownChannels when it has
    nowhere to go. ``bound=False``: its own writer lets it go, so a later change has nothing to ask for.
    """
    press = press or Pressing(now)
    if item.status != ItemStatus.DRAFT and approvals.is_overtaken(item):
        return _approve_anew(item, press)
    return _release(item, ItemStatus.DRAFT, press, bound=bound)


@again
def send_anyway(item: QueueItem, *, now: datetime, press: Pressing | None = None) -> Done:
    """A skipped item goes out although it repeats another. Raises accounts.UnknownChannels."""
    return _release(item, ItemStatus.SKIPPED, press or Pressing(now))


def _release(item: QueueItem, expected: str, press: Pressing, *, bound: bool = False) -> Done:
    if labels.is_missing(item):
        return Done(skipped=Counter({_("does not say whether a machine made it"): 1}))
    before = press.look_at_item(item)
    if item.next_slot:
        item_posts.lay_locks(item.channels)
    with atomic(item):
        moment = press.moment(item.publish_at)
        approved = bound and press.person
        if approved and not _is_as_read(item):
            return _changed_meanwhile()
        if not states.mark_item(item, ItemStatus.READY, expected=expected, publish_at=moment, skip_reason=""):
            return Done(skipped=Counter({_("is not %(status)s any more") % {"status": ItemStatus(expected).label}: 1}))
        if approved:
            approvals.grant(item, person=press.person, now=press.now)
        item.publish_at, item.skip_reason = moment, ""
        made = item_posts.create_posts(item, now=press.now, at_once=press.due)
        if approved:
            approvals.keep_evidence(item, evidence.of(item))
    press.took_item(item, before, made)
    kick.kick_if_due(moment, now=press.now)
    return Done(taken=1)


def _approve_anew(item: QueueItem, press: Pressing) -> Done:
    before = press.look_at_item(item)
    with atomic(item):
        # Posts first, as whoever claims them does.
        list(Post.objects.select_for_update().filter(item=item).order_by("pk").values_list("pk", flat=True))
        if not _is_as_read(item):
            return _changed_meanwhile()
        approvals.grant(item, person=press.person, now=press.now)
        done = posts.retry(_posts_of(item), now=press.now, press=press)
        approvals.keep_evidence(item, evidence.of(item))
    press.took_item(item, before)
    return Done(taken=max(done.taken, 1))


def _is_as_read(item: QueueItem) -> bool:
    """False when the item is not what was read, and shown, any more."""
    held = QueueItem.objects.select_for_update().get(pk=item.pk)
    return approvals.fingerprint(held) == approvals.fingerprint(item)


def _changed_meanwhile() -> Done:
    return Done(skipped=Counter({_("was changed meanwhile"): 1}))


def _posts_of(item: QueueItem):
    return Post.objects.filter(item=item).select_related("item", "account").order_by("pk")
