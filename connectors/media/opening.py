"""Which formats Pillow decodes for us, and how a picture is opened: recognised by its bytes, its size within bounds."""

import io
import struct
import warnings
import zlib
from collections.abc import Callable
from typing import Any

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

from connectors.media.counted import parts
from connectors.media.guard import MediaRefused
from connectors.media.jpeg_marks import scans, streams
from connectors.media.unreadable import what_it_is

# Pillow warns of odd pictures; whether we take one is decided here, and strangers' pictures must not fill the log.
warnings.filterwarnings("ignore", module=r"PIL\.")

#: A picture is decoded whole: so many pixels take 100 MB, and a small file can claim far more (a "bomb").
MOST_PIXELS = 25_000_000
#: A JPEG, which telephones make of up to 108 million pixels, can be decoded at a half, a quarter or an eighth.
MOST_PIXELS_OF_JPEG = 150_000_000
#: Decoding JPEG 2000 takes 24 bytes a pixel.
_FEWER_PIXELS = {Jpeg2KImagePlugin.Jpeg2KImageFile.format: 12_000_000}

#: Formats we decode, and what they are called. MPO is several JPEGs in one file: no platform promises to take it.
MEDIA_TYPES = {
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
MEDIA_TYPES |= {name: media_type for part, (name, media_type) in _PERHAPS.items() if features.check(part)}
#: An MPO begins as a JPEG and is opened as one.
_OPENED = [name for name in MEDIA_TYPES if name != "MPO"]
#: What Pillow is known to raise over broken files, beside its own UnidentifiedImageError (an OSError).
DAMAGE = (OSError, ValueError, SyntaxError, EOFError, MemoryError, LookupError, ArithmeticError, TypeError,
          AttributeError, RuntimeError, struct.error, zlib.error)  # fmt: skip
#: Bytes of a tag's numbers in TIFF and EXIF: a hundred thousand strips need fewer, orientation and resolution need one.
_MOST_OF_NUMBERS, _MOST_OF_FRACTIONS = 1_000_000, 10_000
#: The types of tags: https://www.loc.gov/preservation/digital/formats/content/tiff_tags.shtml
_BYTES_AND_TEXTS, _FRACTIONS = (1, 2, 7), (5, 10)
#: Cameras and programs write a dozen; each goes through all of the picture, and may take no more than 42 bytes.
_MOST_SCANS = 100
_REDUCIBLE = (JpegImagePlugin.JpegImageFile.format, MpoImagePlugin.MpoImageFile.format)


def _bounded(load: Callable[..., Any], most: int) -> Callable[..., Any]:
    """Pillow makes an object of every number of a tag that it looks at: 20 MB of them took a minute and a gigabyte."""

    def loaded(directory: Any, data: bytes, legacy_api: bool = True) -> Any:
        if len(data) > most:
            raise ValueError(f"one of its tags holds {len(data):,} bytes of numbers")
        return load(directory, data, legacy_api)

    return loaded


def _bound_tags() -> None:
    loaders = TiffImagePlugin.ImageFileDirectory_v2._load_dispatch
    for kind, (size, load) in list(loaders.items()):
        if kind not in _BYTES_AND_TEXTS:
            loaders[kind] = size, _bounded(load, _MOST_OF_FRACTIONS if kind in _FRACTIONS else _MOST_OF_NUMBERS)


# In Pillow itself, for all formats: most read some of their tags while they are opened.
_bound_tags()


def opened(content: bytes) -> Image.Image:
    """The picture opened but not yet decoded, its size within bounds. Raises MediaRefused.

    A JPEG beyond them is opened at a half, a quarter or an eighth of its size.
    """
    image = recognised(content)
    reduce(image, content)
    return image


def recognised(content: bytes) -> Image.Image:
    """The picture opened, whatever its size. Raises MediaRefused with what it is instead."""
    if parts.too_many(content):
        raise MediaRefused("The picture is damaged: it has too many parts.")
    try:
        image = Image.open(io.BytesIO(content), formats=_OPENED)
    except UnidentifiedImageError as error:
        raise MediaRefused(what_it_is(content)) from error
    except Image.DecompressionBombError as error:
        raise MediaRefused(f"The picture has more than {MOST_PIXELS:,} pixels.") from error
    except DAMAGE as error:
        raise MediaRefused(f"The picture is damaged: {error}.") from error
    if image.format in _REDUCIBLE and (found := scans(content)) > _MOST_SCANS:
        raise MediaRefused(f"The picture is damaged: it has {found:,} scans; we take {_MOST_SCANS} at most.")
    return image


def reduce(image: Image.Image, content: bytes) -> bool:
    """Have a large JPEG decoded smaller; refuse what stays too large. Is it reduced?"""
    width, height = image.size
    most = _FEWER_PIXELS.get(image.format or "", MOST_PIXELS)
    if width * height <= most:
        return False
    if image.format in _REDUCIBLE and width * height <= MOST_PIXELS_OF_JPEG and streams(content):
        for divisor in (2, 4, 8):
            if -(-width // divisor) * -(-height // divisor) <= MOST_PIXELS:
                image.draft(None, (width // divisor, height // divisor))
                break
    if image.width * image.height > most:
        raise MediaRefused(f"The picture has {width} × {height} pixels; we take {most:,} at most.")
    return True
