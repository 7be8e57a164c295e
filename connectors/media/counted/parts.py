"""How many parts stand before a picture's pixels: Pillow reads each of them in Python, and a file may be nothing else.

They are found as Pillow finds them, which forgives more than the formats do: JPEG's segments, PNG's chunks, GIF's
extensions.
"""

import itertools
import re
from collections.abc import Callable, Iterator

#: A PNG of 20 MB whose pixels are cut into pieces of a kilobyte has fewer; reading so many takes about a second.
MOST = 50_000
_MARK = re.compile(rb"\xff+[^\x00\xff]", re.DOTALL)
#: Marks that stand alone, and those that end a JPEG's beginning: its first scan, and its end.
_ALONE, _LAST = (0x01, *range(0xD0, 0xD9)), (0xDA, 0xD9)
_EXTENSION = 0x21


def too_many(content: bytes) -> bool:
    """Are there more of them than any picture has?"""
    walk = next((walk for sign, walk in _WALKS.items() if content.startswith(sign)), None)
    return walk is not None and sum(1 for _part in itertools.islice(walk(content), MOST + 1)) > MOST


def _segments(content: bytes) -> Iterator[int]:
    at = 2
    while found := _MARK.search(content, at):
        # What fills the room before one is read byte by byte.
        yield from range(at, found.end() - 1)
        mark, at = content[found.end() - 1], found.end()
        if mark in _LAST:
            return
        if mark not in _ALONE:
            # A length that does not even count itself is passed over.
            at += max(2, int.from_bytes(content[at : at + 2], "big"))


def _chunks(content: bytes) -> Iterator[int]:
    at = 8
    while at < len(content) and content[at + 4 : at + 8] != b"IEND":
        yield at
        at += 12 + int.from_bytes(content[at : at + 4], "big")


def _extensions(content: bytes) -> Iterator[int]:
    flags = content[10] if len(content) > 10 else 0
    at = 13 + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
    while at < len(content) and content[at] == _EXTENSION:
        yield at
        at += 2
        while at < len(content) and content[at]:
            at += content[at] + 1
        at += 1


_WALKS: dict[bytes, Callable[[bytes], Iterator[int]]] = {
    b"\xff\xd8": _segments,
    b"\x89PNG\r\n\x1a\n": _chunks,
    b"GIF8": _extensions,
}
