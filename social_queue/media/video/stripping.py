"""Where and with what a video was made taken out of it, in place: what says so is overwritten, nothing moves."""

import os
from collections.abc import Iterator
from typing import IO

from social_queue.media.video import boxes
from social_queue.media.video.boxes import Box

#: User data, Apple's and others' tables of facts (position, device, owner), and XMP. Players pass over ``free``.
_TELLING = (b"udta", b"meta", b"uuid")
_OUTER = (b"moov", b"trak")
_ZEROS = bytes(64 * 1024)


def strip(file: IO[bytes]) -> bool:
    """Overwrite it in a file that can be written; its length and every place in it stay. Was there any?

    Raises MediaRefused.
    """
    ends = file.seek(0, os.SEEK_END)
    telling = list(_telling(file, 0, ends))
    for box in telling:
        file.seek(box.begins + 4)
        file.write(b"free")
        file.seek(box.inside)
        left = box.ends - box.inside
        while left > 0:
            left -= file.write(_ZEROS[:left])
    file.flush()
    return bool(telling)


def _telling(file: IO[bytes], begins: int, ends: int) -> Iterator[Box]:
    for box in boxes.within(file, begins, ends):
        if box.kind in _TELLING:
            yield box
        elif box.kind in _OUTER:
            yield from _telling(file, box.inside, box.ends)
