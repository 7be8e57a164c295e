"""What a platform would mind about an item's media, named by their places, before anything is sent."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from connectors.declared import Limits, VideoLimits
from connectors.media import together
from social_queue.media.carried import Medium
from social_queue.models import MediaFile
from social_queue.sentences import said

LEFT_OUT = "media_left_out"
THE_PICTURE = said("The picture")
#: All the codes that stop a post.
CODES = (
    *(together.MIXED, together.TOO_MANY, together.NO_VIDEO),
    *("video_type", "video_too_large", "video_too_long", "video_too_short", "media_ratio", "video_size"),
)
_PLACES = (
    *(said("first"), said("second"), said("third"), said("fourth"), said("fifth")),
    *(said("sixth"), said("seventh"), said("eighth"), said("ninth"), said("tenth")),
)


@dataclass(frozen=True)
class Fault:
    """``code`` is for machines, ``message`` for people. ``stops``: with it the post can't go out."""

    code: str
    message: str
    stops: bool = True


def faults(media: Sequence[Medium], limits: Limits, label: str) -> list[Fault]:
    """All that is known beforehand; an address shows what is behind it only when it is fetched."""
    kinds = [medium.kind for medium in media]
    if code := together.problem(kinds, limits):
        return [Fault(code, _together(code, limits, label))]
    out = together.left_out(kinds, limits)
    found = [fault for place in range(len(media) - out) if (fault := _of_one(media, place, limits, label))]
    if out:
        values = {"label": label, "most": limits.media_count, "count": len(media)}
        sentence = said("%(label)s shows the first %(most)s of %(count)s; the others are left out there.", **values)
        found.append(Fault(LEFT_OUT, sentence, stops=False))
    return found


def name_of(media: Sequence[object], place: int, kind: str) -> str:
    """The medium at a place, as a sentence begins with it."""
    if len(media) == 1:
        return said("The video") if kind == "video" else THE_PICTURE
    return (
        said("The %(place)s video", place=_PLACES[place])
        if kind == "video"
        else said("The %(place)s picture", place=_PLACES[place])
    )


def fault_of_video(what: str, video: MediaFile, limits: VideoLimits, label: str) -> Fault | None:
    """What this platform would mind about a video of these measures; ``what`` names it."""
    facts: dict[str, object] = {"what": what, "label": label}
    if video.media_type not in limits.types:
        taken = ", ".join(kind.rpartition("/")[2].upper() for kind in limits.types)
        given = video.media_type.rpartition("/")[2].upper()
        sentence = said("%(what)s is %(given)s; %(label)s takes %(taken)s.", given=given, taken=taken, **facts)
        return Fault("video_type", sentence)
    if video.bytes > limits.bytes:
        facts |= {"size": _megabytes(video.bytes), "most": _megabytes(limits.bytes)}
        return Fault("video_too_large", said("%(what)s is %(size)s MB; %(label)s takes %(most)s MB.", **facts))
    shortest, longest = limits.seconds
    facts |= {"seconds": f"{video.seconds:g}", "least": f"{shortest:g}", "most": f"{longest:g}"}
    if longest and video.seconds > longest:
        return Fault("video_too_long", said("%(what)s is %(seconds)s seconds long; %(label)s takes %(most)s.", **facts))
    if video.seconds < shortest:
        sentence = said("%(what)s is %(seconds)s seconds long; %(label)s wants at least %(least)s.", **facts)
        return Fault("video_too_short", sentence)
    return _of_shape(facts, video, limits)


def _of_one(media: Sequence[Medium], place: int, limits: Limits, label: str) -> Fault | None:
    medium = media[place]
    if medium.file is None:
        return None
    what = name_of(media, place, medium.kind)
    if medium.kind == "video":
        return fault_of_video(what, medium.file, limits.video, label) if limits.video else None
    # A picture is made to fit, unless the site wants it refused.
    facts: dict[str, object] = {"what": what, "label": label}
    return _of_ratio(facts, medium.file, limits.media_ratio) if settings.PICTURE_FIT == "refuse" else None


def _of_ratio(facts: dict[str, object], seen: MediaFile, ratio: tuple[float, float] | None) -> Fault | None:
    low, high = ratio or (0.0, float("inf"))
    if low <= seen.width / seen.height <= high:
        return None
    facts |= {"width": seen.width, "height": seen.height, "low": f"{low:g}", "high": f"{high:g}"}
    sentence = said(
        "%(what)s is %(width)s × %(height)s; on %(label)s its width must be between %(low)s and %(high)s times its "
        "height.",
        **facts,
    )
    return Fault("media_ratio", sentence)


def _of_shape(facts: dict[str, object], video: MediaFile, limits: VideoLimits) -> Fault | None:
    if fault := _of_ratio(facts, video, limits.ratio):
        return fault
    facts |= {"width": video.width, "height": video.height}
    if video.width < limits.min_width or video.height < limits.min_height:
        facts |= {"size": f"{limits.min_width} × {limits.min_height}"}
        sentence = said("%(what)s is %(width)s × %(height)s; %(label)s wants at least %(size)s.", **facts)
        return Fault("video_size", sentence)
    widest, highest = limits.max_width or video.width, limits.max_height or video.height
    if video.width > widest or video.height > highest:
        facts |= {"size": f"{widest} × {highest}"}
        sentence = said("%(what)s is %(width)s × %(height)s; %(label)s takes at most %(size)s.", **facts)
        return Fault("video_size", sentence)
    return None


def _together(code: str, limits: Limits, label: str) -> str:
    if code == together.NO_VIDEO:
        return said("%(label)s takes no videos: leave it out there, or add pictures instead.", label=label)
    if code == together.MIXED:
        return said("%(label)s takes either pictures or one video in a post, not both.", label=label)
    if limits.media_count == 1:
        return said("%(label)s takes one picture a post.", label=label)
    return said("%(label)s takes at most %(most)s media a post.", label=label, most=limits.media_count)


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f}".rstrip("0").rstrip(".")
