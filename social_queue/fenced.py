"""Writes to posts that are still what the writer saw."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from social_queue import kept, statements
from social_queue.models import Post


@dataclass(frozen=True)
class Write:
    """Columns to be set of one post if it is in ``status`` and ``attempt`` is its newest; no expressions."""

    post_id: int
    values: Mapping[str, object]
    status: str
    attempt: int


def write(post_id: int, values: Mapping[str, object], *, status: str, attempt: int) -> bool:
    """Set columns of the post if it is in ``status`` and ``attempt`` is its newest; say whether it was.

    ``values`` are plain, no expressions. Raises what the database raises.
    """
    seen = {"id": post_id, "status": status, "attempts_made": attempt}
    return statements.update(Post, values, where=seen) == 1


def write_all(writes: Sequence[Write]) -> list[bool]:
    """The same for many posts, in few statements; call it in a transaction. Says for each whether it was written."""
    if len(writes) < 2 or len({one.post_id for one in writes}) < len(writes):
        return [write(one.post_id, one.values, status=one.status, attempt=one.attempt) for one in writes]
    held = {pk: (status, attempt) for pk, status, attempt in _locked(ids=[one.post_id for one in writes])}
    is_so = [held.get(one.post_id) == (one.status, one.attempt) for one in writes]
    alike: dict[tuple[str, tuple[str, ...]], dict[int, Mapping[str, object]]] = defaultdict(dict)
    for one, holds in zip(writes, is_so, strict=True):
        if holds:
            group = alike[one.status, tuple(one.values)]
            group[one.post_id] = one.values
    for (status, _), values in alike.items():
        statements.update_each(Post, values, where={"status": status})
    return is_so


@kept.rows
def _locked(*, ids: list[int]) -> "QuerySet[Post, tuple[int, str, int]]":
    """In one order, so that two transactions can't wait for each other in a circle."""
    rows = Post.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    return rows.values_list("pk", "status", "attempts_made")
