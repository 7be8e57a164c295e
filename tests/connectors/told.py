"""Pictures that tell where and with what they were taken, in every place where their formats keep such words."""

import io
import struct
import zlib

from PIL import Image, PngImagePlugin

#: Every word below stands in a picture before, and none after.
SECRETS = (
    b"Fotoapparat",
    b"4711-serial",
    b"Joko Widodo",
    b"Jalan Merdeka",
    b"-6.175",
    b"PREVIEW-BYTES",
    b"TRAILING-BYTES",
)
_XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description exif:GPSLatitude="-6.175" dc:creator="Joko Widodo"/></rdf:RDF></x:xmpmeta>'
)
_TRAILER = b"TRAILING-BYTES" * 10
GPS, DEVICE, SERIAL, PLACE = 0x8825, 0x010F, 0xA431, 0x010E


def exif_of(mark: int = 1) -> Image.Exif:
    """Camera, serial number, a caption with the street, the position, and how the picture is turned."""
    exif = Image.Exif()
    exif[DEVICE], exif[PLACE], exif[0x0112] = "Fotoapparat", "Jalan Merdeka 1", mark
    exif.get_ifd(0x8769)[SERIAL] = "4711-serial"
    exif.get_ifd(GPS).update({1: "S", 2: (6.0, 10.0, 31.5), 3: "E", 4: (106.0, 49.0, 37.2)})
    return exif


def telling(image: Image.Image, kind: str, *, mark: int = 1, icc: bytes | None = None, **details) -> bytes:
    """The picture saved as this kind with everything a program could have written into it."""
    out = io.BytesIO()
    more = {"icc_profile": icc} if icc else {}
    if kind in ("JPEG", "WEBP", "TIFF", "AVIF", "PNG"):
        more["exif"] = exif_of(mark)
    if kind in ("JPEG", "WEBP", "AVIF"):
        more["xmp"] = _XMP
    if kind in ("JPEG", "GIF"):
        more["comment"] = b"Joko Widodo, Jalan Merdeka"
    if kind == "PNG":
        more["pnginfo"] = _png_words()
    image.save(out, kind, **(more | details))
    return _deeper(out.getvalue(), kind)


def _png_words() -> PngImagePlugin.PngInfo:
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", "Joko Widodo")
    words.add_text("Comment", "Jalan Merdeka", zip=True)
    words.add_itxt("XML:com.adobe.xmp", _XMP.decode())
    words.add(b"prVt", b"4711-serial")
    return words


def _deeper(content: bytes, kind: str) -> bytes:
    """With what Pillow doesn't write itself."""
    if kind == "JPEG":
        photoshop = _segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0Joko Widodo")
        preview = _segment(0xE0, b"JFXX\0\x10PREVIEW-BYTES") + _segment(0xE2, b"MPF\0PREVIEW-BYTES")
        first = 20 if content[2:4] == b"\xff\xe0" else 2
        return content[:first] + photoshop + preview + content[first:] + _TRAILER
    if kind == "GIF":
        xmp = b"\x21\xff\x0bXMP DataXMP" + bytes([len(_XMP) % 256 or 1]) + _XMP[: len(_XMP) % 256 or 1] + b"\0"
        table = 13 + (3 << ((content[10] & 7) + 1) if content[10] & 0x80 else 0)
        return content[:table] + xmp + content[table:] + _TRAILER
    if kind == "WEBP":
        extra = b"prVt" + struct.pack("<I", 12) + b"4711-serial\0"
        return content[:4] + struct.pack("<I", len(content) - 8 + len(extra)) + content[8:] + extra + _TRAILER
    return content + _TRAILER if kind == "PNG" else content


def _segment(mark: int, body: bytes) -> bytes:
    return bytes([0xFF, mark]) + struct.pack(">H", len(body) + 2) + body


def words_in(content: bytes) -> list[bytes]:
    """Which of the secrets can be read in a picture, packed ones too."""
    unpacked = content
    at = 8
    while content.startswith(b"\x89PNG") and at + 8 < len(content):
        length, name = struct.unpack(">I", content[at : at + 4])[0], content[at + 4 : at + 8]
        if name in (b"zTXt", b"iTXt"):
            data = content[at + 8 : at + 8 + length]
            start = data.find(b"x\x9c")
            unpacked += zlib.decompress(data[start:]) if start >= 0 else b""
        at += length + 12
    return [word for word in SECRETS if word in unpacked]
