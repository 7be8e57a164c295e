"""How a thread stands: the post itself and what follows it, laid down already or still to be."""

from dataclasses import dataclass
from datetime import datetime

from social_queue import follow_ups
from social_queue.models import FIRST_FOLLOW_UP, Part, Post, PostStatus
from social_queue.wording import links


@dataclass(frozen=True)
class Row:
    """One part. ``kind`` is post or follow_up; ``waits_for`` is "part" while one before it is not out, else None.

    ``part`` is its row, None for the post itself and for what is still to be laid down.
    """

    number: int
    kind: str
    status: str
    text: str
    external_id: str
    permalink: str
    attempts: int
    not_before: datetime | None
    waits_for: str | None
    error_kind: str
    error: str
    part: Part | None = None


def of(post: Post) -> list[Row]:
    """The post and what follows it, in order; of a post that is not out, what is to follow as things stand."""
    laid = list(post.parts.order_by("number"))
    if laid or post.status in (PostStatus.PUBLISHED, PostStatus.RECALLED):
        return [_itself(post), *(_laid(part) for part in laid)]
    texts = follow_ups.planned(post.item, post.account, link=links.expected_link(post).short)
    status = PostStatus.CANCELLED if post.status == PostStatus.CANCELLED else PostStatus.PENDING
    waits = "part" if status == PostStatus.PENDING else None
    to_be = [
        Row(number, "follow_up", status, text, "", "", 0, None, waits, "", "")
        for number, text in enumerate(texts, FIRST_FOLLOW_UP)
    ]
    return [_itself(post), *to_be]


def _itself(post: Post) -> Row:
    return Row(
        number=1,
        kind="post",
        status=post.status,
        text=post.caption,
        external_id=post.external_id or "",
        permalink=post.permalink,
        attempts=post.attempts_made,
        not_before=post.not_before,
        waits_for=None,
        error_kind=post.error_kind,
        error=post.error,
    )


def _laid(part: Part) -> Row:
    waits = part.status == PostStatus.PENDING and part.not_before is None
    return Row(
        number=part.number,
        kind="follow_up",
        status=part.status,
        text=part.text,
        external_id=part.external_id,
        permalink=part.permalink,
        attempts=part.attempts_made,
        not_before=part.not_before,
        waits_for="part" if waits else None,
        error_kind=part.error_kind,
        error=part.error,
        part=part,
    )
