"""Reads what came from a feed's address: RSS and Atom by feedparser, JSON Feed here; what is none is named.

Formats: https://www.rssboard.org/rss-specification · https://www.rfc-editor.org/rfc/rfc4287
https://www.rssboard.org/media-rss · https://www.jsonfeed.org/version/1.1/ · https://feedparser.readthedocs.io/
"""

import io
import re
from calendar import timegm
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import feedparser  # type: ignore[import-untyped]  # it ships no types

from connectors.wire.letters import all_storable, storable
from social_queue.feeds import json_feed, patience, words
from social_queue.feeds.entries import Entry, newest_first
from social_queue.feeds.found import Found, NotAFeed, absolute, each_once, known_parts, pictures
from social_queue.sentences import said

#: More are not looked at: nobody's feed is longer, some archives are.
MOST_ENTRIES = 1000
#: Of one processor's time; the largest feed that we download takes a few of them.
MOST_SECONDS = 20.0
_LOOKED_AT = 4096
_PAGE = re.compile(rb"<\s*(!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE)
_ABSOLUTE = re.compile(r"https?://", re.IGNORECASE)
# Neither looks twice at a letter, however many of them lead to nothing.
_LINK = re.compile(r"<link\b[^<>]*+>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""(?<![a-z-])([a-z-]++)\s*+=\s*+["']?([^"'\s>]*+)""", re.IGNORECASE)
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/json")
#: What feedparser names when it could read all the same.
_ENCODING = (feedparser.CharacterEncodingOverride, feedparser.CharacterEncodingUnknown)


def parse(content: bytes, *, media_type: str, url: str) -> Found:
    """The feed. Raises NotAFeed with a sentence that says what stands there instead."""
    try:
        return patience.within(MOST_SECONDS, partial(_parsed, content, media_type, url))
    except patience.TookTooLong:
        told = said("Reading it takes more than %(most)s seconds, which no real feed does.", most=round(MOST_SECONDS))
        raise NotAFeed(told) from None


def _parsed(content: bytes, media_type: str, url: str) -> Found:
    begins = content[:_LOOKED_AT].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not begins:
        raise NotAFeed(said("There is nothing at this address: the answer is empty."))
    found = json_feed.parse(content, url=url) if begins[:1] in (b"{", b"[") else _xml(content, media_type, url)
    notes = list(found.notes)
    if len(found.entries) > MOST_ENTRIES:
        notes.append(said("It has %(count)s entries; the newest %(most)s are looked at.", count=len(found.entries),
                          most=MOST_ENTRIES))  # fmt: skip
    entries = map(_storable, newest_first(list(found.entries))[:MOST_ENTRIES])
    return Found(storable(found.title), tuple(entries), tuple(notes))


def _storable(entry: Entry) -> Entry:
    """As every database takes it. Its id stays: it is kept as a hash, and another one would make it new."""
    pictures = tuple(map(storable, entry.pictures))
    return replace(entry, told=all_storable(dict(entry.told)), pictures=pictures)


def _xml(content: bytes, media_type: str, url: str) -> Found:
    # Without the address: ids that are relative would be others when the feed moves, and all its entries new.
    told = {"content-type": media_type or "application/xml"}
    # A stream, never the bytes themselves: what looks like an address or the name of a file is opened.
    read = feedparser.parse(io.BytesIO(content), response_headers=told, resolve_relative_uris=True, sanitize_html=True)
    entries = tuple(_entry(row, url) for row in read.entries)
    if not read.get("version") and not entries:
        raise _no_feed(content, url, read.get("bozo_exception"))
    return Found(words.plain(read.feed.get("title")), entries, tuple(_notes(read, entries)))


def _notes(read: Mapping[str, Any], entries: tuple[Entry, ...]) -> Iterator[str]:
    fault = read.get("bozo_exception") if read.get("bozo") else None
    if isinstance(fault, _ENCODING):
        used = str(read.get("encoding") or "?")
        yield said("It says that its encoding is another one than it is; it was read as %(used)s.", used=used)
    elif fault is not None and not isinstance(fault, feedparser.NonXMLContentType):
        why = " ".join(str(fault).split())[:200]
        if not entries:
            raise NotAFeed(said("This feed is broken, and nothing of it can be read: %(why)s.", why=why))
        yield said("It is not well-formed (%(why)s); it was read as well as possible.", why=why)


def _no_feed(content: bytes, url: str, fault: object) -> NotAFeed:
    if _PAGE.search(content[:_LOOKED_AT]):
        feeds = _announced(content, url)
        if feeds:
            told = said("This is a web page, not a feed. It names its feed: %(feeds)s", feeds=" ".join(feeds))
            return NotAFeed(told, feeds)
        return NotAFeed(said("This is a web page, not a feed, and it names none."))
    why = " ".join(str(fault or "").split())[:200]
    if why:
        return NotAFeed(said("This is neither RSS nor Atom nor JSON Feed: %(why)s.", why=why))
    return NotAFeed(said("This is neither RSS nor Atom nor JSON Feed."))


def _announced(content: bytes, url: str) -> tuple[str, ...]:
    """The feeds that a page links to: https://blog.whatwg.org/feed-autodiscovery"""
    found = []
    for tag in _LINK.findall(content[:200_000].decode("utf-8", "replace")):
        said_of = {name.lower(): value for name, value in _ATTRIBUTE.findall(tag)}
        if said_of.get("type", "").lower() in _FEED_TYPES and said_of.get("href"):
            found.append(absolute(said_of["href"], url))
    return tuple(dict.fromkeys(found))[:3]


