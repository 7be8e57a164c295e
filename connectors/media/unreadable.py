"""What stands where a picture was expected, called by its name, and what to do about it."""

_SAVE = "save it as JPEG or PNG"
_EXPORT = "export it as PNG"
#: How pictures begin that we do decode.
_OURS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*")
#: How files begin that show something but are no picture we decode: what they are called, and the way out.
_SHOWING = (
    (b"%!PS", "an EPS drawing", _EXPORT),
    (b"\xc5\xd0\xd3\xc6", "an EPS drawing", _EXPORT),
    (b"\xd7\xcd\xc6\x9a", "a WMF drawing", _EXPORT),
    (b"%PDF", "a PDF", "save the page as JPEG or PNG"),
    (b"8BPS", "a Photoshop file", _EXPORT),
    (b"gimp xcf", "a GIMP file", _EXPORT),
    (b"\xff\x0a", "a JPEG XL picture", _SAVE),
    (b"\0\0\0\x0cJXL ", "a JPEG XL picture", _SAVE),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 picture", _SAVE),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000 picture", _SAVE),
    (b"\0\0\1\0", "an icon (ICO)", _EXPORT),
    (b"icns", "an icon (ICNS)", _EXPORT),
    (b"qoif", "a QOI picture", _SAVE),
    (b"FUJIFILMCCD-RAW", "a raw photograph", _SAVE),
    (b"\x1a\x45\xdf\xa3", "a video", "take one picture of it"),
)
_OTHERS = (
    (b"PK\x03\x04", "an archive or an office document"),
    (b"\x1f\x8b", "a compressed file"),
    (b"{", "JSON"),
    (b"[", "JSON"),
)
#: HEIC, AVIF and MP4 are one file format; these of its brands are pictures: https://mp4ra.org/registered-types/brands
_AVIF = {b"avif", b"avis"}
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
#: Brands of any picture in it, whatever it was compressed with.
_ANY = {b"mif1", b"msf1"}
_ADVICE = {
    "a HEIC picture": f"{_SAVE} (an iPhone takes JPEG with Settings, Camera, Formats, Most Compatible)",
    "an AVIF picture": _SAVE,
    "a video": "take one picture of it",
}


def what_it_is(content: bytes) -> str:
    """A sentence that names it and, where there is one, the way out."""
    start = content[:512].lstrip().lower()
    if not start:
        return _no_picture("empty")
    if start.startswith((b"<!doctype html", b"<html")) or b"<html" in start:
        return _no_picture("a web page")
    if start.startswith(b"<svg") or b"<svg" in start:
        return _no_picture("an SVG drawing", _EXPORT)
    if content.startswith(_OURS) or (content.startswith(b"RIFF") and content[8:12] == b"WEBP"):
        return "The picture is damaged: its beginning cannot be read."
    if content[4:8] == b"ftyp":
        name = _of_brand(content)
        return _no_picture(name, _ADVICE[name])
    for beginning, name, advice in _SHOWING:
        if content.startswith(beginning):
            return _no_picture(name, advice)
    named = (name for beginning, name in _OTHERS if start.startswith(beginning.lower()))
    return _no_picture(next(named, "something else"))


def _of_brand(content: bytes) -> str:
    """What a file of the family of MP4 is, by its first brand or else by those that it goes by as well."""
    end = min(int.from_bytes(content[:4], "big"), 512)
    brands = {content[8:12], *(content[at : at + 4] for at in range(16, end, 4))}
    if brands & _AVIF:
        return "an AVIF picture"
    return "a HEIC picture" if brands & (_HEIC | _ANY) else "a video"


def _no_picture(name: str, advice: str = "") -> str:
    if name.endswith(" picture"):
        return f"It is {name}, which we cannot read: {advice}."
    return f"It is {name}, not a picture that we can read{advice and f': {advice}'}."
