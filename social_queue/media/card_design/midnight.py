"""Theme *midnight*: neon on a night sky, with a pane of dark glass for the figures."""

from PIL import Image

from social_queue.media.card_design import dial as dials
from social_queue.media.card_design import fonts, shapes
from social_queue.media.card_design.canvas import SIZE, Canvas, Palette
from social_queue.media.card_design.card import Card
from social_queue.media.card_design.colour import RGB, WHITE, mix, parse, readable, turn
from social_queue.media.card_design.dial import Dial
from social_queue.media.card_design.picture import cover, darken
from social_queue.media.card_design.pieces import INSIDE, MARGIN, brand_mark, fact_column, fact_grid, gauge, grid_height
from social_queue.media.card_design.text import Style
from social_queue.media.card_design.typeset import Area, fit

OWN_ACCENT: RGB = (139, 92, 246)
NIGHT: RGB = (7, 9, 24)
BRIGHTEST: RGB = (92, 92, 136)  # about the lightest that a picture leaves behind a text; the tests measure it
GLASS: RGB = (12, 14, 34)
PANE = 348  # height of the pane with a gauge in it


def palette(card: Card) -> Palette:
    """Two neon colours, and white."""
    accent, partner = _neons(card)
    return Palette(
        accent=readable(accent, GLASS, ratio=3),
        partner=partner,
        text=WHITE,
        muted=readable((176, 182, 214), mix(BRIGHTEST, NIGHT, share=0.3)),
        accent_text=readable(partner, BRIGHTEST),
        tile=mix(GLASS, accent, share=0.28),
        track=(44, 46, 78),
    )


def backdrop(card: Card) -> Image.Image:
    """Night with two lights, or the background picture in the dark."""
    accent, partner = _neons(card)
    if card.background:
        image = darken(cover(card.background, (SIZE, SIZE), blur=4), NIGHT, brightest=(106, 106, 150))
        dusk = shapes.gradient((SIZE, SIZE), ((70, 70, 70), (60, 60, 60), (190, 190, 190))).getchannel("R")
        image.paste(NIGHT, mask=dusk)
    else:
        image = shapes.gradient((SIZE, SIZE), (NIGHT, (15, 13, 42), (9, 10, 26)))
        _stars(image)
    strength = 0.16 if card.background else 0.34
    shapes.glow(image, (950, 60), radius=640, colour=accent, strength=strength)
    shapes.glow(image, (60, 1060), radius=560, colour=partner, strength=strength * 0.8)
    return image


def compose(canvas: Canvas) -> None:
    """Brand on top, the title in the free room, figures and facts below."""
    brand_mark(canvas, (MARGIN, MARGIN), size=64)
    brand = Style(fonts.HEAVY, 34, canvas.palette.text)
    canvas.write((MARGIN + 84, MARGIN + 44), canvas.card.brand, style=brand, room=INSIDE - 84)
    bottom = SIZE - MARGIN
    if canvas.card.footer:
        footer = Style(fonts.PLAIN, 24, canvas.palette.muted)
        canvas.write((MARGIN, bottom), canvas.card.footer, style=footer, room=INSIDE)
        bottom -= 56
    _title(canvas, (MARGIN + 120, _lower_part(canvas, bottom)))


def _neons(card: Card) -> tuple[RGB, RGB]:
    """The accent, and its neighbour on the colour wheel, lit enough to glow."""
    accent = parse(card.colour) if card.colour else OWN_ACCENT
    return accent, turn(readable(accent, NIGHT), -62, lightness=0.6, saturation=0.9)


def _lower_part(canvas: Canvas, bottom: int) -> int:
    """Gauge and facts, in as much room as they need; returns where the title has to end."""
    card = canvas.card
    if card.rtp is not None and card.facts:
        return _pane_with_gauge(canvas, bottom)
    if card.rtp is not None:
        return _large_gauge(canvas, bottom)
    if card.facts:
        return _pane_of_facts(canvas, bottom)
    _orbit(canvas)
    return bottom - 60


def _pane_with_gauge(canvas: Canvas, bottom: int) -> int:
    top = bottom - PANE
    _pane(canvas, (MARGIN, top, SIZE - MARGIN, bottom))
    gauge(canvas, Dial((MARGIN + 188, top + 182), 140, 26), face=fonts.NEON, halo=0.55)
    fact_column(canvas, (MARGIN + 376, top + 24, SIZE - MARGIN - 40, bottom - 24))
    return top - 48


def _pane_of_facts(canvas: Canvas, bottom: int) -> int:
    top = bottom - grid_height(canvas.card.facts) - 40
    _pane(canvas, (MARGIN, top, SIZE - MARGIN, bottom))
    fact_grid(canvas, (MARGIN + 40, top + 20, SIZE - MARGIN - 16, bottom - 20))
    return top - 48


def _pane(canvas: Canvas, box: shapes.Box) -> None:
    shapes.fill(canvas.image, box, colour=GLASS, radius=44, opacity=0.78)
    shapes.outline(canvas.image, box, colour=WHITE, radius=44, opacity=0.14)


def _large_gauge(canvas: Canvas, bottom: int) -> int:
    """Only an RTP is known: it may be large, and is said in full."""
    style = Style(fonts.HEAVY, 28, canvas.palette.muted, tracking=4)
    bar = (MARGIN, bottom - 96, MARGIN + 44, bottom - 90)
    shapes.fill(canvas.image, bar, colour=canvas.palette.accent_text, radius=3)
    canvas.write((MARGIN, bottom - 42), "RETURN", style=style)
    canvas.write((MARGIN, bottom - 4), "TO PLAYER", style=style)
    radius = 196
    dial = Dial((SIZE - MARGIN - radius, bottom - radius + 28), radius, 36)
    gauge(canvas, dial, face=fonts.NEON, halo=0.6)
    return bottom - 2 * radius - 12


def _orbit(canvas: Canvas) -> None:
    """Nothing is known but the title: a ring of light keeps it company."""
    ring = Dial((SIZE - 130, SIZE - 90), 330, 30, start=150, sweep=250)
    colours = (canvas.palette.partner, canvas.palette.accent)
    dials.paint(canvas.image, ring, percent=100, colours=colours, track=NIGHT, halo=0.6)


def _title(canvas: Canvas, room: tuple[int, int]) -> None:
    top, bottom = room
    if canvas.card.kicker:
        colour = canvas.palette.accent_text
        shapes.fill(canvas.image, (MARGIN, top + 9, MARGIN + 44, top + 15), colour=colour, radius=3)
        style = Style(fonts.HEAVY, 32, colour)
        canvas.write((MARGIN + 62, top + 24), canvas.card.kicker, style=style, room=INSIDE - 62)
        top += 58
    block = fit(canvas.card.title, fonts.NEON, area=Area(INSIDE, bottom - top), sizes=(124, 34))
    style = Style(fonts.NEON, block.size, canvas.palette.text)
    canvas.write_block((MARGIN, top + (bottom - top - block.height) / 2), block, style=style)


def _stars(image: Image.Image) -> None:
    """A faint grid of dots."""
    dot = shapes.stencil((4, 4), lambda pen, by: pen.ellipse((0, 0, 4 * by - 1, 4 * by - 1), 44))
    for x in range(36, SIZE, 56):
        for y in range(36, SIZE, 56):
            image.paste((150, 160, 230), (x, y), dot)
