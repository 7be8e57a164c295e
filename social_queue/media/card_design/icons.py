"""The small pictures beside a fact, as masks."""

from functools import lru_cache

from PIL import Image, ImageDraw

from social_queue.media.card_design.shapes import stencil


@lru_cache
def icon(name: str, size: int) -> Image.Image:
    """Mask of the icon of a fact: `window`, `jam` or `pattern`."""
    return stencil((size, size), lambda pen, by: _BRUSHES[name](pen, size * by))


def _clock(pen: ImageDraw.ImageDraw, size: int) -> None:
    line, middle = max(1, round(size * 0.1)), size / 2
    pen.ellipse((size * 0.06, size * 0.06, size * 0.94, size * 0.94), outline=255, width=line)
    _stroke(pen, [(middle, size * 0.26), (middle, middle), (size * 0.66, size * 0.62)], width=line)


def _bell(pen: ImageDraw.ImageDraw, size: int) -> None:
    pen.pieslice((size * 0.2, size * 0.12, size * 0.8, size * 0.72), 180, 360, 255)
    skirt = ((0.2, 0.41), (0.8, 0.41), (0.9, 0.74), (0.1, 0.74))
    pen.polygon([(size * across, size * down) for across, down in skirt], 255)
    pen.rounded_rectangle((size * 0.06, size * 0.7, size * 0.94, size * 0.79), size * 0.045, 255)
    pen.pieslice((size * 0.38, size * 0.7, size * 0.62, size * 0.98), 0, 180, 255)
    pen.ellipse((size * 0.44, size * 0.03, size * 0.56, size * 0.16), 255)


def _tiles(pen: ImageDraw.ImageDraw, size: int) -> None:
    for column in range(3):
        for row in range(3):
            left, top = size * (0.06 + 0.32 * column), size * (0.06 + 0.32 * row)
            box = (left, top, left + size * 0.24, top + size * 0.24)
            lit = (column + 2 * row) % 3 != 1
            pen.rounded_rectangle(box, size * 0.06, 255 if lit else 90)


def _stroke(pen: ImageDraw.ImageDraw, points: list[tuple[float, float]], *, width: int) -> None:
    pen.line(points, 255, width, joint="curve")
    reach = width / 2 - 0.5
    for x, y in (points[0], points[-1]):
        pen.ellipse((x - reach, y - reach, x + reach, y + reach), 255)


_BRUSHES = {"window": _clock, "jam": _bell, "pattern": _tiles}
