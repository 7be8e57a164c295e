"""Small copies of pictures for the desk's own pages: from our disk, never from a stranger's server."""

import hashlib
from pathlib import Path

from django.conf import settings

from connectors.base import Limits
from connectors.errors import Rejected
from connectors.media import fitting, inspect
from social_queue.media import cards, fetched, files
from social_queue.models import QueueItem

#: Pixels; a card on a screen of twice the density is 320 wide.
WIDTH = 640
_SMALL = Limits(text=0, text_with_media=0, media_bytes=400_000, media_types=("image/jpeg",), media_max_width=WIDTH)


def thumbnail(item: QueueItem) -> Path:
    """A JPEG of the item's picture, or of its card, at most WIDTH pixels wide; made once.

    Raises Rejected, TransientError or ValueError with the reason why there is none.
    """
    source = _source(item)
    try:
        content = source.read_bytes()
    except FileNotFoundError as fault:
        raise Rejected(f"The item's picture {source.name} is no longer there.") from fault
    name = hashlib.sha256(content).hexdigest()
    # Beside the fitted copies, so that they go when those do.
    target = Path(settings.MEDIA_ROOT) / "fitted" / "small" / name[:2] / f"{name}.jpg"
    if not target.exists():
        files.write_whole(target, fitting.fitting(inspect.inspect(content), _SMALL, how="refuse")[0])
    return target


def _source(item: QueueItem) -> Path:
    if item.image:
        return Path(item.image.path)
    if item.image_url:
        return fetched.fetch_once(item).path
    try:
        return cards.card_for(item.title, item.data).path
    except cards.BadCard:
        return cards.card_for(item.title, {}).path
