"""A PNG without what describes it: the chunks that make the picture are copied, all others are left out.

The chunks: https://www.w3.org/TR/png-3/#11Chunks
"""

import zlib

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: Optional chunks (their names begin with a small letter) that say how the pixels are shown.
_SHOWING = {b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"mDCv", b"cLLI", b"cLLi", b"bKGD",
            b"pHYs", b"acTL", b"fcTL", b"fdAT"}  # fmt: skip


def without_metadata(content: bytes, exif: bytes) -> bytes:
    """The picture's own chunks. Raises ValueError where the file cannot be taken apart."""
    if not content.startswith(_SIGNATURE):
        raise ValueError("no PNG")
    out, at = [_SIGNATURE], len(_SIGNATURE)
    name = b""
    while name != b"IEND":
        name, end = content[at + 4 : at + 8], at + 12 + int.from_bytes(content[at : at + 4], "big")
        if len(name) < 4 or end > len(content):
            raise ValueError("a chunk breaks off")
        needed = name[:1].isupper()
        if needed or name in _SHOWING:
            out.append(content[at:end])
        if name == b"IHDR" and exif:
            out.append(_chunk(b"eXIf", exif))
        at = end
    return b"".join(out)


def _chunk(name: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")
