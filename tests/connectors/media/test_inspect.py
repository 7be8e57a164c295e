"""What a picture is, judged by its bytes."""

import io
import random
import struct
import tracemalloc
import zlib

import pytest
from PIL import Image

from connectors.media.inspect import MediaRefused, inspect, is_animated
from connectors.media.jpeg_marks import SCAN, segments
from tests.connectors.drawn import moving_bytes, noisy_bytes, picture_bytes, turned_bytes


def refusal(content: bytes) -> str:
    with pytest.raises(MediaRefused) as caught:
        inspect(content)
    return caught.value.message


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that claims this size."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def multi_picture() -> bytes:
    """Two JPEGs in one file, as some cameras make them (MPO)."""
    out = io.BytesIO()
    first, second = (Image.new("RGB", (320, 240), colour) for colour in ("red", "blue"))
    first.save(out, "MPO", save_all=True, append_images=[second])
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("GIF", "image/gif"),
        ("WEBP", "image/webp"),
        ("BMP", "image/bmp"),
        ("TIFF", "image/tiff"),
        ("AVIF", "image/avif"),
        ("JPEG2000", "image/jp2"),
    ],
)
def test_the_type_and_the_size_are_read_from_the_bytes(kind, media_type):
    picture = inspect(picture_bytes(321, 123, kind))
    assert (picture.media_type, picture.width, picture.height) == (media_type, 321, 123)


def test_several_pictures_in_one_file_are_no_jpeg():
    content = multi_picture()
    assert content[:3] == b"\xff\xd8\xff"
    assert inspect(content).media_type == "image/mpo"
    assert not is_animated(inspect(content))


@pytest.mark.parametrize(("orientation", "size"), [(1, (600, 400)), (3, (600, 400)), (6, (400, 600)), (8, (400, 600))])
def test_the_size_is_as_a_viewer_sees_it(orientation, size):
    picture = inspect(turned_bytes(orientation))
    assert (picture.width, picture.height) == size


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_a_moving_picture_is_recognised(kind):
    assert is_animated(inspect(moving_bytes(kind)))
    assert not is_animated(inspect(picture_bytes(kind=kind)))


@pytest.mark.parametrize(
    ("content", "called"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><title>Log in</title>", "a web page"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "an SVG drawing"),
        (b'{"error": "expired"}', "JSON"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "an EPS drawing"),
        (b"PK\x03\x04....word", "an archive or an office document"),
        (bytes.fromhex("00000018") + b"ftypisom" + bytes(12), "a video"),
        (b"GIF8", "something else"),
    ],
)
def test_what_is_no_picture_is_called_by_its_name(content, called):
    assert f"It is {called}, not a picture" in refusal(content)


def of_the_family_of_mp4(first: bytes, *others: bytes) -> bytes:
    """The beginning of a file whose kind stands in its brands."""
    brands = first + bytes(4) + b"".join(others)
    return struct.pack(">I", len(brands) + 8) + b"ftyp" + brands + b"\0\0\0\x08mdat" + bytes(40)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (of_the_family_of_mp4(b"heic", b"mif1"), "It is a HEIC picture, which we cannot read: save it as JPEG or PNG"),
        (of_the_family_of_mp4(b"mif1", b"mif1", b"heix"), "It is a HEIC picture"),
        (of_the_family_of_mp4(b"msf1", b"hevc"), "It is a HEIC picture"),
        (of_the_family_of_mp4(b"isom", b"iso2", b"mp41"), "It is a video, not a picture that we can read: take one"),
        (of_the_family_of_mp4(b"qt  "), "It is a video"),
        (b"%PDF-1.4\n", "It is a PDF, not a picture that we can read: save the page as JPEG or PNG."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", "It is an SVG drawing, not a picture that we can read: export"),
        (b"\xff\x0a\x00\x10", "It is a JPEG XL picture, which we cannot read"),
        (b"8BPS\0\1", "It is a Photoshop file"),
        (b"\0\0\1\0\1\0", "It is an icon (ICO)"),
        (b"\xff\xd8\xff\xe0", "The picture is damaged: its beginning cannot be read."),
    ],
)
def test_what_cannot_be_read_is_named_with_the_way_out(content, said):
    assert refusal(content).startswith(said)


def test_an_avif_that_is_broken_is_called_an_avif_or_damaged():
    said = refusal(picture_bytes(kind="AVIF")[:120])
    assert "AVIF" in said or "damaged" in said


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF"])
@pytest.mark.parametrize("share", [0.5, 0.95])
def test_a_truncated_picture_is_refused(kind, share):
    whole = noisy_bytes(200, 200, kind)
    refusal(whole[: int(len(whole) * share)])


def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_decoded():
    assert "at most" in refusal(bomb(8000, 8000))
    assert "25,000,000" in refusal(bomb(60_000, 60_000))


