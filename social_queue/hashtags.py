"""Hashtags: made uniform when they come in as a list, counted where they stand in a text."""

from collections.abc import Iterable

import regex

# Letters, marks, digits, the underscore, and the joiners that Persian and Indian words need inside.
_NOT_IN_TAG = regex.compile(r"[^\p{L}\p{M}\p{N}_\u200c\u200d]+")
_TAG = regex.compile(r"(?<![\p{L}\p{M}\p{N}_&/##])[##][\p{L}\p{M}\p{N}_]+")


def normalised(tags: Iterable[object]) -> tuple[str, ...]:
    """``["#Pola Hari-Ini", "slot", "SLOT", ""]`` becomes ``("#PolaHariIni", "#slot")``: order kept, repeats dropped."""
    found: dict[str, str] = {}
    for tag in tags:
        if isinstance(tag, str) and (word := _NOT_IN_TAG.sub("", tag)):
            found.setdefault(word.casefold(), f"#{word}")
    return tuple(found.values())


def count(text: str) -> int:
    """How many hashtags a platform would see; a ``#`` inside a word or an address is none."""
    return len(_TAG.findall(text))
