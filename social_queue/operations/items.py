"""What people may do with an item: approve, retry, requeue, reschedule, cancel, send a skipped one anyway."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime

from social_queue import approvals
from social_queue.accounts.channels import UnknownChannels
from social_queue.models import ItemStatus, Post, QueueItem
from social_queue.operations import evidence, posts
from social_queue.operations.changing import ending, holding, releasing, rescheduling, restoring
from social_queue.operations.done import Done
from social_queue.operations.pressing import Pressing
from social_queue.sentences import translated
from social_queue.workings.deadlocks import again, atomic


def cancel_item(item: QueueItem, *, now: datetime, press: Pressing | None = None) -> Done:
    """All of an item that is surely not out; a draft or skipped item itself."""
    return holding.do_or_end(item, posts.cancel_what_is_not_out, now=now, press=press or Pressing(now))


def cancel_waiting(items: Iterable[QueueItem], *, now: datetime, press: Pressing) -> tuple[Done, list[QueueItem]]:
    """Drafts and skipped items, many at once; which of them it took."""
    return _together(ending.end(items, press))


def restore_drafts(items: Iterable[QueueItem], *, now: datetime, press: Pressing) -> tuple[Done, list[QueueItem]]:
    """Items that were cancelled before they had posts wait for an editor again; which of them it took."""
    return _together(restoring.drafts(items, press))


def _together(ended: Iterable[tuple[QueueItem, releasing.Reason]]) -> tuple[Done, list[QueueItem]]:
    done, taken = Done(), list[QueueItem]()
    for item, reason in ended:
        done.add(translated(str(reason)) if reason else "")
        taken += [] if reason else [item]
    return done, taken


def many(items: list[QueueItem], operation: Callable[..., Done], *, now: datetime, press: Pressing) -> Done:
    """``operation`` of ``posts`` on all posts of many items; which items it took is told by ``press.posts``."""
    return holding.do(items, operation, now=now, press=press)


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


def approve(item: QueueItem, *, now: datetime, press: Pressing | None = None, bound: bool = True) -> Done:
    """A draft becomes ready and gets its posts; what was changed after it was approved and failed goes out after all.

    The approval of a person holds for the item as ``item`` was read. Raises accounts.UnknownChannels when it has
    nowhere to go. ``bound=False``: its own writer lets it go, so a later change has nothing to ask for.
    """
    press = press or Pressing(now)
    if item.status != ItemStatus.DRAFT and approvals.is_overtaken(item):
        return _approve_anew(item, press)
    return _alone(releasing.release([item], ItemStatus.DRAFT, press, bound=bound))


def approve_all(
    items: Iterable[QueueItem], *, now: datetime, press: Pressing, bound: bool = True
) -> tuple[Done, list[QueueItem]]:
    """The same of many; which of them were let go. One that has nowhere to go is left, with the reason."""
    items = list(items)
    overtaken = approvals.overtaken(item for item in items if item.status != ItemStatus.DRAFT)
    done, taken = Done(), list[QueueItem]()
    for item in (item for item in items if item.pk in overtaken):
        one = _approve_anew(item, press)
        done += one
        taken += [item] if one.taken else []
    drafts = [item for item in items if item.pk not in overtaken]
    more, also = _together(releasing.release(drafts, ItemStatus.DRAFT, press, bound=bound))
    return done + more, [*taken, *also]


def send_anyway(item: QueueItem, *, now: datetime, press: Pressing | None = None) -> Done:
    """A skipped item goes out although it repeats another. Raises accounts.UnknownChannels."""
    return _alone(releasing.release([item], ItemStatus.SKIPPED, press or Pressing(now)))


def send_all_anyway(items: Iterable[QueueItem], *, now: datetime, press: Pressing) -> tuple[Done, list[QueueItem]]:
    """The same of many; as ``approve_all``."""
    return _together(releasing.release(items, ItemStatus.SKIPPED, press))


def _alone(released: Iterable[tuple[QueueItem, releasing.Reason]]) -> Done:
    [(_item, reason)] = released
    if isinstance(reason, UnknownChannels):
        raise reason
    done = Done()
    done.add(reason)
    return done


@again
def _approve_anew(item: QueueItem, press: Pressing) -> Done:
    before = press.look_at_item(item)
    with atomic(item):
        # Posts first, as whoever claims them does.
        list(Post.objects.select_for_update().filter(item=item).order_by("pk").values_list("pk", flat=True))
        if reason := releasing.held_as_read([item])[1].get(item.pk):
            return Done(skipped=Counter({reason: 1}))
        approvals.grant(item, person=press.person, now=press.now)
        done = posts.retry(_posts_of(item), now=press.now, press=press)
        approvals.keep_evidence(item, evidence.of(item))
    press.took_item(item, before)
    return Done(taken=max(done.taken, 1))


def _posts_of(item: QueueItem):
    return Post.objects.filter(item=item).select_related("item", "account").order_by("pk")
