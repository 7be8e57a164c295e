"""JSON Feed, versions 1 and 1.1: https://www.jsonfeed.org/version/1.1/"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from social_queue.feeds import words
from social_queue.feeds.entries import Entry
from social_queue.feeds.found import Found, NotAFeed, absolute, each_once, known_parts, pictures
from social_queue.reading import strict_json
from social_queue.sentences import said

_VERSIONS = ("https://jsonfeed.org/version/1", "http://jsonfeed.org/version/1")


def parse(content: bytes, *, url: str) -> Found:
    """The feed. Raises NotAFeed."""
    try:
        body = strict_json.parse(content)
    except strict_json.NotJson as fault:
        raise NotAFeed(said("It begins like JSON and is none: %(why)s", why=str(fault))) from fault
    version = body.get("version") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not str(version).startswith(_VERSIONS):
        raise NotAFeed(said("This is JSON, but no JSON Feed: it names no version of one."))
    rows = body.get("items")
    if not isinstance(rows, list):
        raise NotAFeed(said("This JSON Feed has no list of items."))
    entries = tuple(_entry(row, url) for row in rows if isinstance(row, dict))
    lost = len(rows) - len(entries)
    notes = (said("%(count)s of its items are no objects.", count=lost),) if lost else ()
    return Found(words.plain(body.get("title")), entries, notes)


def _entry(row: Mapping[str, Any], base: str) -> Entry:
    published, updated = _moment(row.get("date_published")), _moment(row.get("date_modified"))
    number = row.get("id")
    told = known_parts(
        id=str(number) if isinstance(number, str | int | float) else "",
        title=words.plain(row.get("title")),
        link=absolute(row.get("url") or row.get("external_url"), base),
        summary=_text(row.get("summary")),
        content=words.plain(row.get("content_html")) or _text(row.get("content_text")),
        published=published.isoformat() if published else "",
        updated=updated.isoformat() if updated else "",
        author=", ".join(_authors(row)),
        categories=[tag for tag in row.get("tags") or () if isinstance(tag, str)] if _is_list(row, "tags") else [],
        images=pictures(_media(row, base)),
    )
    # Beside a picture, a banner is the same in another shape.
    about = {name: value for name, value in row.items() if name != "banner_image" or not row.get("image")}
    return Entry(told.get("id", ""), told, published or updated, each_once(_media(about, base)))


def _media(row: Mapping[str, Any], base: str) -> Iterator[tuple[str, str, bool]]:
    for name in ("image", "banner_image"):
        yield absolute(row.get(name), base), "", True
    for one in row.get("attachments") or () if _is_list(row, "attachments") else ():
        if isinstance(one, dict):
            yield absolute(one.get("url"), base), str(one.get("mime_type") or ""), False


def _authors(row: Mapping[str, Any]) -> Iterator[str]:
    given = row["authors"] if _is_list(row, "authors") else [row.get("author")]
    for one in given:
        if isinstance(one, dict) and isinstance(one.get("name"), str):
            yield one["name"]


def _is_list(row: Mapping[str, Any], name: str) -> bool:
    return isinstance(row.get(name), list)


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _moment(text: object) -> datetime | None:
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC)
