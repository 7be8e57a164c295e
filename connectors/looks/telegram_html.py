"""Telegram's HTML mode: tags to entities, or the server's own complaint with its byte offset.

https://core.telegram.org/bots/api#html-style
"""

import html
import re
from dataclasses import dataclass, field
from typing import Any

from connectors.looks.telegram_tags import (
    TAGS,
    BadMarkup,
    StartTag,
    checked_link,
    decode,
    details,
    read_start,
    shown_start,
)

__all__ = ["BadMarkup", "Parsed", "parse"]

_UNPAIRED = (
    "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units"
)
_HALF = re.compile(r"[\ud800-\udfff]")
#: Of entities in the same place the outermost comes first.
_ORDER = ("blockquote", "expandable_blockquote", "pre", "code", "date_time", "text_link", "bold", "italic",
          "underline", "strikethrough", "spoiler", "custom_emoji")  # fmt: skip


@dataclass
class Parsed:
    """The text a reader sees, its entities (offsets in UTF-16 units) and clean HTML for the wall."""

    text: str
    entities: list[dict[str, Any]]
    markup: str


@dataclass
class _Open:
    tag: StartTag
    start: int
    pieces: int
    details: dict[str, Any]


@dataclass
class _Reader:
    source: str
    place: int = 0
    text: list[str] = field(default_factory=list)
    markup: list[str] = field(default_factory=list)
    units: int = 0
    entities: list[dict[str, Any]] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)

    def offset(self, place: int) -> int:
        return len(self.source[:place].encode("utf-8", "surrogatepass"))

    def add(self, piece: str) -> None:
        self.text.append(piece)
        self.markup.append(html.escape(piece))
        self.units += utf16_length(piece)


def utf16_length(text: str) -> int:
    """How long a text is for Telegram's offsets."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


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
        raise BadMarkup(f'Can\'t find end tag corresponding to start tag "{reader.stack[-1].tag.name}"')
    text = "".join(reader.text)
    if _HALF.search(text):
        raise BadMarkup(_UNPAIRED)
    for entity in reader.entities:
        if entity["type"] == "code":
            entity.pop("language", None)
    reader.entities.sort(key=lambda entity: (entity["offset"], -entity["length"], _ORDER.index(entity["type"])))
    return Parsed(text, reader.entities, "".join(reader.markup))


def _read_text(reader: _Reader) -> None:
    end = reader.source.find("<", reader.place)
    end = len(reader.source) if end < 0 else end
    reader.add(decode(reader.source[reader.place : end]))
    reader.place = end


def _read_start(reader: _Reader) -> None:
    tag = read_start(reader.source, reader.place)
    reader.stack.append(_Open(tag, reader.units, len(reader.text), details(tag)))
    reader.markup.append(shown_start(tag))
    reader.place = tag.end


def _read_end(reader: _Reader) -> None:
    begin = reader.place
    end = reader.source.find(">", begin)
    at = reader.offset(begin)
    if not reader.stack:
        raise BadMarkup(f"Unexpected end tag at byte offset {at}")
    if end < 0:
        raise BadMarkup(f"Unclosed end tag at byte offset {at}")
    name = reader.source[begin + 2 : end].strip().lower()
    opened = reader.stack.pop()
    if name and name != opened.tag.name:
        raise BadMarkup(f'Unmatched end tag at byte offset {at}, expected "</{opened.tag.name}>", found "</{name}>"')
    reader.markup.append(f"</{TAGS[opened.tag.name][1]}>")
    reader.place = end + 1
    if reader.units > opened.start:
        _add_entity(reader, opened)


def _add_entity(reader: _Reader, opened: _Open) -> None:
    kind = TAGS[opened.tag.name][0]
    entity = {"type": kind, "offset": opened.start, "length": reader.units - opened.start} | opened.details
    if kind == "text_link":
        # Without an address of its own the words between the tags are one, or there is no link.
        words = "".join(reader.text[opened.pieces :])
        entity["url"] = checked_link(opened.tag.attributes.get("href") or (words if words == words.strip() else ""))
        if not entity["url"]:
            return
    if kind in ("pre", "code") and _joins(reader, entity):
        return
    reader.entities.append(entity)


def _joins(reader: _Reader, entity: dict[str, Any]) -> bool:
    """A <code> with a language that fills a <pre>, or the other way round, is one block of code in that language."""
    last = reader.entities[-1] if reader.entities else {}
    both = {last.get("type"), entity["type"]} == {"pre", "code"}
    language = last.get("language") or entity.get("language")
    if not both or not language or any(last[name] != entity[name] for name in ("offset", "length")):
        return False
    last |= {"type": "pre", "language": language}
    return True
