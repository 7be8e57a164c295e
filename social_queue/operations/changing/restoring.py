"""What was cancelled comes back, while nothing of it was ever tried and its time has not come."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import islice

from django.db import transaction
from django.utils.translation import gettext as _

from social_queue import approvals, reversals
from social_queue.models import ItemStatus, Post, PostStatus, QueueItem
from social_queue.operations import post_acts
from social_queue.operations.changing.ending import WITHOUT_POSTS, changed_meanwhile
from social_queue.operations.done import Done
from social_queue.operations.pressing import Pressing
from social_queue.workings.deadlocks import again

_TOGETHER = 250


def posts(rows: Iterable[Post], *, now: datetime, press: Pressing | None = None) -> Done:
    """Each waits for its time again, which it keeps; a place of the week that it had is free, and not taken again."""
    press = press or Pressing(now)
    return post_acts.each(rows, lambda together: _posts(together, press), press)


def drafts(items: Iterable[QueueItem], press: Pressing) -> Iterator[tuple[QueueItem, str]]:
    """Items that were cancelled before they had posts wait for an editor again; yields each with why it does not."""
    rest = iter(list(items))
    while together := list(islice(rest, _TOGETHER)):
        before = [press.look_at_item(item) for item in together]
        for item, was, done in zip(together, before, _drafts(together), strict=True):
            for name, value in done.items():
                setattr(item, name, value)
            if done:
                press.took_item(item, was)
            yield item, "" if done else changed_meanwhile()


def why_not(post: Post, *, now: datetime, overtaken: Collection[int] | None = None) -> str:
    """Why it can't come back; "" where it can. ``overtaken``: ids of items changed after their approval, if known."""
    if post.status != PostStatus.CANCELLED:
        return post_acts.why_left(post)
    if post.item.status in WITHOUT_POSTS:
        return _("its item waits for an editor")
    if post.attempts_made:
        return _("was tried before it was cancelled: duplicate its item instead")
    if post.not_before <= now:
        return _("its time is over: duplicate its item instead")
    changed = approvals.is_overtaken(post.item) if overtaken is None else post.item_id in overtaken
    return _("was changed after it was approved: duplicate its item instead") if changed else ""


@again
def _posts(rows: list[Post], press: Pressing) -> list[str]:
    overtaken = approvals.overtaken({post.item_id: post.item for post in rows}.values())
    reasons = [why_not(post, now=press.now, overtaken=overtaken) for post in rows]
    wanted = [post for post, reason in zip(rows, reasons, strict=True) if not reason]
    back = [(post, post.not_before, _columns(post, press)) for post in wanted]
    with transaction.atomic():
        given = {post.pk for post, done in zip(wanted, reversals.posts(back), strict=True) if done}
    for post, _due, columns in back:
        for name, value in columns.items() if post.pk in given else ():
            setattr(post, name, value)
    return [
        reason or ("" if post.pk in given else changed_meanwhile()) for post, reason in zip(rows, reasons, strict=True)
    ]


def _columns(post: Post, press: Pressing) -> dict[str, object]:
    waits = {"status": PostStatus.PENDING, "not_before": press.moment(post.not_before)}
    return waits | {"recall_asked_at": None, "error": "", "error_kind": "", "waiting_since_at": None}


@again
def _drafts(items: list[QueueItem]) -> list[dict[str, str]]:
    """The columns that each has back; none where it was left alone."""
    with transaction.atomic():
        had = set(Post.objects.filter(item__in=items).values_list("item", flat=True))
        ended = [item for item in items if item.status == ItemStatus.CANCELLED and item.pk not in had]
        wanted = [(item, {"status": _was(item)}) for item in ended]
        back = {item.pk: columns for (item, columns), done in zip(wanted, reversals.items(wanted), strict=True) if done}
    return [back.get(item.pk, {}) for item in items]


def _was(item: QueueItem) -> str:
    """A reason to skip it stays with it when it is cancelled."""
    return ItemStatus.SKIPPED if item.skip_reason else ItemStatus.DRAFT
