"""What is told of one try."""

import logging
from dataclasses import dataclass

from social_queue.accounts import speaking
from social_queue.models import Attempt, Outcome, Post
from social_queue.workings import log_marks


@dataclass(frozen=True)
class Ending:
    """What `dispatch --json` prints of one try. ``account`` is the slug; ids are numbers; absent values are ""."""

    post: int
    item: int
    platform: str
    account: str
    outcome: str
    external_id: str = ""
    error_kind: str = ""
    #: 1 is the post itself.
    part: int = 1


def told(
    post: Post,
    attempt: Attempt,
    outcome: str,
    error: Exception | None,
    *,
    external_id: str | None = "",
    part: int = 1,
    logger: logging.Logger,
) -> Ending:
    """The ending of a try at ``post``, or at a ``part`` of its thread; logged, too. No ``error``: it went well."""
    with log_marks.about(post.pk):
        logger.info(
            "post %s on %s%s: attempt %s %s%s",
            post.pk,
            post.account.slug,
            f", part {part}" if part > 1 else "",
            attempt.number,
            outcome,
            f": {speaking.words_of(error, post.account)}" if error else "",
            extra={"post": post.pk, "account": post.account.slug, "outcome": outcome},
            exc_info=error if outcome == Outcome.OUR_FAULT else None,
        )
    return Ending(
        post=post.pk,
        item=post.item_id,
        platform=post.platform,
        account=post.account.slug,
        outcome=outcome,
        external_id=external_id or "",
        error_kind=outcome if error else "",
        part=part,
    )
