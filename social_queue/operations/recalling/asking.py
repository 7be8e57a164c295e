"""Taking back: what is not out never goes out, what is out is deleted on its platform once its time to undo is over."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from social_queue import fenced, part_states, states
from social_queue.alerts import ledger
from social_queue.delivery.errands import doing
from social_queue.models import Errand, Post, PostStatus, QueueItem
from social_queue.operations import post_acts
from social_queue.operations.changing import holding
from social_queue.operations.done import Done
from social_queue.operations.pressing import Pressing
from social_queue.sentences import translated
from social_queue.vault import VaultClosed
from social_queue.workings.deadlocks import again, atomic

#: Will not go out, if nobody does anything; retrying would send it.
NOT_OUT = (PostStatus.PENDING, PostStatus.FAILED)
#: Is out, or may be: asked first where nobody knows, then deleted.
PERHAPS_OUT = (PostStatus.PUBLISHED, PostStatus.PUBLISHING, PostStatus.UNKNOWN)


def recall(posts: Iterable[Post], *, now: datetime, press: Pressing | None = None) -> Done:
    """Take posts back, repeatable without harm; the counts of ``Done`` are of those that this call was about."""
    press = press or Pressing(now)
    return post_acts.each(posts, lambda together: _recall(together, press), press)


def recall_item(item: QueueItem, *, now: datetime, press: Pressing | None = None) -> Done:
    """All of an item; one that has no posts yet is cancelled."""
    return holding.do_or_end(item, recall, now=now, press=press or Pressing(now))


def undo_time() -> timedelta:
    """How long whoever asked can think better of it."""
    return timedelta(seconds=settings.UNDO_SECONDS)


@again
def _recall(posts: list[Post], press: Pressing) -> list[str]:
    """In one transaction; those in the way of a worker are asked back and seen to when it is done with them."""
    waiting = _asked_already(posts)
    reasons = {post.pk: _why_left(post, waiting) for post in posts}
    wanted = [post for post in posts if not reasons[post.pk]]
    with atomic(*wanted):
        back = [post for post in wanted if post.status in NOT_OUT]
        moves = [
            states.Move(post, PostStatus.CANCELLED, post.attempts_made, {"recall_asked_at": press.now}) for post in back
        ]
        taken = {post.pk for post, moved in zip(back, states.move_all(moves), strict=True) if moved}
        ledger.resolve_posts([post for post in back if post.pk in taken], now=press.now)
        out = [post for post in wanted if post.status in PERHAPS_OUT]
        taken |= _ask([post for post in out if post.pk not in taken], press)
    return [reasons[post.pk] or ("" if post.pk in taken else _("was changed meanwhile")) for post in posts]


def _asked_already(posts: list[Post]) -> set[int]:
    keys = [_key(post) for post in posts if post.status in PERHAPS_OUT]
    return set(Errand.objects.filter(open_key__in=keys).values_list("post", flat=True))


def _why_left(post: Post, waiting: set[int]) -> str:
    if post.pk in waiting:
        return _("is being taken back already")
    return "" if post.status in (*NOT_OUT, *PERHAPS_OUT) else post_acts.why_left(post)


def _ask(posts: list[Post], press: Pressing) -> set[int]:
    """Those that are as they were read; what is to be done with each of them is laid down."""
    asked: dict[str, object] = {"recall_asked_at": press.now}
    held = [post for post in posts if fenced.write(post.pk, asked, status=post.status, attempt=post.attempts_made)]
    part_states.hold_back([post.pk for post in held])
    moment = press.due if press.hold else press.now + undo_time()
    Errand.objects.bulk_create(
        Errand(
            post=post,
            account_id=post.account_id,
            kind=Errand.Kind.RECALL,
            open_key=_key(post),
            asked_at=press.now,
            not_before=moment,
        )
        for post in held
    )
    for post in held:
        post.recall_asked_at = press.now
        press.asked.append(post.pk)
    return {post.pk for post in held}


def _key(post: Post) -> str:
    return f"{Errand.Kind.RECALL}:{post.pk}"


def waits_until(posts: Iterable[Post]) -> dict[int, datetime]:
    """{post id: when its deletion may begin}, for those that are being taken back."""
    open_still = Errand.objects.filter(post__in=[post.pk for post in posts], kind=Errand.Kind.RECALL, ended_at=None)
    return dict(open_still.values_list("post", "not_before"))


def waiting() -> set[int]:
    """The posts that are being taken back."""
    open_still = Errand.objects.filter(kind=Errand.Kind.RECALL, ended_at=None)
    return set(open_still.values_list("post", flat=True))


def may_be_recalled(post: Post) -> bool:
    """Is there anything to take back that nobody has asked for yet?"""
    return not _why_left(post, _asked_already([post]))


def why_it_stays(post: Post, *, now: datetime) -> str:
    """Why this post can't be taken back from here, in the reader's language; "" when it can be tried."""
    if post.status != PostStatus.PUBLISHED or post.published_at is None:
        return post_acts.why_left(post)
    try:
        return translated(doing.why_it_stays(post, now=now))
    except VaultClosed as fault:
        return str(fault)
