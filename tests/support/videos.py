"""Small videos made box by box, as large on disk as a test wants them: what is in between is a hole."""

import struct
from pathlib import Path

#: What a telephone writes beside its pictures.
PLACE = b"-06.2088+106.8456/"
_IDENTITY = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30)
_ON_ITS_SIDE = struct.pack(">9i", 0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30)


def box(kind: bytes, *content: bytes) -> bytes:
    """One box."""
    inside = b"".join(content)
    return struct.pack(">I4s", len(inside) + 8, kind) + inside


def movie(*, width=1280, height=720, seconds=12.0, scale=1000, turned=False, handler=b"vide", place=PLACE) -> bytes:
    """The table of contents."""
    length = round(seconds * scale)
    matrix = _ON_ITS_SIDE if turned else _IDENTITY
    mvhd = box(b"mvhd", bytes(12), struct.pack(">II", scale, length), bytes(80))
    sides = struct.pack(">II", width << 16, height << 16)
    tkhd = box(b"tkhd", bytes(20), struct.pack(">I", length), bytes(16), matrix, sides)
    hdlr = box(b"hdlr", bytes(8), handler, bytes(13))
    about = [box(b"udta", box(b"\xa9xyz", struct.pack(">HH", len(place), 0), place))] if place else []
    return box(b"moov", mvhd, box(b"trak", tkhd, box(b"mdia", hdlr)), *about)


def video(*, brand=b"isom", frames=b"frames", **about) -> bytes:
    """A whole small file."""
    return box(b"ftyp", brand, bytes(4), b"isommp42") + movie(**about) + box(b"mdat", frames)


def large(path: Path, size: int, **about) -> Path:
    """A file of that size that takes next to nothing on disk."""
    head = box(b"ftyp", b"isom", bytes(4), b"isommp42") + movie(**about)
    with path.open("wb") as file:
        file.write(head + struct.pack(">I4s", size - len(head), b"mdat"))
        file.truncate(size)
    return path
