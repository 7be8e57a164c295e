"""What follows a post, a comment or a reply: what a platform declares of it, and what it is given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from connectors.declared import Option
from connectors.errors import OutcomeUnknown

if TYPE_CHECKING:
    from connectors.base import Published


@dataclass(frozen=True)
class FollowUpLimits:
    """What a platform takes as a follow-up: plain text, counted by ``length`` as it counts there."""

    text: int
    length: Callable[[str], int] = len
    #: How many cashtags (``connectors.texts.cashtags``) one may hold; None where there is no rule.
    cashtags: int | None = None


@dataclass(frozen=True)
class FollowUp:
    """One follow-up, as plain data.

    ``root`` is the id of the post, ``parent`` that of the part before, where that is known. ``sent_at`` is the moment
    of the first attempt's point of no return, UTC, None before it; ``others`` are the ids of the thread's other parts,
    which may hold the same words.
    """

    text: str
    parent: str
    root: str
    sent_at: datetime | None = None
    others: tuple[str, ...] = ()


#: An option that every platform with follow-ups declares.
LINK_IN_FOLLOW_UP = Option(
    "link_in_follow_up",
    "Put the link into the first follow-up",
    help="The post itself goes out without its link, which follows as a comment or a reply.",
)


class Following:
    """What a connector promises of follow-ups: by default that there are none."""

    label: ClassVar[str]
    #: What may follow a post, unless ``follow_ups_for`` says otherwise; None where nothing may.
    follow_ups: ClassVar[FollowUpLimits | None] = None
    #: The right that a token needs for them besides the right to post; "" where there is none of its own.
    follow_up_right: str = ""
    #: The option that lets an account have them, "" where they need none. Where the platform refuses so many in a row
    #: because of the account (``FollowUpsRefused``), it is switched off.
    follow_ups_option: ClassVar[str] = ""
    follow_ups_off_after: ClassVar[int] = 2
    #: False where the platform deletes what stands below a post with the post; else each is taken back by its own id.
    follow_ups_stay: ClassVar[bool] = True

    @classmethod
    def follow_ups_for(cls, options: Mapping[str, object]) -> FollowUpLimits | None:
        """What may follow the posts of an account with these options; None where nothing may."""
        return cls.follow_ups

    def follow_up(self, words: FollowUp) -> "Published":
        """Make exactly one irreversible request, a comment or a reply, and return the platform's id."""
        raise NotImplementedError

    @classmethod
    def follow_ups_can_be_found(cls) -> bool:
        """Can ``find_follow_up`` ever tell?"""
        return cls.find_follow_up is not Following.find_follow_up

    def find_follow_up(self, words: FollowUp) -> "Published | None":
        """The follow-up as it is found by its whole text, or None only when it is *proved* absent.

        Raises as ``find_existing`` does.
        """
        raise OutcomeUnknown(f"{self.label} cannot be asked whether this follow-up is out.")
