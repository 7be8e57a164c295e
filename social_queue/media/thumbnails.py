"""Small copies of pictures for the desk's own pages: from our disk, never from a stranger's server."""

import hashlib
from dataclasses import replace
from pathlib import PurePosixPath

import connectors
from connectors.base import Limits
from connectors.media import fitting, inspect
from connectors.media.rules import ratio_problem
from social_queue.media import cards, carried, fetched, files, shape
from social_queue.media.video import looking
from social_queue.models import QueueItem

#: Pixels; a card on a screen of twice the density is 320 wide.
WIDTH = 640
_SMALL = Limits(text=0, text_with_media=0, media_bytes=400_000, media_types=("image/jpeg",), media_max_width=WIDTH)


def thumbnail(item: QueueItem, platform: str = "") -> str:
    """The name of a JPEG of the item's picture, or of its card, at most WIDTH pixels wide; made once.

    ``platform``: cut or bordered as it goes out there. Raises Rejected, TransientError, ValueError, or OSError of the
    store, with the reason why there is none.
    """
    content = files.read(_source(item))
    picture = inspect.inspect(content)
    limits = connectors.get(platform).limits if platform in connectors.names() else _SMALL
    wrong = ratio_problem(picture.width, picture.height, limits)
    how = shape.fit(item.focus) if wrong else {"how": "refuse"}
    marks = f"{limits.media_ratio}{how}".encode() if wrong else b""
    name = hashlib.sha256(content + marks).hexdigest()
    # Beside the fitted copies, so that they go when those do.
    target = f"fitted/small/{name[:2]}/{name}.jpg"
    if not files.there(target):
        seen = replace(_SMALL, media_ratio=limits.media_ratio)
        files.write_whole(target, fitting.fitting(picture, seen, **how)[0])
    return target


def _source(item: QueueItem) -> str:
    """The picture; of a video nobody draws one here, so it is the card that stands in for it."""
    first = next(iter(carried.of(item)), None)
    if first and first.kind == "image":
        kept = first.name or fetched.fetch_once(item, first.url).name
        if PurePosixPath(kept).suffix not in looking.ENDINGS.values():
            return kept
    try:
        return cards.card_for(item.title, item.data).name
    except cards.BadCard:
        return cards.card_for(item.title, {}).name
