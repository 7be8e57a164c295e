"""What a platform says of a post's media taken together: how many, of which kinds, and what is left out."""

from collections.abc import Sequence

from connectors.declared import Kind, Limits, OutgoingMedia
from connectors.errors import Rejected

#: Codes of the refusals.
MIXED, TOO_MANY, NO_VIDEO = "media_mixed", "media_too_many", "no_video"


def problem(kinds: Sequence[Kind], limits: Limits) -> str:
    """The code of what forbids these media in one post, or ""."""
    if "video" in kinds and limits.video is None:
        return NO_VIDEO
    if len(kinds) > 1 and "video" in kinds and not limits.mix:
        return MIXED
    return TOO_MANY if len(kinds) > limits.media_count and not limits.leaves_out else ""


def left_out(kinds: Sequence[Kind], limits: Limits) -> int:
    """How many of the media, counted from the end, this platform does not get."""
    return max(0, len(kinds) - limits.media_count) if limits.leaves_out else 0


def taken(media: Sequence[OutgoingMedia], limits: Limits, label: str) -> tuple[OutgoingMedia, ...]:
    """Those that go out. Raises Rejected with the code of ``problem``."""
    code = problem([medium.kind for medium in media], limits)
    if code:
        raise Rejected(f"{label} {_words(code, limits)}.", code=code)
    return tuple(media[: limits.media_count])


def _words(code: str, limits: Limits) -> str:
    if code == NO_VIDEO:
        return "takes no videos"
    if code == MIXED:
        return "takes either pictures or one video in a post, not both"
    return "takes one picture a post" if limits.media_count == 1 else f"takes {limits.media_count} media a post"
