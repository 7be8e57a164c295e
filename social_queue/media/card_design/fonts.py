"""Which of the shipped fonts draws which character."""

import struct
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont, features

FOLDER = Path(__file__).resolve().parent.parent / "fonts"
NEON = "Sora-Bold.ttf"
SERIF = "Fraunces-Bold.ttf"
HEAVY = "PlusJakartaSans-ExtraBold.ttf"
PLAIN = "PlusJakartaSans-SemiBold.ttf"
CJK = "DroidSansFallback.ttf"
EMOJI = "TwemojiMozilla.ttf"
# Emoji sequences, loose accents and right-to-left scripts need Raqm, which Pillow brings along, and FriBiDi, which it
# takes from the system (Debian: libfribidi0). Without it cards are still drawn, these a little poorer.
SHAPED = features.check("raqm")
FALLBACKS = ("NotoSans-Bold.ttf", "NotoSansThai-Bold.ttf", "DejaVuSans-Bold.ttf", CJK)


@lru_cache(maxsize=64)
def load(file: str, size: int) -> ImageFont.FreeTypeFont:
    """The font at a size in pixels. Few are kept: each holds its file open."""
    layout = ImageFont.Layout.RAQM if SHAPED else ImageFont.Layout.BASIC
    return ImageFont.truetype(FOLDER / file, size, layout_engine=layout)


@lru_cache
def covered(file: str) -> frozenset[int]:
    """The code points a font has a glyph for. Pillow does not tell, so the font's `cmap` table is read:
    https://learn.microsoft.com/en-us/typography/opentype/spec/cmap"""
    table = _table((FOLDER / file).read_bytes(), b"cmap")
    best = max(_subtables(table), key=lambda subtable: subtable[0])
    reader = {4: _segments, 12: _groups}[best[0]]
    return frozenset(reader(table[best[1] :]))


def _table(data: bytes, tag: bytes) -> bytes:
    for index in range(struct.unpack_from(">H", data, 4)[0]):
        name, _, offset, length = struct.unpack_from(">4sLLL", data, 12 + 16 * index)
        if name == tag:
            return data[offset : offset + length]
    raise ValueError(f"this font has no {tag.decode()} table")


def _subtables(cmap: bytes):
    """Format and offset of each subtable we can read."""
    for index in range(struct.unpack_from(">H", cmap, 2)[0]):
        offset = struct.unpack_from(">L", cmap, 4 + 8 * index + 4)[0]
        kind = struct.unpack_from(">H", cmap, offset)[0]
        if kind in (4, 12):
            yield kind, offset


def _segments(subtable: bytes):
    """Format 4: runs of the first 65,536 code points, some with holes."""
    doubled = struct.unpack_from(">H", subtable, 6)[0]
    ends, starts, deltas, offsets = (14, 16 + doubled, 16 + 2 * doubled, 16 + 3 * doubled)
    for at in range(0, doubled, 2):
        start, end, delta, offset = (
            struct.unpack_from(">H", subtable, column + at)[0] for column in (starts, ends, deltas, offsets)
        )
        for code in range(start, min(end, 0xFFFE) + 1):
            glyph = code + delta
            if offset:
                glyph = struct.unpack_from(">H", subtable, offsets + at + offset + 2 * (code - start))[0]
            if glyph & 0xFFFF:
                yield code


def _groups(subtable: bytes):
    """Format 12: runs of any code points, without holes."""
    for index in range(struct.unpack_from(">L", subtable, 12)[0]):
        start, end, _ = struct.unpack_from(">LLL", subtable, 16 + 12 * index)
        yield from range(start, end + 1)
