"""One entry of a feed, of whatever format: what it is known by, and what it says to a field map or to ingest."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from social_queue.feeds import words

#: As ingest takes them.
_LONGEST_TITLE, _LONGEST_SUMMARY, _MOST_PICTURES = 300, 5000, 10
#: Of an entry without a title (a note, as some write) the beginning of its text is one.
_TITLE_FROM_TEXT = 120


@dataclass(frozen=True)
class Entry:
    """``told``: its parts by our names, those it lacks left out; ``moment``: when it was published or last changed."""

    id: str
    told: Mapping[str, Any] = field(default_factory=dict)
    moment: datetime | None = None
    #: The addresses of the pictures that it is about, each once: neither smaller copies nor its writer's portrait.
    pictures: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What it is known by: its id, without one its link, without that its title and date; "" with none of them."""
        link, title = self.told.get("link", ""), self.told.get("title", "")
        date = self.told.get("published", "")
        named = (self.id and f"id:{self.id}") or (link and f"link:{link}") or (title and f"title:{title}\n{date}")
        return hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest() if named else ""

    @property
    def title(self) -> str:
        """For people."""
        text = self.told.get("title") or self.told.get("summary") or self.told.get("content") or ""
        return words.cut(str(text).replace("\n", " "), _TITLE_FROM_TEXT if not self.told.get("title") else 300)

    def payload(self) -> dict[str, Any]:
        """The ingest body of an entry where there is no field map."""
        body: dict[str, Any] = {"title": words.cut(self.title, _LONGEST_TITLE)} if self.title else {}
        if link := self.told.get("link"):
            body["link"] = link
        if summary := self.told.get("summary") or self.told.get("content"):
            body |= {"summary": words.cut(str(summary), _LONGEST_SUMMARY)} if summary != self.title else {}
        if len(self.pictures) > 1:
            body["media"] = [{"url": address} for address in self.pictures[:_MOST_PICTURES]]
        elif image := self.told.get("image"):
            body["image_url"] = image
        return body


def newest_first(entries: list[Entry]) -> list[Entry]:
    """By date where they have one; those without stay where the feed has them, which is nearly always newest first."""
    dated = [(entry.moment, entry) for entry in entries if entry.moment]
    if len(dated) < len(entries):
        return entries
    return [entry for _moment, entry in sorted(dated, key=lambda pair: pair[0], reverse=True)]
