"""Making a picture fit what a platform takes: type, bytes, ratio, size, orientation, colours.

Pure Pillow; no network. ``problems`` says what is wrong, ``fitting`` mends it, or refuses with the platform's rule.
"""

import io
import math

from PIL import Image, ImageFilter, ImageOps

from connectors.base import Limits
from connectors.media.colours import flattened, is_srgb
from connectors.media.darkroom import place
from connectors.media.guard import MediaRefused
from connectors.media.inspect import orientation, upright
from connectors.media.opening import DAMAGE, opened
from connectors.media.picture import Picture
from connectors.media.rules import problems, ratio_problem
from connectors.stripping import stripped

__all__ = ["HOW", "fitting", "problems"]

HOW = ("pad", "crop", "refuse")

#: What we write, the one that is most widely taken first.
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
#: Tried in this order until the file is small enough; below the last one blocks begin to show, so we shrink instead.
_QUALITIES = (90, 82, 74, 66)
_SHRINK = 0.8
_SMALLEST_SIDE = 64
#: Largest side of a padded picture: beside a strip of 20,000 × 10 pixels the padding would fill the memory.
_LARGEST_FRAME = 4096
#: A picture is cut or padded to a hair inside the bounds, because whole pixels seldom hit a ratio exactly.
_ROUNDING = 0.005
_MIDDLE = (0.5, 0.5)


def fitting(
    picture: Picture,
    limits: Limits,
    *,
    how: str = "pad",
    focus: tuple[float, float] = _MIDDLE,
    types: tuple[str, ...] = (),
) -> tuple[bytes, str]:
    """(content, media type) as the platform takes it; the same pixels when nothing needs to be done.

    What the camera wrote into it, its place above all, is left out in any case.

    ``how``: what to do about a wrong ratio: ``pad`` (a blurred copy behind it; white behind a transparent one),
    ``crop`` (around ``focus``: across and down, as parts of one) or ``refuse``. ``types``: the media types to accept
    instead of ``limits.media_types``. Raises MediaRefused with the platform's rule, ValueError for another ``how``.
    """
    if how not in HOW:
        raise ValueError(f"how must be one of {', '.join(HOW)}, not {how!r}.")
    try:
        with place():
            return _fitting(picture, limits, how, focus, types or limits.media_types)
    except DAMAGE as error:
        raise MediaRefused(f"The picture cannot be changed to fit: {error}.") from error


def _fitting(
    picture: Picture, limits: Limits, how: str, focus: tuple[float, float], types: tuple[str, ...]
) -> tuple[bytes, str]:
    with opened(picture.content) as image:
        if orientation(image) == 1 and is_srgb(image) and not problems(picture, limits, types=types):
            bare = stripped(picture)
            if bare is picture or not problems(bare, limits, types=types):
                return bare.content, bare.media_type
        wrong = ratio_problem(picture.width, picture.height, limits)
        if wrong and how == "refuse":
            raise MediaRefused(wrong)
        see_through = image.has_transparency_data
        plain = flattened(upright(image))
    if wrong:
        plain = _cropped(plain, limits, focus) if how == "crop" else _padded(plain, limits, blurred=not see_through)
    # A drawing stays one, if it can: JPEG blurs its edges.
    first = ("image/png",) if picture.media_type == "image/png" else ()
    return _encoded(_resized(plain, limits), limits, types=[kind for kind in (*first, *_FORMATS) if kind in types])


def _frame(width: int, height: int, limits: Limits, *, larger: bool) -> tuple[int, int]:
    """The nearest accepted size around (``larger``) or inside this one; parts of a pixel go the same way."""
    if limits.media_ratio is None:
        return width, height
    low, high = limits.media_ratio
    low, high = low * (1 + _ROUNDING), high * (1 - _ROUNDING)
    too_wide, whole = width / height > high, math.ceil if larger else math.floor
    ratio = high if too_wide else low
    if too_wide == larger:
        return width, max(1, whole(width / ratio))
    return max(1, whole(height * ratio)), height


def _padded(image: Image.Image, limits: Limits, *, blurred: bool) -> Image.Image:
    size = _frame(*image.size, limits, larger=True)
    if max(size) > _LARGEST_FRAME:
        image = _scaled(image, _LARGEST_FRAME / max(size), None)
        size = _frame(*image.size, limits, larger=True)
    behind = Image.new("RGB", size, "white")
    if blurred:
        # Blurring a small copy and enlarging it looks the same and costs a fraction.
        small = ImageOps.fit(image, (max(1, size[0] // 8), max(1, size[1] // 8)), Image.Resampling.BILINEAR)
        behind = small.filter(ImageFilter.GaussianBlur(6)).resize(size, Image.Resampling.BICUBIC)
    behind.paste(image, ((size[0] - image.width) // 2, (size[1] - image.height) // 2))
    return behind


def _cropped(image: Image.Image, limits: Limits, focus: tuple[float, float]) -> Image.Image:
    """What is cut off on either side is in proportion to what lies there, so the point itself always stays."""
    size = _frame(*image.size, limits, larger=False)
    return ImageOps.fit(image, size, Image.Resampling.LANCZOS, centering=focus)


def _resized(image: Image.Image, limits: Limits) -> Image.Image:
    width, height = image.size
    factor = 1.0
    if limits.media_max_width and width > limits.media_max_width:
        factor = limits.media_max_width / width
    elif limits.media_min_width and width < limits.media_min_width:
        factor = limits.media_min_width / width
    if limits.media_max_sides:
        factor = min(factor, limits.media_max_sides / (width + height))
    return image if factor == 1 else _scaled(image, factor, limits.media_ratio)


def _scaled(image: Image.Image, factor: float, ratio: tuple[float, float] | None) -> Image.Image:
    """Smaller or larger, in whole pixels that keep within the ``ratio`` that the picture has kept so far."""
    width, height = max(1, int(image.width * factor + 1e-6)), max(1, int(image.height * factor + 1e-6))
    if ratio is not None:
        # A side that lost part of a pixel gets it back as a whole one: the other's length is often a limit itself.
        height += width / height > ratio[1]
        width += width / height < ratio[0]
    return image.resize((width, height), Image.Resampling.LANCZOS)


def _encoded(image: Image.Image, limits: Limits, *, types: list[str]) -> tuple[bytes, str]:
    """The picture in the first type that makes it small enough; shrunk when none does."""
    if not types:
        raise MediaRefused("None of the accepted picture types is one that we can make.")
    narrowest = max(limits.media_min_width, _SMALLEST_SIDE)
    while True:
        for media_type, quality in _ways(types):
            content = _saved(image, media_type, quality)
            if len(content) <= limits.media_bytes:
                return content, media_type
        if image.width * _SHRINK < narrowest:
            raise MediaRefused(f"The picture cannot be made smaller than {limits.media_bytes:,} bytes.")
        image = _scaled(image, _SHRINK, limits.media_ratio)


def _ways(types: list[str]) -> list[tuple[str, int | None]]:
    """Every type with every quality it knows, best first."""
    lossy = ("image/jpeg", "image/webp")
    return [(name, quality) for name in types for quality in (_QUALITIES if name in lossy else (None,))]


def _saved(image: Image.Image, media_type: str, quality: int | None) -> bytes:
    out = io.BytesIO()
    details = {"quality": quality} if quality else {"optimize": True}
    image.save(out, _FORMATS[media_type], **details)
    return out.getvalue()
