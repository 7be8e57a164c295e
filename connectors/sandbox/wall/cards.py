"""The posts of the wall as cards, each with what follows it below, in order."""

import dataclasses
from collections.abc import Sequence
from urllib.parse import urlsplit

from connectors.looks.cards import card
from connectors.looks.text import e
from connectors.looks.threads import Reply, thread
from connectors.sandbox.stage.world import Names, Posting

#: How many posts of a platform the page shows; ``/wall.json`` has them all.
SHOWN = 60
#: The platforms whose readers see that a post was edited.
_SHOW_EDITS = ("facebook", "telegram")


def cards(wall: Sequence[Posting], platform: str, names: Names, *, since: int = 0) -> str:
    """The newest posts first; those that came, or were followed, after the first ``since`` of the wall."""
    mine = [post for post in reversed(wall) if post.platform == platform and not post.reply_to]
    fresh = {id(post) for post in wall[since:]}
    wanted = [post for post in mine if not since or fresh & {id(one) for one in (post, *thread_of(post, wall))}]
    return "".join(card_of(post, wall, names) for post in wanted[:SHOWN])


def thread_of(post: Posting, wall: Sequence[Posting]) -> list[Posting]:
    """What answers the post, or one of those answers, in the order in which it came."""
    above, found = {post.id, *post.id.split(",")}, []
    for one in wall:
        if one.reply_to in above and one.platform == post.platform and one.address == post.address:
            found.append(one)
            above.add(one.id)
    return found


def card_of(post: Posting, wall: Sequence[Posting], names: Names) -> str:
    """The HTML of one post with its thread."""
    # The path alone: the page may be open under another name of this machine.
    here = tuple(dataclasses.replace(one, url=urlsplit(one.url).path) for one in post.media)
    shown = dataclasses.replace(post, media=here)
    path = f"/_post/{post.platform}/{'' if post.platform != 'telegram' else post.address + '/'}{post.id}"
    edited = "edited " if post.edited_at and post.platform in _SHOW_EDITS else ""
    below = thread(Reply(one.id, one.text, _time(one)) for one in thread_of(post, wall))
    when, name = f'{edited}<a class="when" href="{e(path)}">{_time(post)}</a>', names(post.platform, post.address)
    drawn = card(shown, when, name=name, below=below)
    return drawn.replace("<article ", f'<article data-post="{e(post.address)} {e(post.id)}" ', 1)


def _time(post: Posting) -> str:
    return f'<time datetime="{post.posted_at.isoformat()}">{post.posted_at:%d %b %H:%M UTC}</time>'
