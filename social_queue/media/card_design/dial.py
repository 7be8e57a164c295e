"""The gauge: a percentage as an arc."""

import math
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFilter

from social_queue.media.card_design.colour import RGB, mix
from social_queue.media.card_design.shapes import stencil

STEP = 3  # degrees painted in one colour


@dataclass(frozen=True)
class Dial:
    """An arc in pixels and degrees. Angles as Pillow counts them: 0 is three o'clock, and clockwise is more."""

    centre: tuple[int, int]
    radius: int
    thickness: int
    start: float = 135
    sweep: float = 270

    def angle(self, percent: float) -> float:
        """Where the arc ends for a value from 0 to 100."""
        return self.start + self.sweep * percent / 100

    def point(self, percent: float) -> tuple[float, float]:
        """The middle of the band at that value, in pixels of the card."""
        angle, reach = math.radians(self.angle(percent)), self.radius - self.thickness / 2
        return self.centre[0] + reach * math.cos(angle), self.centre[1] + reach * math.sin(angle)


def paint(
    image: Image.Image, dial: Dial, *, percent: float, colours: tuple[RGB, RGB], track: RGB, halo: float = 0
) -> None:
    """Draw the whole track faintly and the value over it, its colour running from the first to the second;
    `halo` (0-1) is how strongly the value shines."""
    where = (dial.centre[0] - dial.radius, dial.centre[1] - dial.radius)
    image.paste(track, where, _band(dial, 100))
    if percent <= 0:
        return
    band, paints = _band(dial, percent), _colours(dial, colours)
    if halo:
        _shine(image, band, where=where, colour=mix(*colours, share=0.5), strength=halo)
    image.paste(paints, where, band)


def _band(dial: Dial, percent: float) -> Image.Image:
    """Mask of the arc from the start to the value, with round ends."""

    def brush(pen: ImageDraw.ImageDraw, by: int) -> None:
        whole = 2 * dial.radius * by - 1
        pen.arc((0, 0, whole, whole), dial.start, dial.angle(percent), 255, dial.thickness * by)
        for value in (0, percent):
            x, y = dial.point(value)
            x, y = by * (x - dial.centre[0] + dial.radius), by * (y - dial.centre[1] + dial.radius)
            reach = dial.thickness * by / 2
            pen.ellipse((x - reach, y - reach, x + reach, y + reach), 255)

    return stencil((2 * dial.radius, 2 * dial.radius), brush)


def _colours(dial: Dial, colours: tuple[RGB, RGB]) -> Image.Image:
    """A square whose colour changes with the angle, as the arc does."""
    side = 2 * dial.radius
    square = Image.new("RGB", (side, side), colours[0])
    pen = ImageDraw.Draw(square)
    beyond = (-side, -side, 2 * side, 2 * side)
    for step in range(0, math.ceil(dial.sweep), STEP):
        shade = mix(*colours, share=step / dial.sweep)
        pen.pieslice(beyond, dial.start + step, dial.start + step + STEP + 1, shade)
    # The round end reaches a little past the last degree.
    pen.pieslice(beyond, dial.start + dial.sweep, dial.start + dial.sweep + 20, colours[1])
    return square


def _shine(image: Image.Image, band: Image.Image, *, where: tuple[int, int], colour: RGB, strength: float) -> None:
    edge = 48
    wide = Image.new("L", (band.width + 2 * edge, band.height + 2 * edge), 0)
    wide.paste(band, (edge, edge))
    soft = wide.reduce(2).filter(ImageFilter.GaussianBlur(edge / 5)).resize(wide.size, Image.Resampling.BILINEAR)
    image.paste(colour, (where[0] - edge, where[1] - edge), soft.point(lambda value: round(value * strength)))
