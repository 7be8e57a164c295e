"""A picture encoded again, in a format that every browser shows, without metadata."""

import io

from PIL import Image

from connectors.media.colours import flattened
from connectors.media.inspect import inspect, upright
from connectors.media.opening import opened
from connectors.media.picture import Picture

#: What PNG takes as it is; everything else is turned into plain colours first.
_PLAIN_MODES = ("1", "L", "LA", "P", "RGB", "RGBA")
#: Formats that lose nothing themselves, so nothing is to be lost in them.
_LOSSLESS = ("image/bmp", "image/png", "image/gif", "image/tiff")
#: An opaque picture that takes more as PNG is a photograph.
_LARGEST_PNG = 8 * 1024 * 1024
#: What stays of all that a file says beside its pixels: their colours and what shines through.
_STAYS = ("icc_profile", "transparency")


def written_anew(picture: Picture) -> Picture:
    """The first frame, upright, as PNG or as JPEG of the best quality."""
    with opened(picture.content) as image:
        image.load()
        turned = upright(image)
    plain = turned if turned.mode in _PLAIN_MODES else flattened(turned)
    plain.info = {name: plain.info[name] for name in _STAYS if name in plain.info}
    see_through = plain.has_transparency_data
    if see_through or picture.media_type in _LOSSLESS:
        content = _saved(plain, "PNG")
        if see_through or len(content) <= _LARGEST_PNG:
            return inspect(content)
    if plain.mode not in ("L", "RGB"):
        plain = flattened(plain)
    return inspect(_saved(plain, "JPEG", quality=95, subsampling=0))


def _saved(image: Image.Image, form: str, **details: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, exif=b"", icc_profile=image.info.get("icc_profile"), **details)
    return out.getvalue()
