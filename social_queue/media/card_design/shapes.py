"""Smooth shapes for a card: everything is drawn larger and scaled down, since Pillow draws jagged edges."""

from collections.abc import Callable
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from social_queue.media.card_design.colour import RGB, mix

Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels
FINE = 3


def stencil(size: tuple[int, int], paint: Callable[[ImageDraw.ImageDraw, int], None]) -> Image.Image:
    """A smooth mask: `paint` gets a pen and the factor by which all its numbers are to be multiplied."""
    large = Image.new("L", (size[0] * FINE, size[1] * FINE), 0)
    paint(ImageDraw.Draw(large), FINE)
    return large.reduce(FINE)


def rounded(size: tuple[int, int], radius: int) -> Image.Image:
    """Mask of a rounded rectangle. Only its corners need the large drawing."""
    radius = min(radius, size[0] // 2, size[1] // 2)
    mask = Image.new("L", size, 255)
    if radius < 1:
        return mask
    disc = stencil((2 * radius, 2 * radius), lambda pen, by: pen.ellipse((0, 0, 2 * radius * by, 2 * radius * by), 255))
    for across in (0, 1):
        for down in (0, 1):
            corner = disc.crop((across * radius, down * radius, (across + 1) * radius, (down + 1) * radius))
            mask.paste(corner, (across * (size[0] - radius), down * (size[1] - radius)))
    return mask


def fill(image: Image.Image, box: Box, *, colour: RGB, radius: int = 0, opacity: float = 1) -> None:
    """Paint a rectangle, rounded and translucent if wished."""
    mask = rounded((box[2] - box[0], box[3] - box[1]), radius)
    image.paste(colour, box, mask.point(lambda value: round(value * opacity)) if opacity < 1 else mask)


def outline(image: Image.Image, box: Box, *, colour: RGB, radius: int, thickness: int = 2, opacity: float = 1) -> None:
    """Paint the rim of a rounded rectangle."""
    width, height = box[2] - box[0], box[3] - box[1]
    mask = rounded((width, height), radius)
    hole = Image.new("L", (width, height), 0)
    inner = rounded((width - 2 * thickness, height - 2 * thickness), radius - thickness)
    hole.paste(inner, (thickness, thickness))
    rim = ImageChops.subtract(mask, hole)
    image.paste(colour, box, rim.point(lambda value: round(value * opacity)))


def gradient(size: tuple[int, int], stops: tuple[RGB, ...], *, slant: float = 0) -> Image.Image:
    """Colours blending from top to bottom; `slant` 1 runs them from the top left corner to the bottom right."""
    rows, columns = (24, 24) if slant else (64, 1)
    small = Image.new("RGB", (columns, rows))
    small.putdata([
        _between(stops, (y + slant * x) / ((rows - 1) * (1 + slant))) for y in range(rows) for x in range(columns)
    ])  # fmt: skip
    return small.resize(size, Image.Resampling.BICUBIC)


def _between(stops: tuple[RGB, ...], share: float) -> RGB:
    place = min(max(share, 0), 1) * (len(stops) - 1)
    first = min(int(place), len(stops) - 2)
    return mix(stops[first], stops[first + 1], share=place - first)


@lru_cache(maxsize=8)
def _halo(size: int) -> Image.Image:
    """Brightest in the middle, nothing at the rim."""
    # Pillow's own radial gradient is 256 wide, dark in the middle, and white in the corners.
    faded = Image.radial_gradient("L").point(lambda value: round(255 * max(0, 1 - value / 180) ** 2))
    return faded.resize((size, size), Image.Resampling.BICUBIC)


def glow(image: Image.Image, centre: tuple[int, int], *, radius: int, colour: RGB, strength: float) -> None:
    """A soft light."""
    mask = _halo(2 * radius).point(lambda value: round(value * strength))
    image.paste(colour, (centre[0] - radius, centre[1] - radius), mask)


def shadow(image: Image.Image, mask: Image.Image, *, where: tuple[int, int], colour: RGB, blur: int) -> None:
    """The soft shadow of a mask. Blurred at a quarter of the size: nobody sees the difference, and it is quick."""
    edge = 3 * blur
    wide = Image.new("L", (mask.width + 2 * edge, mask.height + 2 * edge), 0)
    wide.paste(mask, (edge, edge))
    soft = wide.reduce(4).filter(ImageFilter.GaussianBlur(blur / 4)).resize(wide.size, Image.Resampling.BILINEAR)
    image.paste(colour, (where[0] - edge, where[1] - edge), soft.point(lambda value: round(value * 0.45)))
