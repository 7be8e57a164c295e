"""What reading a feed comes to, and what all formats share."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from social_queue.feeds.entries import Entry

_PICTURE = re.compile(r"\.(jpe?g|png|gif|webp|avif)(\?|$)", re.IGNORECASE)
#: How WordPress and its like name smaller copies (a-300x200.jpg), and whose portraits hang on their entries.
_SIZE = re.compile(r"-\d{2,5}x\d{2,5}(?=\.\w+$)")
_PORTRAIT = re.compile(r"//([\w-]+\.)*gravatar\.com/")


@dataclass(frozen=True)
class Found:
    """A feed: its name, its entries, and what should be said of it (it moved, it was mended)."""

    title: str
    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()


class NotAFeed(ValueError):
    """What stands there is no feed; the message says what it is, ``feeds`` are those it names."""

    def __init__(self, message: str, feeds: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.feeds = feeds


def known_parts(**parts: Any) -> dict[str, Any]:
    """Those that are there: a path to any other leads nowhere. The first picture also stands alone, as ``image``."""
    told = {name: value for name, value in parts.items() if value}
    return told | ({"image": told["images"][0]["url"]} if told.get("images") else {})


def absolute(address: object, base: str) -> str:
    """Where it leads from a feed at ``base``; as it is when nobody can tell."""
    if not isinstance(address, str) or not address.strip():
        return ""
    try:
        return urljoin(base, address.strip())
    except ValueError:
        return address


def each_once(media: Iterable[tuple[str, str, bool]]) -> tuple[str, ...]:
    """The addresses of the pictures among ``media``, of several sizes of one the first, without portraits."""
    found = (picture["url"] for picture in pictures(media))
    first: dict[str, str] = {}
    for address in found:
        if not _PORTRAIT.search(address):
            first.setdefault(_SIZE.sub("", address.partition("?")[0]), address)
    return tuple(first.values())


def pictures(media: Iterable[tuple[str, str, bool]]) -> list[dict[str, str]]:
    """The pictures among (address, media type, is it said to be one), each once."""
    found: dict[str, dict[str, str]] = {}
    for address, kind, is_one in media:
        absolute = address.lower().startswith(("http://", "https://"))
        looks_so = kind.lower().startswith("image/") or (not kind and bool(_PICTURE.search(address)))
        if absolute and (is_one or looks_so):
            found.setdefault(address, {"url": address} | ({"type": kind} if kind else {}))
    return list(found.values())
