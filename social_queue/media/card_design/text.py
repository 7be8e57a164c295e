"""Text as a card sees it: graphemes, the font of each, and how wide they are."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import regex
from PIL import ImageDraw, ImageFont

from social_queue.media.card_design import fonts
from social_queue.media.card_design.colour import RGB

MEASURED_AT = 200  # widths are measured once at this size and scaled
# These fonts have a narrow space, which reads as none in small text: added to each, in ems.
WORD_GAP = {fonts.HEAVY: 0.05, fonts.PLAIN: 0.06}
EMOJI_SIZE = 0.92
_COLOURED = regex.compile(r"\p{Emoji_Presentation}|\uFE0F|\u20E3|\p{Extended_Pictographic}\u200D|\p{RI}")
_SILENT = regex.compile(r"[\u200C\u200D\uFE00-\uFE0F]")
_NEUTRAL = regex.compile(r"[\s\p{P}]+")
_LOOSE = regex.compile(r"\p{L}\p{Mn}")
_STYLED = regex.compile(r"[\U0001D400-\U0001D7FF]")  # letters dressed up as mathematics
_NOISE = regex.compile(r"(?![\u200C\u200D\U000E0020-\U000E007F])\p{C}")


@dataclass(frozen=True)
class Style:
    """How a line is set: font file, size in pixels, colour, and extra space between letters in pixels."""

    face: str
    size: int
    fill: RGB = (0, 0, 0)
    tracking: float = 0


@dataclass(frozen=True)
class Segment:
    """A stretch of text that one font draws, and the room left behind it in ems."""

    text: str
    file: str
    gap: float = 0


def graphemes(text: str) -> list[str]:
    """What a reader calls characters: a family emoji or a letter with its marks is one."""
    return regex.findall(r"\X", text)


def tidy(text: str) -> str:
    """One line, composed, without control characters, invisible direction marks and surplus spaces; 𝗚 is G."""
    plain = _STYLED.sub(lambda found: unicodedata.normalize("NFKC", found.group()), text)
    return " ".join(_NOISE.sub(" ", unicodedata.normalize("NFC", plain)).split())


@lru_cache(maxsize=4096)
def segments(text: str, face: str) -> tuple[Segment, ...]:
    """The text cut where the font changes; what no font can draw is left out."""
    found: list[Segment] = []
    for grapheme in graphemes(text):
        shown, file = _drawable(grapheme, face, previous=found[-1].file if found else face)
        if not file:
            continue
        if file == fonts.EMOJI and not fonts.SHAPED:
            shown = shown[0]  # unshaped, a sequence would fall apart into its parts
        gap = WORD_GAP.get(file, 0) if shown == " " else 0
        if found and found[-1].file == file and not found[-1].gap:
            found[-1] = Segment(found[-1].text + shown, file, gap)
        else:
            found.append(Segment(shown, file, gap))
    return tuple(found)


def _drawable(grapheme: str, face: str, *, previous: str) -> tuple[str, str]:
    """The grapheme, or its plain form (Ⓖ → G), with the font that has it; no font: an empty name."""
    for shown in (grapheme, unicodedata.normalize("NFKC", grapheme)):
        file = _font_of(shown, face, previous=previous)
        if file:
            return shown, file
    return grapheme, ""


def _font_of(grapheme: str, face: str, *, previous: str) -> str:
    codes = {ord(character) for character in _SILENT.sub("", grapheme)}
    if _COLOURED.search(grapheme) and codes <= fonts.covered(fonts.EMOJI):
        return fonts.EMOJI
    # Punctuation stays with its neighbour, so that a right-to-left sentence is shaped as a whole.
    own = (previous, face) if _NEUTRAL.fullmatch(grapheme) and previous != fonts.EMOJI else (face,)
    # The title fonts have loose accents without saying where on a letter they go; the first fallback does.
    order = (*fonts.FALLBACKS, *own) if _LOOSE.search(grapheme) else (*own, *fonts.FALLBACKS)
    return next((file for file in (*order, fonts.EMOJI) if codes <= fonts.covered(file)), "")


@lru_cache(maxsize=8192)
def em_width(text: str, face: str) -> float:
    """Width in ems, near enough to try sizes with."""
    return _exact(segments(text, face), MEASURED_AT) / MEASURED_AT


def width(text: str, style: Style) -> float:
    """Width in pixels as it will be drawn."""
    if style.tracking:
        letters = graphemes(text)
        return sum(_exact(segments(letter, style.face), style.size) + style.tracking for letter in letters)
    return _exact(segments(text, style.face), style.size)


def _exact(parts: tuple[Segment, ...], size: int) -> float:
    return sum(_advance(part, size) for part in parts)


def _advance(part: Segment, size: int) -> float:
    return _font(part, size).getlength(part.text, direction=_direction()) + part.gap * size


def _font(part: Segment, size: int) -> ImageFont.FreeTypeFont:
    """Emoji fill their whole square, so at full size they would tower over the letters."""
    return fonts.load(part.file, round(size * EMOJI_SIZE) if part.file == fonts.EMOJI else size)


def _direction() -> str | None:
    """Lines run from left to right, also where they hold a word that runs the other way."""
    return "ltr" if fonts.SHAPED else None


def draw(pen: ImageDraw.ImageDraw, where: tuple[float, float], *, text: str, style: Style) -> None:
    """Set one line with its left end on the baseline at `where`."""
    left, baseline = where
    for piece in graphemes(text) if style.tracking else (text,):
        for part in segments(piece, style.face):
            # The fallback for Chinese, Japanese and Korean comes in one thin weight: thicken it a little.
            stroke = style.size / 45 if part.file == fonts.CJK else 0
            font = _font(part, style.size)
            pen.text(
                (left, baseline), part.text, font=font, fill=style.fill, anchor="ls", stroke_width=stroke,
                direction=_direction(), embedded_color=part.file == fonts.EMOJI,
            )  # fmt: skip
            left += _advance(part, style.size)
        left += style.tracking
