"""Where and with what a video was made taken out of it, in place: what says so is overwritten, nothing moves."""

import os
from typing import IO

from social_queue.media.video.boxes import Boxes

#: User data, Apple's and others' tables of facts (position, device, owner), and XMP. Players pass over ``free``.
_TELLING = (b"udta", b"meta", b"uuid")
_OUTER = (b"moov", b"trak")
_ZEROS = bytes(64 * 1024)


def strip(file: IO[bytes]) -> bool:
    """Overwrite it in a file that can be written; its length and every place in it stay. Was there any?

    Raises MediaRefused.
    """
    ends = file.seek(0, os.SEEK_END)
    telling = [box for box in Boxes(file).deep_in(0, ends, _OUTER) if box.kind in _TELLING]
    for box in telling:
        file.seek(box.begins + 4)
        file.write(b"free")
        file.seek(box.inside)
        left = box.ends - box.inside
        while left > 0:
            left -= file.write(_ZEROS[:left])
    file.flush()
    return bool(telling)
