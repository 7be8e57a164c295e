"""The boxes of MP4 and MOV files, found one after the other without reading what is in them.

ISO/IEC 14496-12; https://developer.apple.com/documentation/quicktime-file-format/atoms
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from connectors.media.guard import MediaRefused

_HEADER, _LONG_HEADER = 8, 16
#: More boxes side by side than any file of use has.
_MOST = 100_000


@dataclass(frozen=True)
class Box:
    """One box: its four letters, where it begins, and where its content begins and ends."""

    kind: bytes
    begins: int
    inside: int
    ends: int


def within(file: IO[bytes], begins: int, ends: int) -> Iterator[Box]:
    """The boxes between two places. Raises MediaRefused where one reaches beyond: the file is cut off or damaged."""
    at = begins
    for _place in range(_MOST):
        if ends - at < _HEADER:
            return
        box = _box(file, at, ends)
        yield box
        at = box.ends
    raise MediaRefused("The video is damaged: it has too many parts.")


def read(file: IO[bytes], box: Box, *, most: int = 4096) -> bytes:
    """The beginning of a box's content."""
    file.seek(box.inside)
    return file.read(min(most, box.ends - box.inside))


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
