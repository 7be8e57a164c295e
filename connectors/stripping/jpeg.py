"""A JPEG without what describes it: its segments copied, the telling ones left out.

EXIF, XMP and IPTC stand in APP1 and APP13, previews in APP0 and APP2, colour in APP2 and APP14:
https://exiftool.org/TagNames/JPEG.html
"""

from connectors.media.jpeg_marks import APP, COMMENT, START, Segment, segments

_JFIF, _PROFILE, _ADOBE = b"JFIF\0", b"ICC_PROFILE\0", b"Adobe"
#: JFIF's own words up to the measures of its preview, which follow.
_JFIF_WORDS = 12


def without_metadata(content: bytes, exif: bytes) -> bytes:
    """The picture's own segments. Raises ValueError where the file cannot be taken apart."""
    kept = [(segment.mark, piece) for segment in segments(content) if (piece := _kept(segment))]
    first = int(bool(kept) and kept[0][0] == APP[0])  # JFIF wants to be first
    if exif:
        block = b"Exif\0\0" + exif
        kept.insert(first, (APP[1], b"\xff\xe1" + (len(block) + 2).to_bytes(2, "big") + block))
    return b"\xff\xd8" + b"".join(piece for _mark, piece in kept)


def _kept(segment: Segment) -> bytes:
    """The segment as it stays; nothing for one that goes."""
    mark, body = segment.mark, segment.body
    if mark == APP[0] and body.startswith(_JFIF):
        words = body[:_JFIF_WORDS] + b"\0\0"
        return segment.whole if body == words else b"\xff\xe0" + (len(words) + 2).to_bytes(2, "big") + words
    if (mark == APP[2] and body.startswith(_PROFILE)) or (mark == APP[14] and body.startswith(_ADOBE)):
        return segment.whole
    return b"" if mark in APP or mark in (COMMENT, START) else segment.whole
