"""Pictures from outside: downloaded under guard, and judged by their bytes instead of by what is said of them.

The rules for addresses are in ``connectors.guard``, those for the download in ``connectors.download``.
"""

import io
import struct
import warnings
import zlib
from collections.abc import Iterable
from dataclasses import replace

# The plugins are imported by name so that Pillow knows their formats before it has opened anything.
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    Jpeg2KImagePlugin,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
    features,
)

from connectors.base import Picture
from connectors.darkroom import place
from connectors.download import download
from connectors.guard import MediaRefused
from connectors.jpeg_marks import streams
from connectors.unreadable import what_it_is

__all__ = [
    "DAMAGE",
    "MOST_PIXELS",
    "MediaRefused",
    "fetch",
    "inspect",
    "is_animated",
    "opened",
    "orientation",
    "upright",
]

# Pillow warns of odd pictures; whether we take one is decided here, and strangers' pictures must not fill the log.
warnings.filterwarnings("ignore", module=r"PIL\.")

#: A picture is decoded whole: so many pixels take 100 MB, and a small file can claim far more (a "bomb").
MOST_PIXELS = 25_000_000
#: A JPEG, which telephones make of up to 108 million pixels, can be decoded at a half, a quarter or an eighth.
MOST_PIXELS_OF_JPEG = 150_000_000
#: Decoding JPEG 2000 takes 24 bytes a pixel.
_FEWER_PIXELS = {Jpeg2KImagePlugin.Jpeg2KImageFile.format: 12_000_000}

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
#: Formats that Pillow reads only where it was built so.
_PERHAPS = {
    "avif": (AvifImagePlugin.AvifImageFile.format, "image/avif"),
    "jpg_2000": (Jpeg2KImagePlugin.Jpeg2KImageFile.format, "image/jp2"),
}
_MEDIA_TYPES |= {name: media_type for part, (name, media_type) in _PERHAPS.items() if features.check(part)}
#: An MPO begins as a JPEG and is opened as one.
_OPENED = [name for name in _MEDIA_TYPES if name != "MPO"]
#: What Pillow is known to raise over broken files, beside its own UnidentifiedImageError (an OSError).
DAMAGE = (OSError, ValueError, SyntaxError, EOFError, MemoryError, LookupError, ArithmeticError, TypeError,
          AttributeError, RuntimeError, struct.error, zlib.error)  # fmt: skip
_REDUCIBLE = (JpegImagePlugin.JpegImageFile.format, MpoImagePlugin.MpoImageFile.format)
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
    with place(), _recognised(content) as image:
        measures = image.size
        reduced = _reduce(image, content)
        try:
            image.load()
        except DAMAGE as error:
            raise MediaRefused(f"The picture is damaged: {error}.") from error
        # Only now: a TIFF turns itself while it is decoded.
        width, height = measures if reduced else image.size
        if orientation(image) in _TURNED_BY_A_QUARTER:
            width, height = height, width
        return Picture(content, _MEDIA_TYPES[image.format], width, height)


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


def opened(content: bytes) -> Image.Image:
    """The picture opened but not yet decoded, its size within bounds. Raises MediaRefused.

    A JPEG beyond them is opened at a half, a quarter or an eighth of its size.
    """
    image = _recognised(content)
    _reduce(image, content)
    return image


def _recognised(content: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(content), formats=_OPENED)
    except UnidentifiedImageError as error:
        raise MediaRefused(what_it_is(content)) from error
    except Image.DecompressionBombError as error:
        raise MediaRefused(f"The picture has more than {MOST_PIXELS:,} pixels.") from error
    except DAMAGE as error:
        raise MediaRefused(f"The picture is damaged: {error}.") from error


def _reduce(image: Image.Image, content: bytes) -> bool:
    """Have a large JPEG decoded smaller; refuse what stays too large. Is it reduced?"""
    width, height = image.size
    most = _FEWER_PIXELS.get(image.format, MOST_PIXELS)
    if width * height <= most:
        return False
    if image.format in _REDUCIBLE and width * height <= MOST_PIXELS_OF_JPEG and streams(content):
        for divisor in (2, 4, 8):
            if width * height <= MOST_PIXELS * divisor**2:
                image.draft(None, (width // divisor, height // divisor))
                break
    if image.width * image.height > most:
        raise MediaRefused(f"The picture has {width} × {height} pixels; we take {most:,} at most.")
    return True
