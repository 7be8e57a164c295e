"""What every theme has on its cards: the brand, the gauge with its number, the facts."""

from social_queue.media.card_design import dial as dials
from social_queue.media.card_design import fonts, shapes
from social_queue.media.card_design.canvas import SIZE, Canvas, squeeze
from social_queue.media.card_design.card import Fact
from social_queue.media.card_design.colour import WHITE, contrast, ink_on, readable, turn
from social_queue.media.card_design.dial import Dial
from social_queue.media.card_design.icons import icon
from social_queue.media.card_design.text import Style, graphemes, segments
from social_queue.media.card_design.typeset import Area, fit

MARGIN = 72
INSIDE = SIZE - 2 * MARGIN
ROW = 116  # pixels a fact takes from top to bottom


def brand_mark(canvas: Canvas, where: tuple[int, int], *, size: int) -> None:
    """A rounded tile with the first letter of the brand."""
    left, top = where
    colour = canvas.palette.accent
    # A white letter, unless that would take all the colour out of the tile.
    ink = WHITE if contrast(colour, WHITE) > 2.4 else ink_on(colour)
    shades = tuple(readable(shade, ink) for shade in (turn(colour, 16), colour))
    tile = shapes.gradient((size, size), shades, slant=1)
    canvas.image.paste(tile, (left, top), shapes.rounded((size, size), round(size * 0.3)))
    shown = next((letter for letter in graphemes(canvas.card.brand) if segments(letter, fonts.HEAVY)), "")
    style = Style(fonts.HEAVY, round(size * 0.56), ink)
    canvas.write_centred((left + size / 2, top + size * 0.70), shown.upper(), style=style)


def gauge(canvas: Canvas, dial: Dial, *, face: str, halo: float = 0) -> None:
    """The RTP as an arc with the number in its middle."""
    card, palette = canvas.card, canvas.palette
    colours = (palette.partner, palette.accent)
    dials.paint(canvas.image, dial, percent=card.rtp or 0, colours=colours, track=palette.track, halo=halo)
    x, y = dial.centre
    inner = dial.radius - dial.thickness
    number, size = squeeze(card.percent, face, room=inner * 1.62, sizes=(round(inner * 0.62), 20))
    canvas.write_centred((x, y + size * 0.36), number, style=Style(face, size, palette.text))
    label = Style(fonts.HEAVY, round(inner * 0.2), palette.muted, tracking=inner * 0.03)
    canvas.write_centred((x, y + inner * 0.72), "RTP", style=label)


def fact_row(canvas: Canvas, box: shapes.Box, *, fact: Fact) -> None:
    """An icon, a small label and the value, as large as it fits into two lines."""
    left, top, right, bottom = box
    palette, side, middle = canvas.palette, 60, (top + bottom) // 2
    tile = (left, middle - side // 2, left + side, middle + side // 2)
    shapes.fill(canvas.image, tile, colour=palette.tile, radius=18)
    canvas.stamp(icon(fact.name, 32), (left + 14, middle - 16), colour=palette.accent_text)
    beside = left + side + 22
    block = fit(fact.value, fonts.HEAVY, area=Area(right - beside, 66), sizes=(40, 22))
    start = middle - (28 + block.height) / 2
    canvas.write((beside, start + 17), fact.label.upper(), style=Style(fonts.HEAVY, 19, palette.muted, tracking=2))
    canvas.write_block((beside, start + 28), block, style=Style(fonts.HEAVY, block.size, palette.text))


def fact_column(canvas: Canvas, box: shapes.Box) -> None:
    """The facts below each other, in the middle of the box."""
    left, top, right, bottom = box
    facts = canvas.card.facts
    pitch = min(ROW, (bottom - top) // len(facts))
    first = (top + bottom - pitch * len(facts)) // 2
    for number, fact in enumerate(facts):
        fact_row(canvas, (left, first + number * pitch, right, first + (number + 1) * pitch), fact=fact)


def fact_grid(canvas: Canvas, box: shapes.Box) -> None:
    """Window and jam side by side, the pattern, which is longer, below them. The box is `grid_height` high."""
    left, top, right, bottom = box
    times = [fact for fact in canvas.card.facts if fact.name != "pattern"]
    share = (right - left) // max(1, len(times))
    for column, fact in enumerate(times):
        start = left + column * share
        fact_row(canvas, (start, top, start + share - 24, top + ROW), fact=fact)
    for fact in canvas.card.facts[len(times) :]:
        fact_row(canvas, (left, bottom - ROW, right - 24, bottom), fact=fact)


def grid_height(facts: list[Fact]) -> int:
    """Pixels that `fact_grid` needs from top to bottom."""
    names = {fact.name for fact in facts}
    return ROW * (bool(names - {"pattern"}) + ("pattern" in names))
