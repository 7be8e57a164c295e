"""Addresses in a text: where they begin and where the sentence around them goes on."""

import re

LINK = re.compile(r"https?://[^\s<>\"'“”]+", re.IGNORECASE)
_TRAILING = ".,;:!?)]}»…'"
_OPENING = {")": "(", "]": "[", "}": "{"}


def trimmed(found: str) -> str:
    """The address without the punctuation that ends a sentence; a bracket opened inside it stays."""
    while found and found[-1] in _TRAILING:
        last = found[-1]
        if found.count(_OPENING.get(last, "\0")) >= found.count(last):
            break
        found = found[:-1]
    return found


def links_in(text: str) -> list[str]:
    """Every http(s) address in a text."""
    return [trimmed(found) for found in LINK.findall(text)]
