"""Type, size, length: what a platform would ask of a video, as the file itself says it."""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from connectors.media.guard import MediaRefused
from social_queue.media.video.boxes import Box, Boxes

#: What a file of this family begins with; older MOV files have no ``ftyp``.
_BEGINNINGS = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
#: Brands of pictures in the same clothes: https://mp4ra.org/registered-types/brands
_PICTURES = (b"avif", b"avis", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1")
_SOUND = (b"M4A ", b"M4B ")
#: The end of a track's header: nine numbers that say how it lies, and its size.
_MATRIX_AND_SIZE = 36 + 8
ENDINGS = {"video/mp4": ".mp4", "video/quicktime": ".mov"}


@dataclass(frozen=True)
class Video:
    """``width`` and ``height`` are as a viewer sees them."""

    media_type: str
    width: int
    height: int
    seconds: float
    bytes: int


def is_video(start: bytes) -> bool:
    """Do these first bytes begin a video of a kind that we read? (HEIC and AVIF pictures begin alike.)"""
    kind, brand = start[4:8], start[8:12]
    return kind in _BEGINNINGS and not (kind == b"ftyp" and brand in (*_PICTURES, *_SOUND))


def look(file: IO[bytes]) -> Video:
    """What it is. Raises MediaRefused with what is wrong with it and what to do."""
    ends = file.seek(0, os.SEEK_END)
    boxes, found = Boxes(file), dict[bytes, Box]()
    for box in boxes.within(0, ends):
        found.setdefault(box.kind, box)
    if b"ftyp" not in found:
        raise MediaRefused("It is a QuickTime film of an old kind. Export it as an MP4 with H.264 video.")
    if b"moov" not in found:
        raise MediaRefused("The video is cut off: its table of contents (moov) is missing. Export it again.")
    movie = list(boxes.within(found[b"moov"].inside, found[b"moov"].ends))
    width, height = _size(boxes, movie)
    seconds = _seconds(boxes, movie)
    return Video(_media_type(boxes, found[b"ftyp"]), width, height, seconds, ends)


def _media_type(boxes: Boxes, box: Box) -> str:
    return "video/quicktime" if boxes.read(box, most=4) == b"qt  " else "video/mp4"


def _inside(boxes: Boxes, box: Box, kind: bytes) -> Iterator[Box]:
    return (one for one in boxes.within(box.inside, box.ends) if one.kind == kind)


def _size(boxes: Boxes, movie: list[Box]) -> tuple[int, int]:
    """Of the first track that shows something."""
    for track in (box for box in movie if box.kind == b"trak"):
        header = next(_inside(boxes, track, b"tkhd"), None)
        if header is None or not _shows(boxes, track):
            continue
        raw = boxes.read(header)[-_MATRIX_AND_SIZE:]
        if len(raw) < _MATRIX_AND_SIZE:
            continue
        # The matrix, nine numbers, then width and height in 16.16.
        # On its side, the first number is 0 and the second is not.
        along, across = struct.unpack(">ii", raw[:8])
        width, height = (round(side / 65536) for side in struct.unpack(">II", raw[-8:]))
        if width and height:
            return (height, width) if across and not along else (width, height)
    raise MediaRefused("It holds no moving pictures, only sound or nothing. Export it as an MP4 with H.264 video.")


def _shows(boxes: Boxes, track: Box) -> bool:
    """By its handler; a track that names none is judged by its size alone, of which sound has none."""
    handlers = [handler for media in _inside(boxes, track, b"mdia") for handler in _inside(boxes, media, b"hdlr")]
    return not handlers or any(boxes.read(handler, most=12)[8:12] == b"vide" for handler in handlers)


def _seconds(boxes: Boxes, movie: list[Box]) -> float:
    header = next((boxes.read(box) for box in movie if box.kind == b"mvhd"), b"")
    scale, length = _scale_and_length(header)
    if not length:
        # A fragmented file tells its length elsewhere, if at all.
        extends = next((box for box in movie if box.kind == b"mvex"), None)
        told = next((boxes.read(box) for box in _inside(boxes, extends, b"mehd")), b"") if extends else b""
        length = int.from_bytes(told[4:12] if told[:1] == b"\1" else told[4:8], "big")
    seconds = round(length / scale, 3) if scale else 0
    if not seconds:
        raise MediaRefused("The video does not say how long it is. Export it again as a plain MP4.")
    return seconds


def _scale_and_length(header: bytes) -> tuple[int, int]:
    at, width = (20, 8) if header[:1] == b"\1" else (12, 4)
    scale, length = header[at : at + 4], header[at + 4 : at + 4 + width]
    unknown = length == b"\xff" * width
    return int.from_bytes(scale, "big"), 0 if unknown else int.from_bytes(length, "big")
