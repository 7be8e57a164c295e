"""A GIF without what describes it: comments and other programs' words are left out.

The blocks: https://www.w3.org/Graphics/GIF/spec-gif89a.txt
"""

_EXTENSION, _FRAME, _TRAILER = 0x21, 0x2C, 0x3B
_GRAPHIC_CONTROL, _APPLICATION = 0xF9, 0xFF
#: Other programs' blocks that say how often a moving picture is repeated, and in which colours it is meant.
_KNOWN = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012")


def without_metadata(content: bytes, exif: bytes) -> bytes:
    """The picture's own blocks; ``exif`` has no place here. Raises ValueError where the file breaks off."""
    at = 13 + _colours(content[10])
    out = [content[:at]]
    while at < len(content) and content[at] != _TRAILER:
        begin, kind = at, content[at]
        if kind == _EXTENSION:
            label, at = content[at + 1], _after_data(content, at + 2)
            telling = label != _GRAPHIC_CONTROL and not (label == _APPLICATION and _is_known(content, begin))
            out.append(b"" if telling else content[begin:at])
        elif kind == _FRAME:
            at = _after_data(content, at + 11 + _colours(content[at + 9]))
            out.append(content[begin:at])
        else:
            raise ValueError("a block of an unknown kind")
    return b"".join((*out, bytes([_TRAILER])))


def _is_known(content: bytes, begin: int) -> bool:
    return content[begin + 3 : begin + 14] in _KNOWN


def _colours(flags: int) -> int:
    """The bytes of the table of colours that these flags announce."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _after_data(content: bytes, at: int) -> int:
    """Where the pieces that begin here have ended; each begins with its length, the last one is empty."""
    while length := content[at]:
        at += length + 1
    return at + 1
