"""Shortening what a platform limits and nobody words anew: an alternative text."""

import regex

_GRAPHEME = regex.compile(r"\X")


def beginning(text: str, most: int) -> str:
    """So many code points of it at most, ending between two of what a reader calls characters."""
    if len(text) <= most:
        return text
    end = 0
    for found in _GRAPHEME.finditer(text):
        if found.end() > most:
            break
        end = found.end()
    # A single one that is longer than all that may be sent is no writing.
    return text[: end or most]
