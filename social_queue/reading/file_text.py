"""The text of a file as people's programs write it: a byte-order mark decides the encoding, without one it is UTF-8."""

import codecs

from social_queue.reading.strict_json import NotJson
from social_queue.sentences import said

#: The longer marks first: that of UTF-32 begins with that of UTF-16. Excel's “Unicode Text” is UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "UTF-8"),
    (codecs.BOM_UTF32_LE, "UTF-32-LE"),
    (codecs.BOM_UTF32_BE, "UTF-32-BE"),
    (codecs.BOM_UTF16_LE, "UTF-16-LE"),
    (codecs.BOM_UTF16_BE, "UTF-16-BE"),
)
_LOOKED_AT = 1000
#: How workbooks begin: they are packed files. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
_PACKED = b"PK\x03\x04"


def decoded(raw: bytes) -> str:
    """The text without its mark. Raises NotJson, saying how to save the file, when it is in another encoding."""
    mark, encoding = next(((mark, name) for mark, name in _MARKS if raw.startswith(mark)), (b"", "UTF-8"))
    if raw.startswith(_PACKED):
        raise NotJson(said("It is a workbook, or another packed file: save it as “CSV UTF-8” first."))
    begins = raw[:_LOOKED_AT]
    if not mark and begins.count(0) * 4 >= len(begins) > 0:
        raise NotJson(
            said("It looks like UTF-16 without a byte-order mark: save the file as UTF-8 (“CSV UTF-8” in Excel).")
        )
    try:
        return raw[len(mark) :].decode(encoding)
    except UnicodeDecodeError as fault:
        raise _not(encoding, raw, fault.start + len(mark), marked=bool(mark)) from None


def _not(encoding: str, raw: bytes, place: int, *, marked: bool) -> NotJson:
    line = raw.count(b"\n", 0, place) + 1
    values = {"encoding": encoding, "place": place, "line": line}
    if marked:
        why = said("Not %(encoding)s: the byte at place %(place)s (line %(line)s) belongs to no character.", **values)
    else:
        why = said(
            "Not %(encoding)s: the byte at place %(place)s (line %(line)s) belongs to no character. Perhaps it is "
            "Windows' own encoding (cp1252), as Excel saves plain CSV: save the file as “CSV UTF-8” instead.",
            **values,
        )
    return NotJson(why, line=line)
