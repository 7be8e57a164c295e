"""What the pretended platforms show of a site's posts."""

from collections.abc import Iterable

from connectors.sandbox import Sandbox
from social_queue.models import Post


def in_order(sandbox: Sandbox, posts: Iterable[Post]) -> bool:
    """Is each post out once, and on each account in the order of ``posts``? Nothing else may be out."""
    places = {one.id: place for place, one in enumerate(sandbox.wall)}
    assert len(places) == len(sandbox.wall), "the wall shows one id twice"
    shown: dict[int, list[int]] = {}
    for post in posts:
        post.refresh_from_db()
        shown.setdefault(post.account_id, []).append(places.pop(post.external_id, -1))
    return not places and all(-1 not in order and order == sorted(order) for order in shown.values())
