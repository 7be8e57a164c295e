"""Posts that need nothing but words: worded in the transaction that claims them, so that they go out at once.

A post with a picture, a draft, an earlier attempt, or a link that Bitly shortens is worded and prepared in its own
thread, which may take its time. For the others the claim is the point of no return as well: one commit less.
"""

import logging
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError

from connectors.base import Connector, Outgoing
from social_queue import approvals
from social_queue.accounts import speaking
from social_queue.media import illustrations
from social_queue.models import Post
from social_queue.wording import links
from social_queue.wording import outgoing as wording
from social_queue.wording.templates.finding import Shelf

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ready:
    """All that is left to be done is the one call. ``columns``: those of the post that are fixed by it."""

    connector: Connector
    outgoing: Outgoing
    columns: dict[str, object]


def those_of(posts: Sequence[Post], shelf: Shelf) -> dict[int, Ready]:
    """{post id: how it goes out} of those of ``posts``, which are locked and pending, that need nothing prepared.

    Whatever is the matter with one of the others shows again in its own thread, which tells of it.
    """
    simple = [post for post in posts if not (post.attempts_made or post.draft_ref)]
    changed = approvals.overtaken([post.item for post in simple])
    made = {post.pk: _ready(post, shelf) for post in simple if post.item_id not in changed}
    return {pk: one for pk, one in made.items() if one is not None}


def _ready(post: Post, shelf: Shelf) -> Ready | None:
    before = frozen(post)
    try:
        connector = speaking.connector_for(post.account)
        if connector.words_need_preparing or _takes_its_time(post, connector):
            return None
        post.sent_to = post.account.address
        with ExitStack() as room:
            outgoing = wording.word(post, connector, shelf, room)
        post.draft_ref = connector.prepare(outgoing, "")
        return Ready(connector, outgoing, frozen(post))
    except (DatabaseError, InterfaceError):
        raise
    except Exception as fault:  # noqa: BLE001 - its own thread meets it again, with all that is made of it
        logger.debug("post %s is not ready: %s", post.pk, fault)
    for name, value in before.items():
        setattr(post, name, value)
    return None


def frozen(post: Post) -> dict[str, object]:
    """The columns that are fixed when a post is worded."""
    return {name: getattr(post, name) for name in wording.FROZEN}


def _takes_its_time(post: Post, connector: Connector) -> bool:
    """A picture is fetched or drawn, a link is asked for."""
    return illustrations.will_have_picture(post.item, connector.limits) or links.asks_bitly(post)
