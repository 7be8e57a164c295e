"""Theme *sunset*: a ticket lying on a warm evening sky."""

import hashlib

from PIL import Image, ImageDraw, ImageOps

from social_queue.media.card_design import fonts, shapes
from social_queue.media.card_design.canvas import SIZE, Canvas, Palette
from social_queue.media.card_design.card import Card
from social_queue.media.card_design.colour import RGB, WHITE, mix, parse, readable, turn
from social_queue.media.card_design.dial import Dial
from social_queue.media.card_design.picture import cover
from social_queue.media.card_design.pieces import brand_mark, fact_column, fact_grid, gauge, grid_height
from social_queue.media.card_design.text import Style, width
from social_queue.media.card_design.typeset import Area, fit, one_line

OWN_ACCENT: RGB = (238, 66, 102)
TICKET: RGB = (255, 252, 247)
INK: RGB = (46, 20, 44)
EDGE = 68  # sky around the ticket
PAD = 56  # from the edge of the ticket to its text
LEFT, RIGHT = EDGE + PAD, SIZE - EDGE - PAD
NOTCH = 30
FOOTER = 52  # pixels that a footer takes from the stub


def palette(card: Card) -> Palette:
    """Warm colours on the white of the ticket."""
    accent = parse(card.colour) if card.colour else OWN_ACCENT
    tile = mix(TICKET, accent, share=0.11)
    return Palette(
        accent=readable(accent, TICKET, ratio=3),
        partner=turn(readable(accent, TICKET, ratio=2), 40, lightness=0.6),
        text=INK,
        muted=(122, 92, 112),
        accent_text=readable(accent, tile),
        tile=tile,
        track=mix(TICKET, INK, share=0.1),
    )


def backdrop(card: Card) -> Image.Image:
    """The sky with a setting sun; a background picture shows through it."""
    accent = parse(card.colour) if card.colour else OWN_ACCENT
    stops = (turn(accent, 42, lightness=0.62), turn(accent, 8, lightness=0.6), turn(accent, -58, lightness=0.45))
    image = shapes.gradient((SIZE, SIZE), stops, slant=0.6)
    if card.background:
        return Image.blend(cover(card.background, (SIZE, SIZE), blur=3), image, 0.45)
    for radius in (520, 400, 280):
        disc = shapes.rounded((2 * radius, 2 * radius), radius).point(lambda value: value // 8)
        image.paste(WHITE, (SIZE - 150 - radius, 110 - radius), disc)
    return image


def compose(canvas: Canvas) -> None:
    """The ticket: brand and game, the title, and below the perforation a stub with the figures."""
    bottom = SIZE - EDGE
    tear = bottom - _stub_height(canvas.card)
    _ticket(canvas, tear)
    _heading(canvas)
    _title(canvas, (EDGE + 150, tear - 36))
    if canvas.card.footer:
        style = Style(fonts.PLAIN, 24, canvas.palette.muted)
        canvas.write_centred((SIZE / 2, bottom - 32), canvas.card.footer, style=style, room=RIGHT - LEFT)
        bottom -= FOOTER
    _stub(canvas, (tear, bottom))


def _stub_height(card: Card) -> int:
    figures = 348 if card.rtp is not None else 44 + grid_height(card.facts) if card.facts else 190
    return figures + (FOOTER if card.footer else 0)


def _ticket(canvas: Canvas, tear: int) -> None:
    """White card with a notch on either side and a line of holes between them."""
    side = SIZE - 2 * EDGE
    mask = shapes.rounded((side, side), 52)
    hole = shapes.rounded((2 * NOTCH, 2 * NOTCH), NOTCH)
    for x in (0, side):
        mask.paste(0, (x - NOTCH, tear - EDGE - NOTCH), hole)
    shapes.shadow(canvas.image, mask, where=(EDGE, EDGE + 18), colour=(60, 10, 50), blur=28)
    canvas.stamp(mask, (EDGE, EDGE), colour=TICKET)
    for x in range(EDGE + NOTCH + 22, SIZE - EDGE - NOTCH - 22, 26):
        shapes.fill(canvas.image, (x, tear - 2, x + 12, tear + 2), colour=mix(TICKET, INK, share=0.22), radius=2)


def _heading(canvas: Canvas) -> None:
    """Brand on the left, the game on a pill on the right."""
    card, palette = canvas.card, canvas.palette
    top, room = EDGE + 46, RIGHT - LEFT
    brand_mark(canvas, (LEFT, top), size=60)
    beside = room * 0.45 if card.kicker else room - 78
    right = canvas.write((LEFT + 78, top + 42), card.brand, style=Style(fonts.HEAVY, 32, INK), room=beside)
    if card.kicker:
        style = Style(fonts.HEAVY, 26, palette.accent_text)
        game = one_line(card.kicker, style, room=RIGHT - right - 110)
        left = round(RIGHT - width(game, style) - 48)
        shapes.fill(canvas.image, (left, top + 3, RIGHT, top + 57), colour=palette.tile, radius=27)
        canvas.write((left + 24, top + 39), game, style=style)


def _title(canvas: Canvas, room: tuple[int, int]) -> None:
    top, bottom = room
    block = fit(canvas.card.title, fonts.HEAVY, area=Area(RIGHT - LEFT, bottom - top), sizes=(120, 32))
    below = top + (bottom - top - block.height) / 2
    canvas.write_block((LEFT, below), block, style=Style(fonts.HEAVY, block.size, INK), centred_in=RIGHT - LEFT)


def _stub(canvas: Canvas, room: tuple[int, int]) -> None:
    """The figures that are known, and bars where there is room to fill."""
    top, bottom = room
    card, middle = canvas.card, (top + bottom) // 2 + 14
    if card.rtp is None and not card.facts:
        _bars(canvas, (LEFT, top + 52, RIGHT, bottom - 48))
    elif card.rtp is None:
        fact_grid(canvas, (LEFT, top + 22, RIGHT + 24, bottom - 22))
    elif card.facts:
        gauge(canvas, Dial((LEFT + 140, middle), 136, 26), face=fonts.HEAVY)
        fact_column(canvas, (LEFT + 324, top + 22, RIGHT, bottom - 22))
    else:
        gauge(canvas, Dial((SIZE // 2, middle), 142, 28), face=fonts.HEAVY)
        beside = (LEFT, top + 90, SIZE // 2 - 186, bottom - 90)
        _bars(canvas, beside)
        canvas.image.paste(ImageOps.mirror(canvas.image.crop(beside)), (SIZE // 2 + 186, top + 90))


def _bars(canvas: Canvas, box: shapes.Box) -> None:
    """A row of bars like a sound, its heights taken from the title so that no two cards are alike."""
    left, top, right, bottom = box
    heights = hashlib.sha256(canvas.card.title.encode()).digest() * 2
    middle = (bottom - top) / 2
    mask = Image.new("L", (right - left, bottom - top), 0)
    pen = ImageDraw.Draw(mask)
    for height, x in zip(heights, range(0, right - left - 11, 26), strict=False):
        reach = (0.22 + 0.78 * height / 255) * middle
        pen.rounded_rectangle((x, middle - reach, x + 11, middle + reach - 1), 6, 255)
    paints = shapes.gradient(mask.size, (canvas.palette.partner, canvas.palette.accent), slant=8)
    canvas.image.paste(paints, (left, top), mask)
