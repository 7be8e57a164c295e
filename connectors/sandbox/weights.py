"""How X counts a text: weighted characters, links as 23, an emoji sequence as 2.

https://docs.x.com/fundamentals/counting-characters · https://github.com/twitter/twitter-text (config v3)
"""

import re
import unicodedata
from dataclasses import dataclass

from connectors.sandbox.links import trimmed

LONGEST, LINK_WEIGHT = 280, 23
LINK_SCHEME = re.compile(r"^https?://(www\.)?", re.IGNORECASE)
_SINGLE = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
#: Top-level domains that make a bare ``name.tld`` a link; X knows all of them, the sandbox the common ones.
_BARE = (
    "com|net|org|info|biz|io|id|co|me|tv|news|app|dev|ly|link|xyz|online|site|store|de|uk|us|eu|in|fr|nl|jp|au|sg|my"
)
_LINK = re.compile(
    r"(?P<full>https?://[^\s/?#<>\"'“”()]+(?:[/?#][^\s<>\"“”]*)?)"
    rf"|(?P<bare>(?<![\w@.#$/-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:{_BARE})\b(?:/[^\s<>\"“”]*)?)",
    re.IGNORECASE,
)
_JOINER, _KEYCAP = 0x200D, 0x20E3


@dataclass(frozen=True)
class Link:
    """One link in a text, by code point."""

    start: int
    end: int
    text: str

    @property
    def url(self) -> str:
        return self.text if "://" in self.text else f"http://{self.text}"


def links(text: str) -> list[Link]:
    """The links X makes clickable. Unlike X, numbers and ``localhost`` count as hosts, so that local trials work."""
    found = []
    for match in _LINK.finditer(text):
        shown = trimmed(match[0])
        found.append(Link(match.start(), match.start() + len(shown), shown))
    return found


def weighted_length(text: str) -> int:
    """What X's limit of 280 is compared with."""
    text = unicodedata.normalize("NFC", text)
    total, place = 0, 0
    for link in links(text):
        total += _weight(text[place : link.start]) + LINK_WEIGHT
        place = link.end
    return total + _weight(text[place:])


def _weight(text: str) -> int:
    codes = [ord(sign) for sign in text]
    total, place = 0, 0
    while place < len(codes):
        end = _emoji_end(codes, place)
        if end > place:
            total, place = total + 2, end
        else:
            total += 1 if any(low <= codes[place] <= high for low, high in _SINGLE) else 2
            place += 1
    return total


def _emoji_end(codes: list[int], place: int) -> int:
    """Where the emoji sequence that starts here ends; ``place`` itself when none does."""
    at = codes.__getitem__
    if _is_flag(at(place)) and place + 1 < len(codes) and _is_flag(at(place + 1)):
        return place + 2
    if chr(at(place)) in "0123456789#*":
        end = place + 2 if codes[place + 1 : place + 2] == [0xFE0F] else place + 1
        return end + 1 if codes[end : end + 1] == [_KEYCAP] else place
    if not _is_picture(at(place)):
        return place
    end = _after_modifiers(codes, place + 1)
    while codes[end : end + 1] == [_JOINER] and end + 1 < len(codes) and _is_picture(at(end + 1)):
        end = _after_modifiers(codes, end + 2)
    return end


def _after_modifiers(codes: list[int], place: int) -> int:
    while place < len(codes) and (
        codes[place] == 0xFE0F or 0x1F3FB <= codes[place] <= 0x1F3FF or _is_tag(codes[place])
    ):
        place += 1
    return place


def _is_tag(code: int) -> bool:
    return 0xE0020 <= code <= 0xE007F


def _is_flag(code: int) -> bool:
    return 0x1F1E6 <= code <= 0x1F1FF


def _is_picture(code: int) -> bool:
    if 0x1F000 <= code <= 0x1FAFF and not _is_flag(code):
        return True
    return 0x2190 <= code <= 0x2BFF and unicodedata.category(chr(code)) in ("So", "Sm")
