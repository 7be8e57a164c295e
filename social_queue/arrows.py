"""The arrows between the states of a post and of what follows it, and the item's status that comes of its posts'."""

from collections.abc import Iterable

from django.db.models import Max, QuerySet

from social_queue import kept
from social_queue.models import ItemStatus, Post, PostStatus

#: (from, to) and who may ask for it. Anything else is a fault of ours.
ARROWS: dict[tuple[str, str], str] = {
    (PostStatus.PENDING, PostStatus.PUBLISHING): "claim",
    (PostStatus.PUBLISHING, PostStatus.PUBLISHED): "the answer says so",
    (PostStatus.PUBLISHING, PostStatus.PENDING): "transient, rate limited, not ready, token invalid, account blocked",
    (PostStatus.PUBLISHING, PostStatus.FAILED): "rejected, failures exhausted, our fault before the point of no return",
    (PostStatus.PUBLISHING, PostStatus.UNKNOWN): "no answer, or the lease ran out, after the point of no return",
    (PostStatus.UNKNOWN, PostStatus.PUBLISHED): "found on the platform, late answer, or a human saw it",
    (PostStatus.UNKNOWN, PostStatus.PENDING): "proven absent, or a human says so, or the account allows re-sending",
    (PostStatus.UNKNOWN, PostStatus.FAILED): "proven absent, and failures exhausted",
    (PostStatus.UNKNOWN, PostStatus.CANCELLED): "an operator",
    (PostStatus.PENDING, PostStatus.CANCELLED): "an operator, or expires_at: too late",
    (PostStatus.FAILED, PostStatus.CANCELLED): "an operator",
    (PostStatus.PENDING, PostStatus.PUBLISHED): "late answer, while no newer attempt was claimed",
    (PostStatus.FAILED, PostStatus.PENDING): "an operator's retry",
    (PostStatus.PUBLISHED, PostStatus.RECALLED): "deleted on the platform",
}


class NoSuchArrow(ValueError):
    """A status change that is not in ARROWS."""


@kept.rows
def statuses(*, items: list[int]) -> "QuerySet[Post, tuple[int, str, int]]":
    """Of each item each status that its posts have, with the most attempts that one in it has made."""
    rows = Post.objects.filter(item__pk__in=items).order_by().values_list("item", "status")
    return rows.annotate(most=Max("attempts_made"))


def verdict(posts: Iterable[tuple[str, int]]) -> str:
    """The item's status that follows from its posts' (status, attempts_made)."""
    posts = list(posts)
    found, untried = {status for status, _ in posts}, not any(made for _, made in posts)
    if PostStatus.PENDING in found and found <= {PostStatus.PENDING, PostStatus.CANCELLED} and untried:
        return ItemStatus.READY
    if found & {PostStatus.PENDING, PostStatus.PUBLISHING, PostStatus.UNKNOWN}:
        return ItemStatus.POSTING
    if found <= {PostStatus.CANCELLED, PostStatus.RECALLED}:
        return ItemStatus.CANCELLED
    if PostStatus.FAILED not in found:
        return ItemStatus.POSTED
    return ItemStatus.PARTIAL if PostStatus.PUBLISHED in found else ItemStatus.FAILED
