"""What a claim is asked for, and what it brings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from social_queue.delivery.claims.ready import Ready
from social_queue.models import Attempt
from social_queue.wording.templates.finding import Shelf

#: A post and the number of an attempt at it.
Try = tuple[int, int]


@dataclass
class Begin:
    """What is needed to begin posts as they are claimed; ``tries`` is filled with those that were, committed or not."""

    shelf: Shelf
    tries: list[Try] = field(default_factory=list)


@dataclass(frozen=True)
class Ahead:
    """How many posts may be claimed for hands that are not free yet, while ``left`` others wait for hands elsewhere."""

    most: int = 0
    left: int = 0


@dataclass(frozen=True)
class Claim:
    """``attempts``: one per claimed post. ``contended``: another worker claimed the same posts first, so try again.

    ``others``: more are due than were taken; only a claim that may take some ahead says so.
    ``ready``: {post id: how it goes out} of those that have passed their point of no return and only need to be sent.
    """

    attempts: list[Attempt]
    contended: bool = False
    others: bool = False
    ready: Mapping[int, Ready] = field(default_factory=dict)


class Follow(Protocol):
    """Claims what accounts go on with, in the transaction that writes down that their posts are out."""

    def __call__(self, accounts: list[int]) -> None:
        """What is claimed is sent once that is committed."""

    def lost(self) -> None:
        """It failed, perhaps in the middle of its commit."""
