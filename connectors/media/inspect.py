"""Pictures from outside: downloaded under guard, and judged by their bytes instead of by what is said of them.

The rules for addresses are in ``connectors.media.guard``, those for the download in ``connectors.media.download``.
"""

from collections.abc import Iterable
from dataclasses import replace

from PIL import Image

from connectors.media.darkroom import place
from connectors.media.download import download
from connectors.media.guard import MediaRefused
from connectors.media.opening import DAMAGE, MEDIA_TYPES, MOST_PIXELS, opened, recognised, reduce
from connectors.media.picture import Picture

__all__ = ["MOST_PIXELS", "MediaRefused", "fetch", "inspect", "is_animated", "orientation", "upright"]

_ORIENTATION = 0x0112
_TURNED_BY_A_QUARTER = (5, 6, 7, 8)
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def fetch(url: str, *, max_bytes: int, allowed_hosts: Iterable[str] = (), timeout: float = 20) -> Picture:
    """Download a picture and look at it.

    ``allowed_hosts``: ``host`` or ``host:port``, let through although private. ``timeout``: seconds for everything.
    Raises MediaRefused (the address's or the picture's fault: final) or TransientError (the network's: try again).
    """
    content, found_at = download(url, max_bytes=max_bytes, allowed_hosts=allowed_hosts, timeout=timeout)
    try:
        return replace(inspect(content), found_at=found_at)
    except MediaRefused as error:
        shown = url.partition("?")[0]
        raise MediaRefused(f"{shown} is not taken: {error.message[0].lower()}{error.message[1:]}") from error


def inspect(content: bytes) -> Picture:
    """What these bytes really are; they are decoded to the end. Raises MediaRefused with the reason.

    Width and height are as a viewer sees them, after the camera's orientation mark.
    """
    with place(), recognised(content) as image:
        measures = image.size
        reduced = reduce(image, content)
        try:
            image.load()
        except DAMAGE as error:
            raise MediaRefused(f"The picture is damaged: {error}.") from error
        # Only now: a TIFF turns itself while it is decoded.
        width, height = measures if reduced else image.size
        if orientation(image) in _TURNED_BY_A_QUARTER:
            width, height = height, width
        return Picture(content, MEDIA_TYPES[image.format or ""], width, height)


def orientation(image: Image.Image) -> int:
    """The camera's mark, 1 (upright) to 8; 1 as well when there is none or it cannot be read."""
    try:
        mark = image.getexif().get(_ORIENTATION)
    except DAMAGE:
        return 1
    return mark if isinstance(mark, int) and 1 <= mark <= 8 else 1


def upright(image: Image.Image) -> Image.Image:
    """The picture turned as its mark wants it; ``image`` itself when it stands upright."""
    image.load()  # a TIFF turns itself then
    turn = _TURNS.get(orientation(image))
    return image if turn is None else image.transpose(turn)


def is_animated(picture: Picture) -> bool:
    """Does the picture move? (An MPO holds several pictures too, but shows one.)"""
    if picture.media_type not in ("image/gif", "image/webp", "image/png"):
        return False
    with opened(picture.content) as image:
        try:
            return bool(getattr(image, "is_animated", False))
        except DAMAGE:
            return False
