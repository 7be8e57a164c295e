"""The arrows between states, and the one door through which a status is written."""

import dataclasses
import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from connectors.base import Published
from social_queue import fenced, kept, part_states, statements
from social_queue.arrows import ARROWS, NoSuchArrow, statuses, verdict
from social_queue.events import ledger
from social_queue.models import ItemStatus, Post, PostStatus, QueueItem

logger = logging.getLogger(__name__)

__all__ = [
    "ARROWS", "Move", "NoSuchArrow",
    "hold", "mark_item", "mark_items", "move", "move_all", "proof", "settle", "verdict",
]  # fmt: skip

#: An item that no post can move: it waits for an editor, or an editor or a rule has ended it.
_OUTSIDE_POSTS = {ItemStatus.DRAFT, ItemStatus.SKIPPED}


@dataclass(frozen=True)
class Move:
    """One step of one post: from the status it was read with to ``to``, with the columns that change with it.

    ``attempt`` is the ``attempts_made`` that the caller read: a row that was claimed since is left unchanged.
    """

    post: Post
    to: str
    attempt: int
    fields: dict[str, object]

    def columns(self) -> dict[str, object]:
        """All that is to be written. Raises NoSuchArrow."""
        if (self.post.status, self.to) not in ARROWS:
            raise NoSuchArrow(f"A post can't go from {self.post.status} to {self.to}.")
        if self.to == PostStatus.PUBLISHED and not self.fields.get("external_id", self.post.external_id):
            raise NoSuchArrow("A published post needs the platform's id.")
        released = {} if self.to == PostStatus.PUBLISHING else {"lease_until": None, "in_flight_account": None}
        if self.to == PostStatus.CANCELLED:
            released["slot_at"] = None
        return released | self.fields | {"status": self.to}


def proof(result: Published, now: datetime) -> dict[str, object]:
    """The columns of a post that is out, or of what follows one."""
    return {
        "external_id": result.external_id[:200],
        "permalink": result.permalink[:500],
        "published_at": now,
        "failures_in_row": 0,
        "error_kind": "",
        "error": "",
        "waiting_since_at": None,
    }


def move(post: Post, to: str, *, attempt: int, **fields: Any) -> bool:
    """One ``Move``; say whether exactly one row changed. The item is settled in the same transaction."""
    return move_all([Move(post, to, attempt, fields)])[0]


def move_all(moves: list[Move], *, then: Callable[[], None] | None = None) -> list[bool]:
    """Make many moves in one transaction. Returns for each whether its row changed; then ``post`` has the new values.

    ``then``: what else is done in it, before the items are locked, for which others wait. Raises NoSuchArrow before
    anything is written, when one of the moves is not allowed.
    """
    wanted = [fenced.Write(step.post.pk, step.columns(), step.post.status, step.attempt) for step in moves]
    with transaction.atomic(savepoint=False):
        moved = fenced.write_all(wanted)
        done = [(step.post, one.values) for step, one, is_so in zip(moves, wanted, moved, strict=True) if is_so]
        part_states.follow(done)
        if then is not None:
            then()
        settle({post.item_id for post, _ in done}, changed=done)
    for post, values in done:
        logger.info("post %s: %s → %s", post.pk, post.status, values["status"], extra={"post": post.pk})
        for name, value in values.items():
            setattr(post, name, value)
    return moved


