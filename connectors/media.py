"""Pictures from outside: downloaded under guard, and judged by their bytes instead of by what is said of them.

The rules for addresses are in ``connectors.guard``, those for the download in ``connectors.download``.
"""

import io
import struct
import warnings
import zlib
from collections.abc import Iterable

# The plugins are imported by name so that Pillow knows their formats before it has opened anything.
from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from connectors.base import Picture
from connectors.download import download
from connectors.guard import MediaRefused

__all__ = ["MOST_PIXELS", "MediaRefused", "fetch", "inspect", "is_animated", "opened", "orientation"]

# Pillow warns of odd pictures; whether we take one is decided here, and strangers' pictures must not fill the log.
warnings.filterwarnings("ignore", module=r"PIL\.")

#: A picture is decoded whole: fifty million pixels take some 200 MB. A small file can claim far more (a "bomb").
MOST_PIXELS = 50_000_000

#: Formats we decode, and what they are called. MPO is several JPEGs in one file: no platform promises to take it.
_MEDIA_TYPES = {
    JpegImagePlugin.JpegImageFile.format: "image/jpeg",
    MpoImagePlugin.MpoImageFile.format: "image/mpo",
    PngImagePlugin.PngImageFile.format: "image/png",
    GifImagePlugin.GifImageFile.format: "image/gif",
    WebPImagePlugin.WebPImageFile.format: "image/webp",
    BmpImagePlugin.BmpImageFile.format: "image/bmp",
    TiffImagePlugin.TiffImageFile.format: "image/tiff",
}
#: An MPO begins as a JPEG and is opened as one.
_OPENED = [name for name in _MEDIA_TYPES if name != "MPO"]
#: What Pillow is known to raise over broken files, beside its own UnidentifiedImageError (an OSError).
_DAMAGE = (OSError, ValueError, SyntaxError, EOFError, MemoryError, LookupError, ArithmeticError, TypeError,
           AttributeError, RuntimeError, struct.error, zlib.error)  # fmt: skip
_ORIENTATION = 0x0112
_TURNED_BY_A_QUARTER = (5, 6, 7, 8)


def fetch(url: str, *, max_bytes: int, allowed_hosts: Iterable[str] = (), timeout: float = 20) -> Picture:
    """Download a picture and look at it.

    ``allowed_hosts``: ``host`` or ``host:port``, let through although private. ``timeout``: seconds for everything.
    Raises MediaRefused (the address's or the picture's fault: final) or TransientError (the network's: try again).
    """
    content = download(url, max_bytes=max_bytes, allowed_hosts=allowed_hosts, timeout=timeout)
    try:
        return inspect(content)
    except MediaRefused as error:
        shown = url.partition("?")[0]
        raise MediaRefused(f"{shown} is not taken: {error.message[0].lower()}{error.message[1:]}") from error


def inspect(content: bytes) -> Picture:
    """What these bytes really are; they are decoded to the end. Raises MediaRefused with the reason.

    Width and height are as a viewer sees them, after the camera's orientation mark.
    """
    with opened(content) as image:
        try:
            image.load()
        except _DAMAGE as error:
            raise MediaRefused(f"The picture is damaged: {error}.") from error
        width, height = image.size
        if orientation(image) in _TURNED_BY_A_QUARTER:
            width, height = height, width
        return Picture(content, _MEDIA_TYPES[image.format], width, height)


def orientation(image: Image.Image) -> int:
    """The camera's mark, 1 (upright) to 8; 1 as well when there is none or it cannot be read."""
    try:
        mark = image.getexif().get(_ORIENTATION)
    except _DAMAGE:
        return 1
    return mark if isinstance(mark, int) and 1 <= mark <= 8 else 1


def is_animated(picture: Picture) -> bool:
    """Does the picture move? (An MPO holds several pictures too, but shows one.)"""
    if picture.media_type not in ("image/gif", "image/webp", "image/png"):
        return False
    with opened(picture.content) as image:
        try:
            return bool(getattr(image, "is_animated", False))
        except _DAMAGE:
            return False


def opened(content: bytes) -> Image.Image:
    """The picture opened but not yet decoded, its size within bounds. Raises MediaRefused."""
    try:
        image = Image.open(io.BytesIO(content), formats=_OPENED)
    except UnidentifiedImageError as error:
        raise MediaRefused(f"It is {_looks_like(content)}, not a picture that we can read.") from error
    except Image.DecompressionBombError as error:
        raise MediaRefused(f"The picture has more than {MOST_PIXELS:,} pixels.") from error
    except _DAMAGE as error:
        raise MediaRefused(f"The picture is damaged: {error}.") from error
    if image.width * image.height > MOST_PIXELS:
        raise MediaRefused(f"The picture has {image.width} × {image.height} pixels; we take {MOST_PIXELS:,} at most.")
    return image


def _looks_like(content: bytes) -> str:
    start = content[:512].lstrip().lower()
    if not start:
        return "empty"
    if start.startswith((b"<!doctype html", b"<html")) or b"<html" in start:
        return "a web page"
    if start.startswith(b"<svg") or b"<svg" in start:
        return "a drawing (SVG)"
    if start.startswith((b"{", b"[")):
        return "JSON"
    return "something else"
