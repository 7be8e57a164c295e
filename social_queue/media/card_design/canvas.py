"""A picture being drawn, which knows its card and remembers where it was written on."""

from dataclasses import dataclass

from PIL import Image, ImageDraw

from social_queue.media.card_design import text as lettering
from social_queue.media.card_design.card import Card
from social_queue.media.card_design.colour import RGB
from social_queue.media.card_design.text import Style
from social_queue.media.card_design.typeset import DROP, RISE, Block, one_line

SIZE = 1080


@dataclass(frozen=True)
class Palette:
    """The colours of one card: `text`, `muted` and `accent_text` read well on its ground."""

    accent: RGB
    partner: RGB
    text: RGB
    muted: RGB
    accent_text: RGB
    tile: RGB
    track: RGB


@dataclass(frozen=True)
class Written:
    """A line of text on the picture: what, how, and the box it keeps to, in pixels."""

    text: str
    style: Style
    box: tuple[int, int, int, int]


class Canvas:
    """The image of one card. With `lettering` off all is drawn but the text, which is how its backing is measured."""

    def __init__(self, card: Card, palette: Palette, *, image: Image.Image, lettering: bool = True):
        self.card = card
        self.palette = palette
        self.image = image
        self.pen = ImageDraw.Draw(image)
        self.lettering = lettering
        self.written: list[Written] = []

    def write(self, where: tuple[float, float], text: str, *, style: Style, room: float | None = None) -> float:
        """Set a line with its left end on the baseline at `where`, shortened with an ellipsis where it is wider
        than `room`; returns its right end."""
        shown = text if room is None else one_line(text, style, room=room)
        right = where[0] + lettering.width(shown, style)
        top, bottom = where[1] - RISE * style.size, where[1] + DROP * style.size
        self.written.append(Written(shown, style, (round(where[0]), round(top), round(right), round(bottom))))
        if self.lettering:
            lettering.draw(self.pen, where, text=shown, style=style)
        return right

    def write_centred(self, where: tuple[float, float], text: str, *, style: Style, room: float | None = None) -> None:
        """The same, with its middle at `where`."""
        shown = text if room is None else one_line(text, style, room=room)
        self.write((where[0] - (lettering.width(shown, style) - style.tracking) / 2, where[1]), shown, style=style)

    def write_block(self, where: tuple[float, float], block: Block, *, style: Style, centred_in: float = 0) -> None:
        """Set the lines of a block below `where`, centred when a width is given; the block's size counts."""
        each = Style(style.face, block.size, style.fill)
        baseline = where[1] + RISE * block.size
        for number, line in enumerate(block.lines):
            indent = (centred_in - lettering.width(line, each)) / 2 if centred_in else 0
            self.write((where[0] + indent, baseline + number * block.pitch), line, style=each)

    def stamp(self, mask: Image.Image, where: tuple[float, float], *, colour: RGB) -> None:
        """Paint a mask in one colour."""
        self.image.paste(colour, (round(where[0]), round(where[1])), mask)


def squeeze(text: str, face: str, *, room: float, sizes: tuple[int, int]) -> tuple[str, int]:
    """One line as large as it fits between the two sizes, shortened only when the smallest is too large."""
    for size in range(sizes[0], sizes[1] - 1, -2):
        if lettering.width(text, Style(face, size)) <= room:
            return text, size
    return one_line(text, Style(face, sizes[1]), room=room), sizes[1]
