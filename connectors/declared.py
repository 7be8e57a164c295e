"""Plain data on both sides of a connector: what its module declares, what it is given and what it answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Kind = Literal["image", "video"]
#: Stores a draft that has grown by one piece, so that an attempt that dies loses at most the next one.
Keep = Callable[[str], None]


def unkept(draft: str) -> None:
    """For whoever has nowhere to store a draft: it is what ``prepare`` returns in the end."""


@dataclass(frozen=True)
class VideoLimits:
    """What a platform accepts of a video; a 0 stands for no rule."""

    bytes: int
    types: tuple[str, ...] = ("video/mp4",)
    #: Shortest and longest.
    seconds: tuple[float, float] = (0.0, 0.0)
    #: Width divided by height, smallest and largest; None where the platform names no rule.
    ratio: tuple[float, float] | None = None
    min_width: int = 0
    min_height: int = 0
    max_width: int = 0
    max_height: int = 0
    #: How it travels, as ``Limits.media_by``.
    by: str = "bytes"


@dataclass(frozen=True)
class Limits:
    """What a platform accepts. ``length`` counts a text as the platform counts it."""

    text: int
    text_with_media: int
    media_bytes: int
    media_types: tuple[str, ...]
    needs_media: bool = False
    length: Callable[[str], int] = len
    hashtags: int | None = None
    #: More than these are taken, but do a post no good; None where nobody advises anything.
    hashtags_advised: int | None = None
    #: How many accounts a text may name with an @; None where there is no rule.
    mentions: int | None = None
    #: How many cashtags (``connectors.texts.cashtags``) a text may hold; None where there is no rule.
    cashtags: int | None = None
    #: How a picture travels: ``url`` (the platform downloads it: needs a public address), ``bytes`` (we upload it) or
    #: ``either`` (a public address if there is one, else an upload).
    media_by: str = "either"
    #: Width divided by height, smallest and largest; None where the platform names no rule.
    media_ratio: tuple[float, float] | None = None
    media_min_width: int = 0
    media_max_width: int = 0
    #: Largest width + height in pixels; 0 where there is no such rule.
    media_max_sides: int = 0
    #: How many pictures (and videos) one post may carry.
    media_count: int = 1
    #: Beyond ``media_count`` the rest is left out; else such a post is refused.
    leaves_out: bool = False
    #: May pictures and videos go out in one post, and several videos?
    mix: bool = False
    #: None: no video is taken.
    video: VideoLimits | None = None
    #: The limit of a text beside several media or a video; None: ``text_with_media``.
    text_with_several: int | None = None

    def longest(self, kinds: Sequence[Kind]) -> int:
        """The limit of a text beside media of these kinds."""
        if not kinds:
            return self.text
        several = len(kinds) > 1 or kinds[0] == "video"
        return self.text_with_several if several and self.text_with_several is not None else self.text_with_media


@dataclass(frozen=True)
class Option:
    """One switch of an account that this platform understands, shown to editors as a field."""

    name: str
    label: str
    default: bool | str = False
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()


#: For platforms without a flag of their own.
AI_LINE = Option(
    "ai_line", "Say in a line when a machine made it", default=True, help="Below the text; it counts for its length."
)


@dataclass(frozen=True)
class OutgoingMedia:
    """One picture or video of a post: a public address, a file on this host, or both."""

    kind: Kind
    url: str = ""
    path: str = ""
    #: Our own public address of what is at ``url``, for a platform that cannot take it from there.
    copy_url: str = ""
    alt: str = ""
    #: What was seen in it; 0 where nobody has looked.
    width: int = 0
    height: int = 0
    seconds: float = 0.0
    bytes: int = 0


@dataclass(frozen=True)
class Outgoing:
    """One worded post, as plain data. ``text`` already holds the link when the account wants it."""

    text: str
    link: str = ""
    #: Unique per post; how we recognise our own post later. Empty when the link was left out: compare the whole text.
    marker: str = ""
    #: In the order in which readers see them.
    media: tuple[OutgoingMedia, ...] = ()
    #: Moment of the first attempt's point of no return, UTC; None before it. Read-back looks no further back.
    sent_at: datetime | None = None
    #: Ids of the account's other posts, which may hold the same words.
    others: tuple[str, ...] = ()
    #: Declared as made by a machine; None where nothing was declared.
    ai: bool | None = None

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What the media are, in their order."""
        return tuple(medium.kind for medium in self.media)

    @property
    def media_url(self) -> str:
        """The first medium's address."""
        return self.media[0].url if self.media else ""

    @property
    def media_path(self) -> str:
        """The first medium's file."""
        return self.media[0].path if self.media else ""

    @property
    def media_copy(self) -> str:
        """Our own address of the first medium."""
        return self.media[0].copy_url if self.media else ""

    @property
    def alt_text(self) -> str:
        """The first medium's alternative text."""
        return self.media[0].alt if self.media else ""


@dataclass(frozen=True)
class Published:
    """Proof that a post is out: the platform's id (several have commas between them, the post's first), the address."""

    external_id: str
    permalink: str = ""


@dataclass(frozen=True)
class TokenStatus:
    """What a platform says of our credentials. ``expires_at`` is None when it is never or not known."""

    valid: bool
    expires_at: datetime | None = None
    account_name: str = ""
    scopes_missing: tuple[str, ...] = ()
    #: May follow-ups be written with it? None: it was not told, or they need no right of their own.
    may_follow_up: bool | None = None
    detail: str = ""
    #: When reading ends although the token lives (Meta: 90 days without the user); None where there is no such rule.
    data_access_expires_at: datetime | None = None
    #: False when the platform could not be asked: then nothing may be concluded.
    checked: bool = True
