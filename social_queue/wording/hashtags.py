"""Hashtags: made uniform when they come in as a list, counted where they stand in a text."""

from collections.abc import Iterable

import regex

# Letters, marks, digits, the underscore, and the joiners that Persian and Indian words need inside.
_NOT_IN_TAG = regex.compile(r"[^\p{L}\p{M}\p{N}_\u200c\u200d]+")
# A second sign, a comma of any script or a line break ends a tag; blanks belong to it.
_BETWEEN = regex.compile(r"[,،、，\r\n\v\f\u0085\u2028\u2029]+|(?=[#＃])")
# One or more without a blank between them.
_TAGS = regex.compile(r"(?<![\p{L}\p{M}\p{N}_&/#\uff03])(?:[#\uff03][\p{L}\p{M}\p{N}_]+)+")
_SIGN = regex.compile(r"[#\uff03]")


def told_apart(tags: Iterable[str]) -> list[str]:
    """``["#promo #sale", "Gates of Olympus"]`` becomes ``["#promo", "#sale", "Gates of Olympus"]``."""
    pieces = (piece.strip() for tag in tags for piece in _BETWEEN.split(tag))
    return [piece for piece in pieces if _NOT_IN_TAG.sub("", piece)]


def normalised(tags: Iterable[object]) -> tuple[str, ...]:
    """``["#Pola Hari-Ini", "slot", "SLOT", ""]`` becomes ``("#PolaHariIni", "#slot")``: order kept, repeats dropped."""
    found: dict[str, str] = {}
    for tag in told_apart(tag for tag in tags if isinstance(tag, str)):
        word = _NOT_IN_TAG.sub("", tag)
        found.setdefault(word.casefold(), f"#{word}")
    return tuple(found.values())


def count(text: str) -> int:
    """How many hashtags a platform would see; a ``#`` inside a word or an address is none."""
    return sum(len(_SIGN.findall(tags)) for tags in _TAGS.findall(text))
