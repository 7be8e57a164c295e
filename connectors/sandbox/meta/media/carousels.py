"""Carousels and reels of the pretended Instagram: children, the parent that holds them, and videos that take a while.

https://developers.facebook.com/docs/instagram-platform/content-publishing
https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media
"""

import re
from dataclasses import dataclass

from connectors.looks.media import Shown
from connectors.sandbox.meta.common import boolean, need, refuse
from connectors.sandbox.meta.instagram_reads import status_of
from connectors.sandbox.meta.instagram_refusals import instagram_error
from connectors.sandbox.stage import films, pictures
from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.stage.wire import Refused

FEWEST, MOST = 2, 10
LARGEST_VIDEO = 300 * 1024 * 1024
_SHORTEST, _LONGEST, _WIDEST = 3, 900, 1920
#: Stands on the parent alone.
_OF_THE_PARENT = ("caption", "location_id", "collaborators", "is_ai_generated")
#: A video is asked after once before it is ready.
_LOOKS_OF_A_VIDEO = 1


@dataclass(frozen=True)
class Held:
    """What a container holds. ``fault``: the subcode by which it fails once it was looked at; ``looks`` until then."""

    kind: str
    shown: tuple[Shown, ...]
    fault: int = 0
    looks: int = 0


def is_child(given: dict) -> bool:
    """Is it to be an item of a carousel?"""
    return boolean(given, "is_carousel_item", default=False)


def is_one(given: dict) -> bool:
    """Does it say more than a picture's address?"""
    if is_child(given):
        for name in _OF_THE_PARENT:
            if name in given:
                raise refuse(100, f"(#100) Param {name} is not allowed for carousel items")
    return bool(given.get("media_type") or given.get("video_url") or given.get("children"))


def hold(exchange: Exchange, given: dict) -> Held:
    """What a carousel, a reel or a video in a carousel holds."""
    kind = given.get("media_type", "")
    if kind == "CAROUSEL" and not is_child(given):
        return Held("carousel", _children(exchange, given))
    if kind not in ("REELS", "VIDEO") or (kind == "VIDEO") != is_child(given):
        raise refuse(100, "(#100) Param media_type: a video alone is REELS, in a carousel VIDEO", subcode=2207023)
    if "alt_text" in given:
        raise refuse(100, "(#100) Param alt_text is only for images")
    return _video(exchange, need(given, "video_url"))


def fault_of_the_day(exchange: Exchange, given: dict) -> int:
    """On a bad day the item of a carousel that is made next fails."""
    return 2207077 if is_child(given) and exchange.take("child_fails").name == "child_fails" else 0


def _children(exchange: Exchange, given: dict) -> tuple[Shown, ...]:
    # As text with commas or, from the vendor's own SDK, as a list.
    names, shelf = re.findall(r"[^\[\]\s\",]+", need(given, "children")), exchange.world.shelves["containers"]
    if not FEWEST <= len(names) <= MOST:
        raise Refused(instagram_error(100, 2207028))
    shown: list[Shown] = []
    for name in names:
        child = shelf.get(name)
        if child is None or child["address"] != exchange.call.address or not child["child"]:
            raise Refused(instagram_error(24, 2207006))
        if status_of(child) != "FINISHED":
            raise Refused(instagram_error(9007, 2207027))
        shown += child["held"].shown
    return tuple(shown)


def _video(exchange: Exchange, url: str) -> Held:
    """It is downloaded after the answer, so what is wrong with it shows in its status alone."""
    try:
        content = pictures.fetch(url, follow=False, agent=pictures.META_AGENT, largest=LARGEST_VIDEO)
        seen = films.inspect(content)
    except pictures.Unfetchable:
        return Held("video", (), fault=2207077, looks=_LOOKS_OF_A_VIDEO)
    except films.NotAFilm:
        return Held("video", (), fault=2207026, looks=_LOOKS_OF_A_VIDEO)
    fits = _SHORTEST <= seen.seconds <= _LONGEST and seen.width <= _WIDEST and seen.ready_to_stream
    shown = (Shown("video", exchange.world.keep_film(content, seen.media_type)),)
    return Held("video", shown, fault=0 if fits else 2207026, looks=_LOOKS_OF_A_VIDEO)
