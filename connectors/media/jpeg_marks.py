"""The segments of a JPEG, found without decoding it.

Where a segment begins, how long it is and what ends a scan: https://www.w3.org/Graphics/JPEG/itu-t81.pdf (annex B).
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

START, END, SCAN, COMMENT = 0xD8, 0xD9, 0xDA, 0xFE
APP = range(0xE0, 0xF0)
#: Frames that a decoder works off row by row; it keeps the others (progressive ones) whole.
_SEQUENTIAL = (0xC0, 0xC1)
_FRAMES = (*_SEQUENTIAL, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF)
#: Marks that stand alone, without a length behind them.
_ALONE = (0x01, *range(0xD0, 0xD8), START, END)
#: So many are not worth a closer look.
_FEW = 10
_MARK = re.compile(rb"\xff+[^\x00\xff]", re.DOTALL)
#: What ends a scan's data: any mark but those for a new start, which belong to the data.
_MARK_AFTER_SCAN = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]", re.DOTALL)


class Segment(NamedTuple):
    """``whole`` is all of it, from its mark to the next; ``body`` what stands behind mark and length."""

    mark: int
    whole: bytes
    body: bytes


def segments(content: bytes) -> Iterator[Segment]:
    """Every segment behind the first mark, up to the end of the picture; a scan comes with its data.

    What stands between segments or behind the end is passed over. Raises ValueError where the file breaks off.
    """
    if not content.startswith(b"\xff\xd8"):
        raise ValueError("no JPEG")
    at = 2
    while found := _MARK.search(content, at):
        mark, begin, at = content[found.end() - 1], found.start(), found.end()
        if mark in _ALONE:
            yield Segment(mark, content[begin:at], b"")
            if mark == END:
                return
            continue
        body = at + 2
        at += int.from_bytes(content[at:body], "big")
        if at < body or at > len(content):
            raise ValueError("a segment breaks off")
        end = at
        if mark == SCAN:
            following = _MARK_AFTER_SCAN.search(content, at)
            at = following.start() if following else len(content)
        yield Segment(mark, content[begin:at], content[body:end])


def scans(content: bytes) -> int:
    """Through how many scans a decoder goes; of a file that can't be taken apart what it may be at most."""
    most = content.count(b"\xff\xda")
    if most <= _FEW:
        return most
    try:
        # What stands in a preview, or behind the picture's end, is none.
        return sum(segment.mark == SCAN for segment in segments(content))
    except ValueError:
        return most


def streams(content: bytes) -> bool:
    """Is it decoded row by row, so that a reduced decoding needs the memory of the reduced picture only?"""
    try:
        frame, scan = (_first(content, marks) for marks in (_FRAMES, (SCAN,)))
        # With a scan for each colour the decoder keeps all of them until the last.
        return frame.mark in _SEQUENTIAL and frame.body[5] == scan.body[0]
    except (ValueError, IndexError):
        return False


def _first(content: bytes, marks: tuple[int, ...]) -> Segment:
    for segment in segments(content):
        if segment.mark in marks:
            return segment
    raise ValueError("there is no such segment")