def hold(posts: list[Post], *, lease_until: datetime, worded: Mapping[int, dict[str, object]]) -> None:
    """Claim: all of ``posts`` go from pending to publishing, inside the caller's transaction.

    ``worded``: {id: columns that are written in the same stroke}. The caller holds the rows' locks and has seen them
    pending; each account appears once, or the unique column refuses.
    """
    _hold(ids=[post.pk for post in posts if post.pk not in worded], lease_until=lease_until)
    own = {post.pk: {"in_flight_account": post.account_id, "attempts_made": post.attempts_made + 1} for post in posts}
    columns = {pk: own[pk] | given for pk, given in worded.items()}
    statements.update_each(Post, columns, status=PostStatus.PUBLISHING, lease_until=lease_until)
    for post in posts:
        post.status, post.attempts_made, post.lease_until = PostStatus.PUBLISHING, post.attempts_made + 1, lease_until
        post.in_flight_account = post.account_id
    # With a post in flight an item is posting whatever its others do, so there is nothing to work out one by one.
    _are_posting(items=list({post.item_id for post in posts if post.item.status != ItemStatus.POSTING}))


@kept.change
def _hold(*, ids: list[int], lease_until: datetime) -> kept.Change:
    return kept.Change(
        Post.objects.filter(pk__in=ids),
        status=PostStatus.PUBLISHING,
        attempts_made=F("attempts_made") + 1,
        lease_until=lease_until,
        in_flight_account=F("account_id"),
    )


@kept.change
def _are_posting(*, items: list[int]) -> kept.Change:
    return kept.Change(QueueItem.objects.filter(pk__in=items, status=ItemStatus.READY), status=ItemStatus.POSTING)


def settle(items: Collection[int], *, changed: Sequence[tuple[Post, Mapping[str, object]]] = ()) -> None:
    """Recompute the statuses of items from their posts. Call it inside the transaction that changed one of them.

    ``changed``: posts with the columns that were written; what others should hear of them and their items is noted.
    """
    if not items:
        return
    held = {facts[0]: ledger.ItemFacts(*facts) for facts in _locked_items(items=list(items))}
    posts: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for item, status, attempts_made in statuses(items=list(items)):
        posts[item].append((status, attempts_made))
    settled: dict[int, dict[str, object]] = {}
    for item, found in posts.items():
        if held[item].status not in _OUTSIDE_POSTS and (status := verdict(found)) != held[item].status:
            held[item] = dataclasses.replace(held[item], status=status)
            settled[item] = {"status": status}
    statements.update_each(QueueItem, settled)
    of_posts = [ledger.of_post(post, held[post.item_id], values=values) for post, values in changed]
    ledger.write([*of_posts, *(ledger.of_item(held[item]) for item in settled)])


@kept.rows
def _locked_items(*, items: list[int]) -> "QuerySet[QueueItem, tuple[Any, ...]]":
    """Held until the transaction ends; in one order, so that two can't wait for each other in a circle."""
    rows = QueueItem.objects.select_for_update().filter(pk__in=items)
    return rows.order_by("pk").values_list(*ledger.ITEM_COLUMNS)


def mark_item(item: QueueItem, to: str, *, expected: str, **fields: Any) -> bool:
    """Move an item that has no posts yet: draft and skipped items become ready or cancelled by an editor's word."""
    return mark_items([(item, fields)], to, expected=expected)[0]


def mark_items(wanted: Sequence[tuple[QueueItem, Mapping[str, object]]], to: str, *, expected: str) -> list[bool]:
    """The same of many, each with the columns that change with it; then the items have the new values.

    Says for each whether its row changed. Raises NoSuchArrow before anything is written.
    """
    if expected not in _OUTSIDE_POSTS or to not in {ItemStatus.READY, ItemStatus.CANCELLED, ItemStatus.SKIPPED}:
        raise NoSuchArrow(f"An item can't go from {expected} to {to} by hand.")
    with transaction.atomic(savepoint=False):
        changed = [
            statements.update(QueueItem, {**fields, "status": to}, where={"id": item.pk, "status": expected}) == 1
            for item, fields in wanted
        ]
        moved = [(item, fields) for (item, fields), is_so in zip(wanted, changed, strict=True) if is_so]
        ledger.write([ledger.of_item(ledger.ItemFacts.of(item, to)) for item, _fields in moved])
    for item, fields in moved:
        for name, value in {**fields, "status": to}.items():
            setattr(item, name, value)
    return changed
