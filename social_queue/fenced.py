"""Writes to one post that is still what the writer saw."""

from collections.abc import Mapping

from social_queue import statements
from social_queue.models import Post


def write(post_id: int, values: Mapping[str, object], *, status: str, attempt: int) -> bool:
    """Set columns of the post if it is in ``status`` and ``attempt`` is its newest; say whether it was.

    ``values`` are plain, no expressions. Raises what the database raises.
    """
    seen = {"id": post_id, "status": status, "attempts_made": attempt}
    return statements.update(Post, values, where=seen) == 1
