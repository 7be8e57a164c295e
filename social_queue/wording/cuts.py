"""Where a text may be cut: at words, and never inside a grapheme, a link or an entity."""

import bisect
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import regex

ELLIPSIS = "…"
#: A "word" longer than this many graphemes is none; it may be cut anywhere between graphemes.
_LONGEST_WORD = 40
_LEFT_HANGING = frozenset(" \t\r\n\v\f,;:.…–—-([{«“‘/|•·、。，：；")
_NO_BREAK = "\u00a0\u202f\u2007"

_GRAPHEME = regex.compile(r"\X")
_WORD = regex.compile(rf"(?:[^\s]|[{_NO_BREAK}])+")
# Scripts written without spaces, and emoji: a line may break between any two of their graphemes.
_UNSPACED = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Extended_Pictographic}\p{Regional_Indicator}]"
)
_CLOSING = regex.compile(r"[\p{Pe}\p{Pf}\p{Po}\p{M}ー]")
_LINK = regex.compile(
    r"(?:https?://|www\.)[^\s<>\"'、。，！？；：）」』】]+(?<![.,;:!?)\]])"
    r"|(?<![\p{L}\p{N}.-])(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}(?:[:/?#][^\s<>\"'、。，！？；：）」』】]*(?<![.,;:!?)\]]))?",
    regex.IGNORECASE,
)
_ENTITY = regex.compile(r"&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", regex.IGNORECASE)
_TAG = regex.compile(r"[#@\uff03\uff20][\p{L}\p{M}\p{N}_]+")


@dataclass(frozen=True)
class Spans:
    """Stretches of a text that stay whole, in order, not overlapping."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def end_around(self, position: int) -> int:
        """The end of the stretch that ``position`` would cut, else ``position`` itself."""
        place = bisect.bisect_left(self.starts, position) - 1
        return self.ends[place] if place >= 0 and position < self.ends[place] else position

    def ends_at(self, position: int) -> bool:
        """Whether a stretch ends exactly here."""
        place = bisect.bisect_left(self.ends, position)
        return place < len(self.ends) and self.ends[place] == position


def _spans(text: str, *patterns: regex.Pattern[str]) -> Spans:
    found = sorted(match.span() for pattern in patterns for match in pattern.finditer(text))
    merged: list[list[int]] = []
    for start, end in found:
        if merged and start < merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return Spans(tuple(start for start, _ in merged), tuple(end for _, end in merged))


class Shortenings(Sequence[str]):
    """Every way to shorten a text, from nothing at all to the whole of it, all between ending in an ellipsis.

    What stands before the ellipsis is a prefix of the text. A link is kept apart from the ellipsis by a space, so that
    no platform takes the ellipsis for a part of it. Wordings are made when asked for: there may be thousands.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._links = _spans(text, _LINK)
        #: Where each wording ends in the text, ascending.
        self.ends = _ends(text) if text else [0]

    def __len__(self) -> int:
        return len(self.ends)

    def __getitem__(self, place: int) -> str:  # type: ignore[override]  # nobody takes a slice of thousands of texts
        end = self.ends[place]
        if end in (0, len(self._text)):
            return self._text[:end]
        joint = " " if self._links.ends_at(end) else ""
        return f"{self._text[:end]}{joint}{ELLIPSIS}"


def _ends(text: str) -> list[int]:
    whole = _spans(text, _LINK, _ENTITY, _TAG)
    edges = [0, *(match.end() for match in _GRAPHEME.finditer(text))]
    tidy = _tidied(text, edges, whole)
    ends = {tidy[position] for position in _breaks(text, edges) if not _inside(whole, position)}
    return sorted(ends | {0, len(text)})


def _inside(spans: Spans, position: int) -> bool:
    return spans.end_around(position) != position


def _breaks(text: str, edges: list[int]) -> set[int]:
    """Positions at which a line could be broken; all of them grapheme boundaries."""
    at_edges = set(edges)
    found = {match.end() for match in _WORD.finditer(text)} & at_edges
    for word in _WORD.finditer(text):
        first, last = bisect.bisect_left(edges, word.start()), bisect.bisect_right(edges, word.end())
        inner = edges[first:last]
        anywhere = len(inner) > _LONGEST_WORD
        for before, here, after in itertools.zip_longest(inner, inner[1:], inner[2:]):
            if after is not None and (anywhere or _is_loose(text[before:here], text[here:after])):
                found.add(here)
    return found


def _is_loose(left: str, right: str) -> bool:
    unspaced = _UNSPACED.search(left) or _UNSPACED.search(right)
    return bool(unspaced) and not _CLOSING.match(right)


def _tidied(text: str, edges: list[int], whole: Spans) -> dict[int, int]:
    """For every grapheme boundary the one before the punctuation that would be left hanging there."""
    tidy = {0: 0}
    for before, here in itertools.pairwise(edges):
        hanging = text[before:here] in _LEFT_HANGING and not _inside(whole, before)
        tidy[here] = tidy[before] if hanging else here
    return tidy