def _entry(row: Mapping[str, Any], url: str) -> Entry:
    published = _moment(row.get("published_parsed"))
    # Asked for by ``get`` where there is none, feedparser gives the other date and says that it will not for ever.
    updated = _moment(row.get("updated_parsed")) if dict.__contains__(row, "updated_parsed") else None  # type: ignore[arg-type]
    content = next((part.get("value") for part in row.get("content") or () if part.get("value")), "")
    media = [(absolute(address, url), kind, is_one) for address, kind, is_one in _media(row)]
    images, small = pictures(media), {str(one.get("url") or "") for one in row.get("media_thumbnail") or ()}
    told = known_parts(
        id=row.get("id"),
        title=words.plain(row.get("title")),
        link=_link(row, url),
        summary=words.plain(row.get("summary")),
        content=words.plain(content),
        published=published.isoformat() if published else "",
        updated=updated.isoformat() if updated else "",
        author=words.plain(row.get("author")),
        categories=[str(tag.get("term")) for tag in row.get("tags") or () if tag.get("term")],
        images=images,
    )
    large = [medium for medium in media[: _count_of_large(row)] if medium[0] not in small]
    return Entry(str(row.get("id") or ""), told, published or updated, each_once(large))


def _link(row: Mapping[str, Any], url: str) -> str:
    """An RSS entry's guid counts as its link where it has none, but many that say so are plain numbers."""
    link = str(row.get("link") or "")
    is_guid = bool(link) and link == row.get("id")
    return "" if is_guid and not _ABSOLUTE.match(link) else absolute(link, url)


def _media(row: Mapping[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """(address, media type, is it said to be a picture) of everything that hangs on an entry, the largest first."""
    for one in row.get("media_content") or ():
        yield str(one.get("url") or ""), str(one.get("type") or ""), one.get("medium") == "image"
    for one in row.get("enclosures") or ():
        yield str(one.get("href") or one.get("url") or ""), str(one.get("type") or ""), False
    for one in row.get("media_thumbnail") or ():
        yield str(one.get("url") or ""), "", True
    image = row.get("image")
    if isinstance(image, dict):
        yield str(image.get("href") or ""), "", True


def _count_of_large(row: Mapping[str, Any]) -> int:
    """So many of ``_media`` are what the entry is about; behind them stand thumbnails."""
    return len(row.get("media_content") or ()) + len(row.get("enclosures") or ())


def _moment(parsed: object) -> datetime | None:
    if not isinstance(parsed, tuple):
        return None
    try:
        return datetime.fromtimestamp(timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError):
        return None
