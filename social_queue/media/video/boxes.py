"""The boxes of MP4 and MOV files, found one after the other without reading what is in them.

ISO/IEC 14496-12; https://developer.apple.com/documentation/quicktime-file-format/atoms
"""

import struct
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import IO

from connectors.media.guard import MediaRefused

_HEADER, _LONG_HEADER = 8, 16
#: More boxes than any file of use has, and more of them inside each other.
_MOST, _DEEPEST = 100_000, 10


@dataclass(frozen=True)
class Box:
    """One box: its four letters, where it begins, and where its content begins and ends."""

    kind: bytes
    begins: int
    inside: int
    ends: int


class Boxes:
    """The boxes of one file; so many of them are looked at in all, since a file may be nothing but boxes."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self._left = _MOST

    def within(self, begins: int, ends: int) -> Iterator[Box]:
        """Those between two places. Raises MediaRefused where one reaches beyond: the file is cut off or damaged."""
        at = begins
        while ends - at >= _HEADER:
            self._left -= 1
            if self._left < 0:
                raise _too_many()
            box = _box(self.file, at, ends)
            yield box
            at = box.ends

    def deep_in(self, begins: int, ends: int, outer: Collection[bytes], *, depth: int = 0) -> Iterator[Box]:
        """The same, with those inside of boxes of the ``outer`` kinds in their place. Raises MediaRefused."""
        if depth > _DEEPEST:
            raise _too_many()
        for box in self.within(begins, ends):
            if box.kind in outer:
                yield from self.deep_in(box.inside, box.ends, outer, depth=depth + 1)
            else:
                yield box

    def read(self, box: Box, *, most: int = 4096) -> bytes:
        """The beginning of a box's content."""
        self.file.seek(box.inside)
        return self.file.read(min(most, box.ends - box.inside))


def _too_many() -> MediaRefused:
    """What is said of a file that is nothing but boxes."""
    return MediaRefused("The video is damaged: it has too many parts.")


def _box(file: IO[bytes], at: int, ends: int) -> Box:
    file.seek(at)
    size, kind = struct.unpack(">I4s", file.read(_HEADER))
    inside = at + _HEADER
    if size == 1:
        raw = file.read(_HEADER)
        size = int.from_bytes(raw, "big") if len(raw) == _HEADER else 0
        inside = at + _LONG_HEADER
    elif size == 0:
        size = ends - at  # to the end of what it is in
    if at + size < inside:
        raise MediaRefused("The video is damaged: a part of it is shorter than its own header.")
    if at + size > ends:
        raise MediaRefused("The video is cut off: a part of it reaches beyond the end of the file. Upload it again.")
    return Box(kind, at, inside, at + size)
