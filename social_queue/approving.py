"""An approval holds for what was approved: a change afterwards asks again, and a draft may go back to its writer."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from social_queue import approvals, reversals
from social_queue.events import ledger
from social_queue.models import Approval, ItemStatus, Post, QueueItem
from social_queue.sentences import said
from social_queue.workings.deadlocks import again

#: As long as the column is.
LONGEST_REASON = 500


def ask_again(item: QueueItem, posts: Collection[Post], names: Iterable[str], *, now: datetime) -> bool:
    """The item was changed: if it was approved as something else, the approval has ended. Says whether it had.

    Call it in the transaction of the change, which holds the item and its posts. Where nothing was tried the item is
    a draft again; what was tried stays as it is, and delivery and retry refuse it until somebody approves it anew.
    """
    if not approvals.is_overtaken(item):
        return False
    what = ", ".join(sorted(set(names) & {*approvals.BOUND, "media"}))
    approvals.end(item, why=said("Changed after it was approved: %(names)s.", names=what), now=now)
    return _withdraw(item, posts)


def reworded(post: Post, *, now: datetime) -> None:
    """An editor's own words for one post of an approved item are a change like any other; call it as ``ask_again``."""
    item = QueueItem.objects.select_for_update().get(pk=post.item_id)
    if not item.approved_as:
        return
    posts = list(Post.objects.filter(item=item).order_by("pk"))
    # No content has this fingerprint, so that what was tried is refused too.
    QueueItem.objects.filter(pk=item.pk).update(approved_as=approvals.NOTHING)
    why = said("Its words for %(account)s were changed after it was approved.", account=post.account.slug)
    approvals.end(item, why=why, now=now)
    _withdraw(item, posts)


def _withdraw(item: QueueItem, posts: Collection[Post]) -> bool:
    if item.status != ItemStatus.READY or any(post.attempts_made for post in posts):
        return True
    approvals.keep_words(item, posts)
    Post.objects.filter(pk__in=[post.pk for post in posts], status=Post.Status.PENDING, attempts_made=0).delete()
    reversals.item(item, fields={"status": ItemStatus.DRAFT})
    return True


@again
def send_back(item: QueueItem, reason: str, *, now: datetime) -> bool:
    """A draft goes back to whoever wrote it: it asks for no approval until it is changed. False when it is no draft."""
    rows = QueueItem.objects.filter(pk=item.pk, status=ItemStatus.DRAFT)
    with transaction.atomic():
        if not rows.update(sent_back_at=now, sent_back_reason=reason[:LONGEST_REASON], updated_at=now):
            return False
        ledger.write([ledger.sent_back(item, reason[:LONGEST_REASON])])
    return True


def waiting() -> QuerySet[QueueItem]:
    """The drafts that wait for somebody to approve them, in the order of their time."""
    return QueueItem.objects.filter(status=ItemStatus.DRAFT, sent_back_at=None).order_by("publish_at", "id")


def last(item: QueueItem) -> Approval | None:
    """The newest approval, in force or not."""
    return Approval.objects.filter(item=item.pk).select_related("person").order_by("-pk").first()
