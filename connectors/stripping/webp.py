"""A WebP without what describes it: the chunks that make the picture are copied, all others are left out.

The chunks: https://developers.google.com/speed/webp/docs/riff_container
"""

from collections.abc import Iterator

_PICTURE = {b"VP8 ", b"VP8L", b"ALPH", b"ICCP", b"ANIM"}
_EXTENDED, _FRAME = b"VP8X", b"ANMF"
#: Bits of the extended header's first byte that promise a chunk of EXIF or of XMP.
_HAS_EXIF, _HAS_XMP = 0x08, 0x04
#: A frame of a moving picture begins with its measures and place.
_FRAME_HEADER = 16


def without_metadata(content: bytes, exif: bytes) -> bytes:
    """The picture's own chunks. Raises ValueError where the file cannot be taken apart."""
    size = int.from_bytes(content[4:8], "little")
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP" or size + 8 > len(content):
        raise ValueError("no WebP, or one that breaks off")
    kept = [(name, _kept(name, data, bool(exif))) for name, data in _chunks(content[12 : size + 8])]
    body = b"".join(_chunk(name, data) for name, data in kept if data is not None)
    if exif:
        if not kept or kept[0][0] != _EXTENDED:
            raise ValueError("a simple WebP cannot say how it is turned")
        body += _chunk(b"EXIF", exif)
    return b"RIFF" + (len(body) + 4).to_bytes(4, "little") + b"WEBP" + body


def _kept(name: bytes, data: bytes, with_exif: bool) -> bytes | None:
    """The chunk's data as it stays; None for one that goes."""
    if name == _EXTENDED:
        flags = data[0] & ~(_HAS_EXIF | _HAS_XMP) | (_HAS_EXIF if with_exif else 0)
        return bytes([flags]) + data[1:]
    if name == _FRAME:
        inner = _chunks(data[_FRAME_HEADER:])
        return data[:_FRAME_HEADER] + b"".join(_chunk(part, words) for part, words in inner if part in _PICTURE)
    return data if name in _PICTURE else None


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(content):
        name, begin = content[at : at + 4], at + 8
        end = begin + int.from_bytes(content[at + 4 : begin], "little")
        if len(name) < 4 or end > len(content):
            raise ValueError("a chunk breaks off")
        yield name, content[begin:end]
        at = end + end % 2


def _chunk(name: bytes, data: bytes) -> bytes:
    """A chunk as it stands in the file: filled up to an even length."""
    return name + len(data).to_bytes(4, "little") + data + b"\0" * (len(data) % 2)
