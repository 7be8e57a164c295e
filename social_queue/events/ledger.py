"""Writes down that a status changed, in the transaction that changed it: an event is there if the change is.

Nothing is sent from here, and no number is given: whoever changes posts shall not wait for anybody.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from social_queue import statements
from social_queue.models import Event, EventType, PlatformAccount, Post, QueueItem

_OF_POSTS = {kind.removeprefix("post."): kind for kind in EventType.values if kind.startswith("post.")}
_OF_ITEMS = {kind.removeprefix("item."): kind for kind in EventType.values if kind.startswith("item.")}
_OF_ACCOUNTS = {kind.removeprefix("account."): kind for kind in EventType.values if kind.startswith("account.")}

#: The columns of ItemFacts, in its order.
ITEM_COLUMNS = ("pk", "status", "reference", "title", "source")


@dataclass(frozen=True)
class ItemFacts:
    """What events say of an item, as it stands after the change."""

    pk: int
    status: str
    reference: str | None
    title: str
    source: str

    @classmethod
    def of(cls, item: QueueItem, status: str = "") -> "ItemFacts":
        """``status``: when the row in hand does not have it yet."""
        return cls(item.pk, str(status or item.status), item.reference, item.title, item.source)

    def shown(self) -> dict[str, object]:
        return {"id": self.pk, "reference": self.reference, "title": self.title, "status": str(self.status)}


def write(happened: Iterable[Event | None]) -> None:
    """All of them in one statement, in this order. Call it in the transaction of the change."""
    if rows := [event for event in happened if event is not None]:
        statements.insert_all(rows, ids=False)


def of_post(post: Post, item: ItemFacts, *, values: Mapping[str, object]) -> Event | None:
    """The event of a post that changes by these columns; None for a status without an event type.

    A doubt is none: of an undecided post others hear when people do, by ``undecided``.
    """
    kind = _OF_POSTS.get(str(values.get("status", "")))
    return _about_post(kind, post, item, values) if kind else None


def undecided(post: Post) -> Event:
    """A human has just been asked what became of the post."""
    return _about_post(EventType.POST_UNDECIDED, post, ItemFacts.of(post.item), {})


def corrected(post: Post, values: Mapping[str, object], *, part: int | None = None) -> Event:
    """The post, or the part of this number, reads otherwise now, where it is out."""
    event = _about_post(EventType.POST_CORRECTED, post, ItemFacts.of(post.item), values)
    event.data |= {"part": part} if part else {}
    return event


def of_item(item: ItemFacts) -> Event | None:
    """The event of an item that came into its status; None for a status without an event type."""
    kind = _OF_ITEMS.get(str(item.status))
    if kind is None:
        return None
    return Event(type=kind, data={"item": item.shown()}, item_number=item.pk, source=item.source)


def sent_back(item: QueueItem, reason: str) -> Event:
    """A draft goes back to whoever wrote it, with the reason."""
    facts = ItemFacts.of(item)
    data = {"item": facts.shown(), "reason": reason}
    return Event(type=EventType.ITEM_SENT_BACK, data=data, item_number=item.pk, source=item.source)


def of_account(account: PlatformAccount, status: str) -> Event | None:
    """The event of an account that came into this status; None for a status without an event type."""
    kind = _OF_ACCOUNTS.get(str(status))
    return Event(type=kind, data={"item": None, "account": _account(account)}) if kind else None


def _about_post(kind: str, post: Post, item: ItemFacts, values: Mapping[str, object]) -> Event:
    columns = ("status", "external_id", "permalink", "error_kind", "error")
    now = {name: values.get(name, getattr(post, name)) for name in columns}
    changed = {name: None if value is None else str(value) for name, value in now.items()}
    data = {"item": item.shown(), "post": {"id": post.pk, **changed}, "account": _account(post.account)}
    return Event(type=kind, data=data, item_number=item.pk, source=item.source)


def _account(account: PlatformAccount) -> dict[str, str]:
    return {"slug": account.slug, "platform": account.platform}
