"""One press of a button on many rows, while it is being done: what it holds back, and how the rows were before."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from social_queue.models import Post, QueueItem

Number = TypeVar("Number", int, str)
#: Nothing of a press may be claimed before its last row is done. A press whose process dies goes out after this.
WHILE_PRESSING = timedelta(minutes=5)
#: Columns of a post that a press may change.
KEPT = (
    *("status", "not_before", "slot_at", "failures_in_row", "waiting_since_at", "error_kind", "error"),
    *("draft_ref", "short_link", "tracked_url", "caption", "recall_asked_at"),
)
_MOMENTS = {"not_before", "slot_at", "waiting_since_at", "publish_at", "sent_back_at", "recall_asked_at"}
_ITEM_KEPT = ("status", "publish_at", "next_slot", "skip_reason", "approved_as", "sent_back_at", "sent_back_reason")


@dataclass
class Pressing:
    """What an operation notes down row by row, so that the press can be taken back.

    ``hold``: how long what would go out at once waits after the press, in which it can be taken back; None for no
    waiting at all, as where nobody could take it back.
    """

    now: datetime
    hold: timedelta | None = None
    #: Who presses, where it is a person: what is let go out is approved by them.
    person: int | None = None
    #: {post id: how it is now, and the columns it had before}
    posts: dict[int, dict] = field(default_factory=dict)
    items: dict[int, dict] = field(default_factory=dict)
    #: Those of the posts that are asked back, being out or under way.
    asked: list[int] = field(default_factory=list)

    @property
    def due(self) -> datetime:
        """When what goes out "now" is due."""
        return self.now + WHILE_PRESSING if self.hold else self.now

    def moment(self, planned: datetime) -> datetime:
        """``planned``, or where that is now or past, the moment at which "now" is."""
        return planned if planned > self.now + (self.hold or timedelta(0)) else self.due

    def afresh(self) -> "Pressing":
        """The same press with nothing noted yet: for a transaction that may have to be done again."""
        return replace(self, posts={}, items={}, asked=[])

    def add(self, noted: "Pressing") -> None:
        """Note what such a transaction did once it is committed."""
        self.posts |= noted.posts
        self.items |= noted.items
        self.asked += noted.asked

    def look(self, post: Post) -> dict:
        """The post as it is, for ``took`` to compare with."""
        return {name: getattr(post, name) for name in KEPT}

    def took(self, post: Post, before: dict) -> None:
        """The post was changed: keep what it had where that is another thing now."""
        now = self.look(post)
        changed = {name: value for name, value in before.items() if now[name] != value}
        self.posts[post.pk] = {"attempt": post.attempts_made, "item": post.item_id, **_now(post), "before": changed}

    def look_at_item(self, item: QueueItem) -> dict:
        """The same for an item."""
        return {name: getattr(item, name) for name in _ITEM_KEPT}

    def took_item(self, item: QueueItem, before: dict, made: Iterable[Post] = ()) -> None:
        """The item itself was changed; ``made`` are the posts it got by it."""
        now = self.look_at_item(item)
        changed = {name: value for name, value in before.items() if now[name] != value}
        posts = {post.pk: post.not_before for post in made}
        self.items[item.pk] = {"status": item.status, "publish_at": item.publish_at, "made": posts, "before": changed}


def _now(post: Post) -> dict:
    return {"status": post.status, "not_before": post.not_before}


def written(rows: dict[int, dict]) -> dict[str, dict]:
    """Rows as JSON keeps them."""
    return {str(number): dict(_pairs(row)) for number, row in rows.items()}


def _pairs(row: dict) -> Iterator[tuple[str, object]]:
    for name, value in row.items():
        if isinstance(value, datetime):
            yield name, value.isoformat()
        else:
            yield str(name), dict(_pairs(value)) if isinstance(value, dict) else value


def some(numbers: list[Number], count: int) -> Iterator[list[Number]]:
    """The numbers, so many at a time."""
    return (numbers[start : start + count] for start in range(0, len(numbers), count))


def read(before: dict) -> dict[str, object]:
    """The columns of one row as they were."""
    return {
        name: datetime.fromisoformat(value) if name in _MOMENTS and value else value for name, value in before.items()
    }