def test_a_small_file_that_claims_a_bearable_size_is_found_damaged():
    assert "damaged" in refusal(bomb(3000, 3000))


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "JPEG2000"])
def test_no_broken_picture_raises_anything_but_a_refusal(kind):
    chance = random.Random(kind)
    exif = Image.Exif()
    exif[0x0112] = 6
    details = {"exif": exif} if kind in ("JPEG", "PNG", "WEBP", "TIFF") else {}
    whole = noisy_bytes(48, 48, kind, **details)
    refused = 0
    for _ in range(400):
        broken = bytearray(whole)
        for _ in range(chance.randint(1, 12)):
            broken[chance.randrange(min(len(broken), 400))] = chance.randrange(256)
        try:
            is_animated(inspect(bytes(broken)))
        except MediaRefused:
            refused += 1
    assert refused


def many_fractions(tag: int, count: int) -> bytes:
    """A table of one tag, as TIFF and EXIF have them, that holds so many fractions."""
    table = struct.pack("<H2HII", 1, tag, 5, count, 26) + bytes(4)
    return b"II" + struct.pack("<HI", 42, 8) + table + struct.pack("<II", 1, 1) * count


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
def test_a_table_of_numbers_beside_a_picture_is_not_made_into_objects(kind):
    exif = many_fractions(0x0112, 60_000)
    content = picture_bytes(8, 8, kind)
    if kind == "JPEG":  # in several segments, each of 64 KB at most
        pieces = [b"Exif\0\0" + exif[start : start + 60_000] for start in range(0, len(exif), 60_000)]
        blocks = [b"\xff\xe1" + struct.pack(">H", len(piece) + 2) + piece for piece in pieces]
        content = content[:2] + b"".join(blocks) + content[2:]
    else:
        out = io.BytesIO()
        Image.new("RGB", (8, 8)).save(out, kind, exif=b"Exif\0\0" + exif)
        content = out.getvalue()
    assert len(content) > len(exif)
    tracemalloc.start()
    try:
        assert (inspect(content).width, inspect(content).height) == (8, 8)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 * len(exif), "Each fraction became an object or several."


def test_a_tiff_of_more_numbers_than_pixels_is_damaged():
    table = {256: 1, 257: 1, 258: 8, 259: 1, 262: 1, 277: 1, 278: 1, 279: 1}
    count, place = 60_000, 8 + 2 + 12 * (len(table) + 2) + 4
    rows = {tag: struct.pack("<2HIHH", tag, 3, 1, value, 0) for tag, value in table.items()}
    rows[273] = struct.pack("<2HII", 273, 4, 1, place)
    rows[282] = struct.pack("<2HII", 282, 5, count, place)
    head = b"II" + struct.pack("<HIH", 42, 8, len(rows)) + b"".join(rows[tag] for tag in sorted(rows)) + bytes(4)
    assert "damaged" in refusal(head + struct.pack("<II", 1, 1) * count)


def progressive(scans: int, *, more: bytes = b"") -> bytes:
    """A JPEG whose last scan comes so often; ``more`` stands behind its beginning."""
    out = io.BytesIO()
    Image.effect_noise((64, 64), 90).save(out, "JPEG", progressive=True)
    content = out.getvalue()
    *_others, last = (segment.whole for segment in segments(content) if segment.mark == SCAN)
    return content[:2] + more + content[2:-2] + last * (scans - 1) + b"\xff\xd9"


def test_a_jpeg_that_is_painted_over_for_ever_is_refused():
    assert "scans" in refusal(progressive(101))
    # A segment that is shorter than its own length is forgiven by decoders, so it must not hide what follows.
    assert "scans" in refusal(progressive(101, more=b"\xff\xfe\0\0"))
    assert inspect(progressive(30)).media_type == "image/jpeg"


def test_what_only_looks_like_a_scan_is_none():
    looks_like_it = b"\xff\xda" * 500
    comment = b"\xff\xfe" + struct.pack(">H", len(looks_like_it) + 2) + looks_like_it
    assert inspect(progressive(1, more=comment) + looks_like_it).width == 64


#: What a picture may be filled up with, and where.
FILLED = {
    "JPEG": (b"\xff\xfe\0\2", 2),
    "PNG": (b"\0\0\0\0prVt" + struct.pack(">I", zlib.crc32(b"prVt")), 33),
    "GIF": (b"!\xfe\0", 0),
}


@pytest.mark.parametrize("kind", FILLED)
def test_a_picture_of_nothing_but_parts_is_refused(kind):
    part, at = FILLED[kind]
    content = picture_bytes(8, 8, kind)
    at = at or 13 + (3 << (content[10] & 7) + 1)
    assert inspect(content[:at] + part * 1_000 + content[at:]).width == 8
    assert "too many parts" in refusal(content[:at] + part * 50_001 + content[at:])
    if kind == "JPEG":
        assert "too many parts" in refusal(content[:at] + b"\xff" * 50_001 + content[at:])
    # Decoders forgive a segment that is shorter than its own length, so it hides nothing.
    hidden = b"\xff\xfe\0\0" if kind == "JPEG" else b""
    assert "too many parts" in refusal(content[:at] + hidden + part * 50_001 + content[at:])
