"""What goes in and comes out, for type checkers and editors."""

from typing import Any, TypedDict


class QueuedPost(TypedDict):
    id: int
    account: str
    platform: str
    status: str
    link: str


class Queued(TypedDict, total=False):
    """``skip_reason`` and ``duplicate_of`` when it repeats another item; else ``publish_at`` and ``posts``."""

    id: int
    status: str
    publish_at: str
    posts: list[QueuedPost]
    skip_reason: str
    duplicate_of: int


class Event(TypedDict):
    id: str
    sequence: int
    type: str
    occurred_at: str
    data: dict[str, Any]


class EventPage(TypedDict):
    events: list[Event]
    next_after: int


class Account(TypedDict):
    slug: str
    platform: str
    name: str
    status: str
    token: str
    zone: str
    next_slots: list[str]
    limits: dict[str, Any]


class Subscription(TypedDict, total=False):
    """``secret`` only in the answer that made it."""

    id: int
    url: str
    events: list[str]
    status: str
    secret: str


class Upload(TypedDict):
    """``id`` goes into ``media=[{"upload": id, "alt": "…"}]`` of an item; ``seconds`` is 0 of a picture."""

    id: str
    type: str
    width: int
    height: int
    seconds: float
    bytes: int
    url: str
