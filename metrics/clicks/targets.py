"""Where a code leads: our own row decides, never the request."""

import threading
import time
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError

from connectors.texts.ascii_links import ascii_link
from metrics import kept
from social_queue.models import Post, PostStatus
from social_queue.wording import links

#: A post's link hardly ever changes; a minute of an old target costs nobody anything, a look-up per click would.
_KEEP_SECONDS = 60
_MOST = 20_000
_kept: dict[str, tuple[float, "Target"]] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class Target:
    """What a click on a code is a click on; ``url`` is where it leads."""

    url: str
    post: int
    queue_item: int
    platform: str
    variant: str
    #: The post was taken back: its link leads nowhere any more.
    recalled: bool = False


def find(code: str) -> Target | None:
    """The target of a code, exactly as written; None when no post has it."""
    if "\x00" in code:
        return None  # PostgreSQL can't be asked for it, and says so in a way that sounds like an outage
    held = _kept.get(code)
    if held and held[0] > time.monotonic():
        return held[1]
    try:
        post = Post.objects.select_related("item", "account").filter(code=code).first()
    except (DatabaseError, InterfaceError):
        if held is None:
            raise
        # An old target is better than none: nobody could have changed it while the database is away.
        return held[1]
    if post is None or post.code != code:
        return _of_pruned(code)
    # A header is ASCII; rows of former versions may hold the link as people write it.
    url = ascii_link(post.tracked_url or links.tracked_url(post))
    target = Target(
        url, post.pk, post.item_id, post.platform, post.variant, recalled=post.status == PostStatus.RECALLED
    )
    with _lock:
        if len(_kept) >= _MOST:
            _kept.clear()
        _kept[code] = (time.monotonic() + _KEEP_SECONDS, target)
    return target


def _of_pruned(code: str) -> Target | None:
    row = kept.by_code(code)
    return Target(row.url, row.post, row.queue_item, row.platform, row.variant) if row else None


def forget() -> None:
    """Look everything up afresh; for tests."""
    with _lock:
        _kept.clear()
