"""What a platform's module declares beside itself: the limits of a post, and the switches of an account."""

from collections.abc import Callable
from dataclasses import dataclass


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


@dataclass(frozen=True)
class Option:
    """One switch of an account that this platform understands, shown to editors as a field."""

    name: str
    label: str
    default: bool | str = False
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
