"""The arrows between states, and the one door through which a status is written."""

import logging
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F

from social_queue.models import Post, QueueItem

logger = logging.getLogger("social_queue.states")

P = Post.Status
Q = QueueItem.Status

#: (from, to) and who may ask for it. Anything else is a fault of ours.
ARROWS: dict[tuple[str, str], str] = {
    (P.PENDING, P.PUBLISHING): "claim",
    (P.PUBLISHING, P.PUBLISHED): "the answer says so",
    (P.PUBLISHING, P.PENDING): "transient, rate limited, not ready, token invalid, account blocked",
    (P.PUBLISHING, P.FAILED): "rejected, failures exhausted, our own fault before the point of no return",
    (P.PUBLISHING, P.UNKNOWN): "no answer after the point of no return, or the lease ran out after it",
    (P.UNKNOWN, P.PUBLISHED): "found on the platform, late answer, or a human saw it",
    (P.UNKNOWN, P.PENDING): "surely absent, or a human says so, or the account allows re-sending",
    (P.UNKNOWN, P.FAILED): "surely absent, and failures exhausted",
    (P.UNKNOWN, P.CANCELLED): "an operator",
    (P.PENDING, P.CANCELLED): "an operator, or expires_at: too late",
    (P.FAILED, P.CANCELLED): "an operator",
    (P.PENDING, P.PUBLISHED): "late answer, while no newer attempt was claimed",
    (P.FAILED, P.PENDING): "an operator's retry",
}

#: An item that no post can move: it waits for an editor, or an editor or a rule has ended it.
_OUTSIDE_POSTS = {Q.DRAFT, Q.SKIPPED}


class NoSuchArrow(ValueError):
    """A status change that the design does not know."""


def move(post: Post, to: str, *, attempt: int, **fields) -> bool:
    """Take ``post`` from the status it was read with to ``to``; say whether exactly one row changed.

    ``attempt`` is the attempts_made the caller acted on: a row that somebody claimed since is left alone. The item is
    settled in the same transaction. On success ``post`` carries the new values.
    """
    if (post.status, to) not in ARROWS:
        raise NoSuchArrow(f"A post can't go from {post.status} to {to}.")
    if to != P.PUBLISHING:
        fields = {"lease_until": None, "in_flight_account": None} | fields
    if to == P.PUBLISHED and not fields.get("external_id", post.external_id):
        raise NoSuchArrow("A published post needs the platform's id.")
    with transaction.atomic():
        rows = Post.objects.filter(pk=post.pk, status=post.status, attempts_made=attempt)
        if rows.update(status=to, **fields) != 1:
            return False
        settle(post.item_id)
    logger.info("post %s: %s → %s", post.pk, post.status, to, extra={"post": post.pk})
    for name, value in {"status": to, **fields}.items():
        setattr(post, name, value)
    return True


def hold(posts: list[Post], *, lease_until: datetime) -> None:
    """Claim: all of ``posts`` go from pending to publishing, inside the caller's transaction.

    The caller holds the rows' locks and has seen them pending; each account appears once, or the unique column refuses.
    """
    Post.objects.filter(pk__in=[post.pk for post in posts]).update(
        status=P.PUBLISHING,
        attempts_made=F("attempts_made") + 1,
        lease_until=lease_until,
        in_flight_account=F("account_id"),
    )
    for post in posts:
        post.status, post.attempts_made, post.lease_until = P.PUBLISHING, post.attempts_made + 1, lease_until
        post.in_flight_account = post.account_id
    # With a post in flight an item is posting whatever its others do, so there is nothing to work out one by one.
    QueueItem.objects.filter(pk__in={post.item_id for post in posts}, status=Q.READY).update(status=Q.POSTING)


def settle(item_id: int) -> None:
    """Recompute an item's status from its posts. Call it inside the transaction that changed one of them."""
    held = QueueItem.objects.select_for_update().values_list("status", flat=True).get(pk=item_id)
    statuses = list(Post.objects.filter(item_id=item_id).values_list("status", "attempts_made"))
    if not statuses or held in _OUTSIDE_POSTS:
        return
    status = verdict(statuses)
    if status != held:
        QueueItem.objects.filter(pk=item_id).update(status=status)


def verdict(posts: Iterable[tuple[str, int]]) -> str:
    """The item's status that follows from its posts' (status, attempts_made)."""
    posts = list(posts)
    found = {status for status, _ in posts}
    if found <= {P.PENDING, P.CANCELLED} and P.PENDING in found and not any(made for _, made in posts):
        return Q.READY
    if found & {P.PENDING, P.PUBLISHING, P.UNKNOWN}:
        return Q.POSTING
    if found == {P.CANCELLED}:
        return Q.CANCELLED
    if P.FAILED not in found:
        return Q.POSTED
    return Q.PARTIAL if P.PUBLISHED in found else Q.FAILED


def mark_item(item: QueueItem, to: str, *, expected: str, **fields) -> bool:
    """Move an item that has no posts yet: draft and skipped items become ready or cancelled by an editor's word."""
    if expected not in _OUTSIDE_POSTS or to not in {Q.READY, Q.CANCELLED, Q.SKIPPED}:
        raise NoSuchArrow(f"An item can't go from {expected} to {to} by hand.")
    changed = QueueItem.objects.filter(pk=item.pk, status=expected).update(status=to, **fields) == 1
    if changed:
        item.status = to
    return changed
