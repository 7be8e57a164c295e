"""Setting text into a box: wrap it, shrink it, and only then shorten it."""

from bisect import bisect_right
from dataclasses import dataclass

import regex

from social_queue.media.card_design.text import Style, em_width, graphemes, width

ELLIPSIS = "…"
RISE = 0.78  # from the top of a line to its baseline, in sizes; leaves room for an accent on a capital
DROP = 0.24
NEARLY = 0.86  # in a short title a line less is worth so much of the size
SHORT = 4  # lines
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}ー]")
_CLOSING = regex.compile(r"[\p{Pe}\p{Pf}、。，！？：；%\u0E00-\u0E7F]")


@dataclass(frozen=True)
class Block:
    """Lines that fit, at a size in pixels; `pitch` is the distance between two baselines."""

    lines: tuple[str, ...]
    size: int
    pitch: float

    @property
    def height(self) -> float:
        return (RISE + DROP) * self.size + (len(self.lines) - 1) * self.pitch


@dataclass(frozen=True)
class Area:
    """Room for text, in pixels."""

    width: float
    height: float


def fit(text: str, face: str, *, area: Area, sizes: tuple[int, int], leading: float = 1.14) -> Block:
    """The text as large as it fits between the two sizes (largest, smallest). A word is broken only where it
    would otherwise have to shrink below half the largest size, never inside a grapheme."""
    largest, smallest = sizes
    words = _words(text)
    best: Block | None = None
    for size in range(largest, smallest - 1, -2):
        if best and (len(best.lines) > SHORT or size < best.size * NEARLY):
            break
        lines = _lines(words, face, size=size, area=area, breaking=size <= max(largest // 2, smallest), leading=leading)
        if lines and (not best or len(lines) < len(best.lines)):
            best = Block(tuple(lines), size, _pitch(size, leading))
    return best or _shortened(words, face, area=area, style=(smallest, leading))


def _lines(words: list[str], face: str, *, size: int, area: Area, breaking: bool, leading: float) -> list[str]:
    """The words in even lines at that size, or nothing when they don't fit."""
    room = area.width / size
    lines = _wrap(words, face, room=room, breaking=breaking)
    if not lines or Block(tuple(lines), size, _pitch(size, leading)).height > area.height:
        return []
    style = Style(face, size)
    even = _balance(words, face, room=room, lines=lines)
    return even if all(width(line, style) <= area.width for line in even) else []


def one_line(text: str, style: Style, *, room: float) -> str:
    """The text itself, or as much of it as fits with an ellipsis."""
    return text if width(text, style) <= room else _cut(text, style, room=room)


def _cut(text: str, style: Style, *, room: float) -> str:
    """As many whole graphemes as fit with an ellipsis behind them."""
    letters = graphemes(text)
    cuts = ["".join(letters[:count]).rstrip() + ELLIPSIS for count in range(len(letters) + 1)]
    return cuts[max(0, bisect_right(cuts, room, key=lambda cut: width(cut, style)) - 1)]


def _words(text: str) -> list[str]:
    """Pieces between which a line may end; a leading space says there is one. Scripts written without spaces
    may break at any grapheme, but not before closing punctuation or a vowel sign."""
    pieces: list[str] = []
    for word in text.split():
        parts = _parts(word)
        pieces += [(" " if pieces else "") + parts[0], *parts[1:]]
    return pieces


def _parts(word: str) -> list[str]:
    if not _UNSPACED.search(word):
        return [word]
    parts: list[str] = []
    for letter in graphemes(word):
        joined = parts and (_CLOSING.match(letter) or not (_UNSPACED.match(letter) or _UNSPACED.match(parts[-1])))
        parts[-1:] = [parts[-1] + letter] if joined else [*parts[-1:], letter]
    return parts


def _wrap(words: list[str], face: str, *, room: float, breaking: bool) -> list[str]:
    """Greedy lines of at most `room` ems; nothing when a word is wider than that and may not be broken."""
    lines, used = [""], 0.0
    for word in words:
        if used + em_width(word, face) <= room:
            lines[-1], used = lines[-1] + word, used + em_width(word, face)
            continue
        word = word.lstrip()
        if em_width(word, face) > room and not breaking:
            return []
        for piece in _chunks(word, face, room=room):
            lines.append(piece)
            used = em_width(piece, face)
    return [line for line in lines if line]


def _chunks(word: str, face: str, *, room: float) -> list[str]:
    """The word whole, or broken between graphemes where it must be."""
    if em_width(word, face) <= room:
        return [word]
    chunks, used = [""], 0.0
    for letter in graphemes(word):
        step = em_width(letter, face)
        if chunks[-1] and used + step > room:
            chunks.append("")
            used = 0.0
        chunks[-1], used = chunks[-1] + letter, used + step
    return chunks


def _balance(words: list[str], face: str, *, room: float, lines: list[str]) -> list[str]:
    """As many lines, but of more even length, so that no last word stands alone."""
    low, high, best = room / 2, room, lines
    for _ in range(7):
        middle = (low + high) / 2
        tried = _wrap(words, face, room=middle, breaking=False)
        if tried and len(tried) <= len(lines):
            high, best = middle, tried
        else:
            low = middle
    return best


def _shortened(words: list[str], face: str, *, area: Area, style: tuple[int, float]) -> Block:
    size, leading = style
    lines = _wrap(words, face, room=area.width / size * 0.98, breaking=True)
    count = max(1, 1 + int((area.height - (RISE + DROP) * size) // _pitch(size, leading)))
    if len(lines) > count:
        lines[count - 1 :] = [_cut(lines[count - 1], Style(face, size), room=area.width)]
    return Block(tuple(lines), size, _pitch(size, leading))


def _pitch(size: int, leading: float) -> float:
    """Small text wants a little more air between its lines."""
    return size * (leading + (0.1 if size < 60 else 0))
