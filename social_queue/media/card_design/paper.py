"""Theme *paper*: the front page of a small newspaper, ink and one colour on warm white."""

from PIL import Image

from social_queue.media.card_design import dial as dials
from social_queue.media.card_design import fonts, shapes
from social_queue.media.card_design.canvas import SIZE, Canvas, Palette, squeeze
from social_queue.media.card_design.card import Card, Fact
from social_queue.media.card_design.colour import RGB, mix, parse, readable, turn
from social_queue.media.card_design.dial import Dial
from social_queue.media.card_design.picture import cover
from social_queue.media.card_design.pieces import INSIDE, MARGIN, brand_mark
from social_queue.media.card_design.text import Style, width
from social_queue.media.card_design.typeset import Area, fit, one_line

OWN_ACCENT: RGB = (205, 58, 36)
PAPER: RGB = (247, 242, 232)
INK: RGB = (27, 23, 20)
HAIR: RGB = (205, 196, 178)
MAST = 160  # where the masthead ends
PHOTO = 272  # height of the picture below it


def palette(card: Card) -> Palette:
    """Ink, and the accent dark enough to read."""
    accent = parse(card.colour) if card.colour else OWN_ACCENT
    shown = readable(accent, PAPER, ratio=3)
    return Palette(
        accent=shown,
        partner=turn(shown, 26, lightness=0.58),
        text=INK,
        muted=(103, 94, 82),
        accent_text=readable(accent, PAPER),
        tile=mix(PAPER, accent, share=0.12),
        track=(229, 221, 205),
    )


def backdrop(card: Card) -> Image.Image:
    """Blank paper, with the background picture as a press photo across it."""
    image = Image.new("RGB", (SIZE, SIZE), PAPER)
    if card.background:
        image.paste(cover(card.background, (SIZE, PHOTO)), (0, MAST))
    return image


def compose(canvas: Canvas) -> None:
    """Masthead, headline, and a table of figures at the foot."""
    _masthead(canvas)
    bottom = SIZE - MARGIN
    if canvas.card.footer:
        style = Style(fonts.PLAIN, 24, canvas.palette.muted)
        canvas.write_centred((SIZE / 2, bottom), canvas.card.footer, style=style, room=INSIDE)
        bottom -= 52
    top = MAST + (PHOTO + 36 if canvas.card.background else 44)
    _headline(canvas, (top, _foot(canvas, bottom)))


def _rule(canvas: Canvas, y: int, *, thickness: int) -> None:
    canvas.pen.rectangle((MARGIN, y, SIZE - MARGIN - 1, y + thickness - 1), INK)


def _masthead(canvas: Canvas) -> None:
    """Mark and brand in the middle, between a thick and a thin rule."""
    _rule(canvas, MARGIN, thickness=6)
    style = Style(fonts.SERIF, 38, INK)
    name = one_line(canvas.card.brand, style, room=INSIDE - 60)
    left = round((SIZE - width(name, style) - 58) / 2)
    brand_mark(canvas, (left, MARGIN + 22), size=42)
    canvas.write((left + 58, MARGIN + 57), name, style=style)
    _rule(canvas, MAST - 3, thickness=2)


def _headline(canvas: Canvas, room: tuple[int, int]) -> None:
    top, bottom = room
    if canvas.card.kicker:
        style = Style(fonts.HEAVY, 26, canvas.palette.accent_text, tracking=4)
        canvas.write((MARGIN, top + 24), canvas.card.kicker.upper(), style=style, room=INSIDE)
        top += 46
    block = fit(canvas.card.title, fonts.SERIF, area=Area(INSIDE, bottom - top), sizes=(136, 32), leading=1.1)
    canvas.write_block((MARGIN, top), block, style=Style(fonts.SERIF, block.size, INK))


def _foot(canvas: Canvas, bottom: int) -> int:
    """Gauge and facts under a thick rule; returns where the headline has to end."""
    card = canvas.card
    if card.rtp is None and not card.facts:
        return _sunrise(canvas, bottom)
    top = bottom - (250 if card.rtp is not None else 84 * len(card.facts))
    _rule(canvas, top - 6, thickness=6)
    _rule(canvas, bottom - 2, thickness=2)
    left = MARGIN
    if card.rtp is not None:
        _half_dial(canvas, (MARGIN + 176 if card.facts else SIZE // 2, bottom - 50))
        left = MARGIN + 388
    if card.rtp is not None and card.facts:
        canvas.pen.rectangle((left - 26, top + 24, left - 25, bottom - 26), HAIR)
    _table(canvas, (left, top, SIZE - MARGIN, bottom))
    return top - 34


def _half_dial(canvas: Canvas, centre: tuple[int, int]) -> None:
    """A half circle standing on its number."""
    palette = canvas.palette
    dial = Dial(centre, 168, 34, start=180, sweep=180)
    colours = (palette.partner, palette.accent)
    dials.paint(canvas.image, dial, percent=canvas.card.rtp or 0, colours=colours, track=palette.track)
    number, size = squeeze(canvas.card.percent, fonts.SERIF, room=224, sizes=(66, 30))
    canvas.write_centred((centre[0], centre[1] + 4), number, style=Style(fonts.SERIF, size, INK))
    label = Style(fonts.HEAVY, 22, palette.muted, tracking=4)
    canvas.write_centred((centre[0], centre[1] - 76), "RTP", style=label)


def _table(canvas: Canvas, box: shapes.Box) -> None:
    """One row a fact, with hairlines between them."""
    left, top, right, bottom = box
    facts = canvas.card.facts
    for number, fact in enumerate(facts):
        start, end = (top + round((bottom - top) * place / len(facts)) for place in (number, number + 1))
        if number:
            canvas.pen.rectangle((left, start, right - 1, start), HAIR)
        _table_row(canvas, (left, start, right, end), fact=fact)


def _table_row(canvas: Canvas, box: shapes.Box, *, fact: Fact) -> None:
    """The fact's name on the left, what it is on the right."""
    left, top, right, bottom = box
    middle, beside = (top + bottom) / 2, left + 176
    style = Style(fonts.HEAVY, 20, canvas.palette.muted, tracking=3)
    canvas.write((left, middle + 7), fact.label.upper(), style=style)
    area = Area(right - beside, min(bottom - top - 22, 76))
    block = fit(fact.value, fonts.SERIF, area=area, sizes=(46, 20), leading=1.06)
    canvas.write_block((beside, middle - block.height / 2), block, style=Style(fonts.SERIF, block.size, INK))


def _sunrise(canvas: Canvas, bottom: int) -> int:
    """Nothing is known but the headline: three half discs rise over the last rule."""
    palette = canvas.palette
    for centre, radius, colour in ((820, 188, palette.accent), (590, 120, palette.partner), (440, 64, INK)):
        disc = shapes.rounded((2 * radius, 2 * radius), radius).crop((0, 0, 2 * radius, radius))
        canvas.stamp(disc, (centre - radius, bottom - radius - 2), colour=colour)
    _rule(canvas, bottom - 2, thickness=6)
    return bottom - 230
