"""Telegram's HTML mode: tags to entities, or the server's own complaint with its byte offset.

https://core.telegram.org/bots/api#html-style
"""

import html
import re
from dataclasses import dataclass, field

#: tag -> (entity type, tag shown on the wall)
_TAGS = {
    "b": ("bold", "b"), "strong": ("bold", "b"), "i": ("italic", "i"), "em": ("italic", "i"),
    "u": ("underline", "u"), "ins": ("underline", "u"), "s": ("strikethrough", "s"), "strike": ("strikethrough", "s"),
    "del": ("strikethrough", "s"), "tg-spoiler": ("spoiler", "span"), "span": ("spoiler", "span"),
    "a": ("text_link", "a"), "tg-emoji": ("custom_emoji", "span"), "code": ("code", "code"), "pre": ("pre", "pre"),
    "blockquote": ("blockquote", "blockquote"),
}  # fmt: skip
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(#x[0-9a-fA-F]+|#[0-9]+|lt|gt|amp|quot);?")
_ATTRIBUTE = re.compile(r"""\s*([^\s=>/"']+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>"']+))?""")


class BadMarkup(Exception):
    """The text cannot be parsed; the message is the server's wording."""


@dataclass
class Parsed:
    """The text a reader sees, its entities (offsets in UTF-16 units) and clean HTML for the wall."""

    text: str
    entities: list[dict]
    markup: str


@dataclass
class _Open:
    tag: str
    start: int
    shown: str
    details: dict


@dataclass
class _Reader:
    source: str
    place: int = 0
    text: list[str] = field(default_factory=list)
    markup: list[str] = field(default_factory=list)
    units: int = 0
    entities: list[dict] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)

    def offset(self, place: int) -> int:
        return len(self.source[:place].encode())

    def add(self, piece: str) -> None:
        self.text.append(piece)
        self.markup.append(html.escape(piece))
        self.units += len(piece.encode("utf-16-le", "replace")) // 2


def parse(source: str) -> Parsed:
    """Take Telegram HTML apart; raises BadMarkup. Surrounding white space is dropped, as the server does."""
    reader = _Reader(source.strip())
    while reader.place < len(reader.source):
        if reader.source[reader.place] != "<":
            _read_text(reader)
        elif reader.source.startswith("</", reader.place):
            _read_end(reader)
        else:
            _read_start(reader)
    if reader.stack:
        raise BadMarkup(f'Can\'t find end tag corresponding to start tag "{reader.stack[-1].tag}"')
    reader.entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return Parsed("".join(reader.text), reader.entities, "".join(reader.markup))


def _decode(reference: re.Match) -> str:
    name = reference[1]
    if not name.startswith("#"):
        return _ENTITIES[name]
    code = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
    return chr(code) if 0 < code < 0x10FFFF and not 0xD800 <= code < 0xE000 else reference[0]


def _read_text(reader: _Reader) -> None:
    end = reader.source.find("<", reader.place)
    end = len(reader.source) if end < 0 else end
    reader.add(_REFERENCE.sub(_decode, reader.source[reader.place : end]))
    reader.place = end


def _read_start(reader: _Reader) -> None:
    begin = reader.place
    tag = re.compile(r"[^\s>]*").match(reader.source, begin + 1)[0].lower()
    end = _tag_end(reader.source, begin)
    unfinished = begin + 1 + len(tag) == len(reader.source)
    if tag not in _TAGS and not unfinished:
        raise BadMarkup(f'Unsupported start tag "{tag}" at byte offset {reader.offset(begin)}')
    if unfinished or end < 0:
        raise BadMarkup(f"Unclosed start tag at byte offset {reader.offset(begin)}")
    inside = reader.source[begin + 1 + len(tag) : end]
    attributes = {name.lower(): html.unescape(value.strip("\"'")) for name, value in _ATTRIBUTE.findall(inside)}
    if tag == "span" and attributes.get("class") != "tg-spoiler":
        raise BadMarkup(f'Tag "span" must have class "tg-spoiler" at byte offset {reader.offset(begin)}')
    shown = _TAGS[tag][1]
    reader.stack.append(_Open(tag, reader.units, shown, _details(tag, attributes)))
    reader.markup.append(_start_shown(tag, shown, attributes))
    reader.place = end + 1


def _tag_end(source: str, begin: int) -> int:
    quote = ""
    for place in range(begin + 1, len(source)):
        sign = source[place]
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign == ">":
            return place
    return -1


def _details(tag: str, attributes: dict[str, str]) -> dict:
    if tag == "a" and attributes.get("href", "").lower().startswith(("http://", "https://", "tg://", "mailto:")):
        return {"url": attributes["href"]}
    if tag == "blockquote" and "expandable" in attributes:
        return {"type": "expandable_blockquote"}
    return {}


def _start_shown(tag: str, shown: str, attributes: dict[str, str]) -> str:
    href = attributes.get("href", "")
    if tag == "a":
        safe = href if href.lower().startswith(("http://", "https://")) else "#"
        return f'<a href="{html.escape(safe)}" target="_blank" rel="noopener noreferrer nofollow">'
    return '<span class="spoiler" tabindex="0">' if _TAGS[tag][0] == "spoiler" else f"<{shown}>"


def _read_end(reader: _Reader) -> None:
    begin = reader.place
    end = reader.source.find(">", begin)
    at = reader.offset(begin)
    if not reader.stack:
        raise BadMarkup(f"Unexpected end tag at byte offset {at}")
    if end < 0:
        raise BadMarkup(f"Unclosed end tag at byte offset {at}")
    tag = reader.source[begin + 2 : end].strip().lower()
    opened = reader.stack.pop()
    if tag and tag != opened.tag:
        raise BadMarkup(f'Unmatched end tag at byte offset {at}, expected "</{opened.tag}>", found "</{tag}>"')
    reader.markup.append(f"</{opened.shown}>")
    reader.place = end + 1
    length = reader.units - opened.start
    if length and (opened.tag != "a" or "url" in opened.details):
        reader.entities.append(
            {"type": _TAGS[opened.tag][0], "offset": opened.start, "length": length} | opened.details
        )
