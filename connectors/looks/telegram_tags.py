"""The start tags of Telegram's HTML: which there are, what their attributes say, and which the server refuses.

https://core.telegram.org/bots/api#html-style · https://core.telegram.org/bots/api#date-time-entity-formatting
"""

import html
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

#: tag -> (entity type, tag shown on the wall)
TAGS = {
    "b": ("bold", "b"), "strong": ("bold", "b"), "i": ("italic", "i"), "em": ("italic", "i"),
    "u": ("underline", "u"), "ins": ("underline", "u"), "s": ("strikethrough", "s"), "strike": ("strikethrough", "s"),
    "del": ("strikethrough", "s"), "tg-spoiler": ("spoiler", "span"), "span": ("spoiler", "span"),
    "a": ("text_link", "a"), "tg-emoji": ("custom_emoji", "span"), "code": ("code", "code"), "pre": ("pre", "pre"),
    "blockquote": ("blockquote", "blockquote"), "tg-time": ("date_time", "span"),
}  # fmt: skip
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
#: All letters that follow are the name, so &ltd is none. https://github.com/tdlib/td, decode_html_entity
_REFERENCE = re.compile(r"&(#x[0-9a-fA-F]+|#[0-9]+|[a-zA-Z]+);?")
_LONGEST_REFERENCE = 9
_SPACE = " \t\r\n\0\v"
_NAME = re.compile(r"""[^\s=>/"'\0]*""")
_TOKEN = re.compile(r"[A-Za-z0-9.-]*")
#: r for "in two hours", else weekday, date and time. The page shows one order; the server takes any.
_TIME_FORMAT = re.compile(r"[rR]|[wWdDtT]*")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


class BadMarkup(Exception):
    """The text cannot be parsed; the message is the server's wording."""


@dataclass
class StartTag:
    """One start tag. ``at``: the byte where it begins, for complaints; ``end``: the place behind its ``>``."""

    name: str
    attributes: dict[str, str]
    end: int
    at: int


def decode(text: str) -> str:
    """The references in a text replaced by their signs. Unpaired surrogates come out as they went in."""
    return _REFERENCE.sub(_sign, text)


def _sign(reference: re.Match[str]) -> str:
    name = reference[1]
    if not name.startswith("#"):
        return _ENTITIES.get(name, reference[0])
    if len(name) >= _LONGEST_REFERENCE:
        return reference[0]
    code = int(name[2:], 16) if name[1] == "x" else int(name[1:])
    return chr(code) if 0 < code < 0x10FFFF else reference[0]


def read_start(source: str, begin: int) -> StartTag:
    """The start tag that begins at ``begin``; raises BadMarkup."""
    at = len(source[:begin].encode("utf-8", "surrogatepass"))
    name = _matched(re.compile(r"[^\s>]*"), source, begin + 1).lower()
    place = begin + 1 + len(name)
    if place == len(source):
        raise BadMarkup(f"Unclosed start tag at byte offset {at}")
    if name not in TAGS:
        raise BadMarkup(f'Unsupported start tag "{name}" at byte offset {at}')
    tag = StartTag(name, {}, place, at)
    while source[tag.end : tag.end + 1] != ">":
        _read_attribute(source, tag)
    tag.end += 1
    return tag


def _matched(pattern: re.Pattern[str], source: str, place: int) -> str:
    match = pattern.match(source, place)
    return match[0] if match else ""


def _read_attribute(source: str, tag: StartTag) -> None:
    tag.end = _behind_space(source, tag.end)
    if source[tag.end : tag.end + 1] == ">":
        return
    name = _matched(_NAME, source, tag.end)
    if not name:
        closed = tag.end < len(source)
        complaint = f'Empty attribute name in the tag "{tag.name}"' if closed else f'Unclosed start tag "{tag.name}"'
        raise BadMarkup(f"{complaint} at byte offset {tag.at}")
    tag.end = _behind_space(source, tag.end + len(name))
    sign = source[tag.end : tag.end + 1]
    if not sign:
        raise BadMarkup(f'Unclosed start tag "{tag.name}" at byte offset {tag.at}')
    if sign != "=":
        tag.attributes[name] = ""
        return
    tag.end = _behind_space(source, tag.end + 1)
    tag.attributes[name] = _read_value(source, tag)


def _read_value(source: str, tag: StartTag) -> str:
    quote, start = source[tag.end : tag.end + 1], tag.end
    if not quote:
        raise BadMarkup(f'Unclosed start tag "{tag.name}" at byte offset {tag.at}')
    if quote in "\"'":
        end = source.find(quote, start + 1)
        if end < 0 or end + 1 == len(source):
            raise BadMarkup(f"Unclosed start tag at byte offset {tag.at}")
        tag.end = end + 1
        return decode(source[start + 1 : end])
    value = _matched(_TOKEN, source, start)
    tag.end = start + len(value)
    if source[tag.end : tag.end + 1] not in (">", *_SPACE):
        raise BadMarkup(f"Unexpected end of name token at byte offset {len(source[:start].encode())}")
    return value.lower()


def _behind_space(source: str, place: int) -> int:
    while place < len(source) and source[place] in _SPACE:
        place += 1
    return place


def details(tag: StartTag) -> dict[str, Any]:
    """What the attributes add to the entity; raises BadMarkup where the server insists on one."""
    found = tag.attributes
    if tag.name == "span" and found.get("class") != "tg-spoiler":
        raise BadMarkup(f'Tag "span" must have class "tg-spoiler" at byte offset {tag.at}')
    if tag.name == "blockquote" and "expandable" in found:
        return {"type": "expandable_blockquote"}
    if tag.name == "code" and found.get("class", "").startswith("language-"):
        return {"language": found["class"].removeprefix("language-")}
    if tag.name == "tg-emoji":
        number = found.get("emoji-id", "")
        if not re.fullmatch(r"-?[1-9]\d{0,18}", number):
            raise BadMarkup("Invalid custom emoji identifier specified")
        return {"custom_emoji_id": number}
    return _time(found) if tag.name == "tg-time" else {}


def _time(facts: dict[str, str]) -> dict[str, Any]:
    moment, form = facts.get("unix", ""), facts.get("format", "")
    if not re.fullmatch(r"[1-9]\d{0,9}", moment):
        raise BadMarkup("Invalid date specified")
    if not _TIME_FORMAT.fullmatch(form):
        raise BadMarkup("Invalid date format used")
    return {"unix_time": int(moment), "date_time_format": form} if form else {"unix_time": int(moment)}


def checked_link(address: str) -> str:
    """The address of a link as the server gives it back; "" when it makes none of it."""
    address = address.strip()
    if re.match(r"(tg|ton|tonsite|mailto):", address, re.IGNORECASE):
        return address
    whole = address if _SCHEME.match(address) and "://" in address else f"http://{address}"
    try:
        parts = urlsplit(whole)
        host = parts.hostname or ""
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or "." not in host.strip(".") or set(whole) & set(_SPACE):
        return ""
    return parts._replace(scheme=parts.scheme.lower(), path=parts.path or "/").geturl()


def shown_start(tag: StartTag) -> str:
    """The clean tag for the wall."""
    kind, shown = TAGS[tag.name]
    if tag.name == "a":
        href = tag.attributes.get("href", "")
        safe = href if href.lower().startswith(("http://", "https://")) else "#"
        return f'<a href="{html.escape(safe)}" target="_blank" rel="noopener noreferrer nofollow">'
    return '<span class="spoiler" tabindex="0">' if kind == "spoiler" else f"<{shown}>"
