"""What the camera and its owner wrote into a picture taken out: place, time, device, names, comments, previews.

Kept are the pixels, bit for bit, the colour profile, and the camera's orientation mark as the only word of a new EXIF
block. Formats that no platform takes are converted instead.
"""

from PIL import Image

from connectors.media.darkroom import place
from connectors.media.guard import MediaRefused
from connectors.media.inspect import inspect, orientation
from connectors.media.opening import DAMAGE, opened
from connectors.media.picture import Picture
from connectors.stripping import gif, jpeg, png, webp
from connectors.stripping.anew import written_anew

#: An MPO is a JPEG with further ones behind it, which go: they are the same scene for a screen of another kind.
_LOSSLESS = {
    "image/jpeg": jpeg.without_metadata,
    "image/mpo": jpeg.without_metadata,
    "image/png": png.without_metadata,
    "image/gif": gif.without_metadata,
    "image/webp": webp.without_metadata,
}
_ORIENTATION = 0x0112


def stripped(picture: Picture) -> Picture:
    """The same picture without anything but the picture; ``picture`` itself when there is nothing to take out.

    Raises MediaRefused for what turns out to be damaged.
    """
    try:
        with place():
            return _stripped(picture)
    except MediaRefused:
        raise
    except DAMAGE as error:
        raise MediaRefused(f"The picture is damaged: {error}.") from error


def _stripped(picture: Picture) -> Picture:
    without_metadata = _LOSSLESS.get(picture.media_type)
    if without_metadata is None:
        return written_anew(picture)
    with opened(picture.content) as image:
        exif = _exif_of(orientation(image))
    try:
        content = without_metadata(picture.content, exif)
        if content == picture.content:
            return picture
        return inspect(content)
    except (ValueError, IndexError, MediaRefused):
        # Decoders forgive more than we: what they can read and this parser does not is encoded again.
        return written_anew(picture)


def _exif_of(mark: int) -> bytes:
    """An EXIF block that says how the picture is turned and nothing else; empty for an upright one."""
    if mark == 1:
        return b""
    exif = Image.Exif()
    exif[_ORIENTATION] = mark
    return exif.tobytes().removeprefix(b"Exif\0\0")
