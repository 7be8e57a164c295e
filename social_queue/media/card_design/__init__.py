"""Drawing the 1080x1080 picture card: Pillow alone, no Django, no clock, no network."""

from PIL import Image

from social_queue.media.card_design import midnight, paper, sunset
from social_queue.media.card_design.canvas import SIZE, Canvas
from social_queue.media.card_design.card import LANGUAGES, THEMES, BadCard, Card

__all__ = ["DESIGN_VERSION", "LANGUAGES", "SIZE", "THEMES", "BadCard", "Canvas", "Card", "compose", "draw"]

DESIGN_VERSION = 1  # part of every card's file name: raise it when cards shall look different
_PAINTERS = {"midnight": midnight, "paper": paper, "sunset": sunset}


def draw(card: Card) -> Image.Image:
    """The card as an RGB image, 1080 x 1080 pixels. Raises BadCard when the background can't be read."""
    return compose(card).image


def compose(card: Card, *, lettering: bool = True) -> Canvas:
    """The card with a record of what was written where; without `lettering` the same picture, text left out."""
    painter = _PAINTERS[card.theme]
    canvas = Canvas(card, painter.palette(card), image=painter.backdrop(card), lettering=lettering)
    painter.compose(canvas)
    return canvas
