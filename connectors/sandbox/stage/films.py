"""How the pretended platforms look at a video: size, length and layout, read from its boxes without decoding it.

MP4 and QuickTime are boxes of a length, a name and a content:
https://developer.apple.com/documentation/quicktime-file-format/atoms
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_SCALE = 1000


class NotAFilm(Exception):
    """The bytes are no MP4 or QuickTime video that can be read."""


@dataclass(frozen=True)
class Film:
    """What was seen in a video. ``ready_to_stream``: its table of contents stands before its pictures."""

    media_type: str
    width: int
    height: int
    seconds: float
    size: int
    ready_to_stream: bool

    @property
    def ratio(self) -> float:
        return self.width / self.height


def inspect(content: bytes) -> Film:
    """Look at the bytes; raises NotAFilm."""
    try:
        outer = {name: (place, body) for place, (name, body) in enumerate(_boxes(content))}
        if "ftyp" not in outer or "moov" not in outer:
            raise NotAFilm("no MP4")
        inner = dict(_boxes(outer["moov"][1]))
        sizes = [_size(body) for name, body in _boxes(outer["moov"][1]) if name == "trak"]
        width, height = max(sizes, default=(0, 0))
        if not (width and height):
            raise NotAFilm("no pictures in it")
        quicktime = outer["ftyp"][1][:4] == b"qt  "
        media_type = "video/quicktime" if quicktime else "video/mp4"
        streams = outer["moov"][0] < outer.get("mdat", (len(outer), b""))[0]
        return Film(media_type, width, height, _seconds(inner["mvhd"]), len(content), streams)
    except (struct.error, KeyError, ZeroDivisionError) as error:
        raise NotAFilm(f"damaged: {error}") from error


def _boxes(content: bytes) -> Iterator[tuple[str, bytes]]:
    place = 0
    while place + 8 <= len(content):
        size, name = struct.unpack_from(">I4s", content, place)
        head = 8
        if size == 1:
            size, head = struct.unpack_from(">Q", content, place + 8)[0], 16
        end = len(content) if size == 0 else place + size
        if size and size < head or end > len(content):
            raise NotAFilm("it breaks off")
        yield name.decode("latin-1"), content[place + head : end]
        place = end


def _seconds(header: bytes) -> float:
    scale, length = struct.unpack_from(">IQ", header, 20) if header[0] else struct.unpack_from(">II", header, 12)
    return length / scale


def _size(track: bytes) -> tuple[int, int]:
    header = dict(_boxes(track))["tkhd"]
    width, height = struct.unpack(">II", header[-8:])
    return width >> 16, height >> 16


def _box(name: str, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), name.encode()) + body


@lru_cache(maxsize=32)
def drawn(
    seconds: float = 5,
    width: int = 720,
    height: int = 1280,
    *,
    weight: int = 0,
    brand: str = "isom",
    late: bool = False,
) -> bytes:
    """A video as far as its boxes tell: nothing moves in it. ``weight``: bytes of it; ``late``: moov at the end."""
    header = struct.pack(">IIIII", 0, 0, 0, _SCALE, round(seconds * _SCALE)) + bytes(80)
    track = struct.pack(">IIIIII", 7, 0, 0, 1, 0, round(seconds * _SCALE)) + bytes(52)
    track += struct.pack(">II", width << 16, height << 16)
    contents = _box("moov", _box("mvhd", header), _box("trak", _box("tkhd", track)))
    pictures = _box("mdat", bytes(weight))
    rest = pictures + contents if late else contents + pictures
    return _box("ftyp", brand.encode(), bytes(4), b"isommp42") + rest
