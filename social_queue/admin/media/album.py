"""The field of a form that holds several pictures and videos: a list as JSON, which the page's script keeps."""

import json
from collections.abc import Iterable
from typing import Any

from connectors.base import Limits
from connectors.looks.media import Shown
from connectors.media import together
from social_queue.admin.media import addresses
from social_queue.media import carried, originals
from social_queue.media.carried import Medium
from social_queue.models import QueueItem
from social_queue.reading import strict_json


def read(text: str) -> list[dict[str, Any]]:
    """The entries as an ingest body has them; whatever is no list of ours is none."""
    try:
        held = strict_json.parse(text or "[]")
    except ValueError:
        return []
    entries = [entry for entry in held if isinstance(entry, dict)] if isinstance(held, list) else []
    return [
        {name: entry[name] for name in ("upload", "url", "alt") if isinstance(entry.get(name), str) and entry[name]}
        for entry in entries
    ]


def written(entries: Iterable[dict[str, Any]]) -> str:
    """The entries as the page's script wants them: with what they are and where they are seen."""
    entries = list(entries)
    kept = originals.known(entry["upload"] for entry in entries if entry.get("upload"))
    rows = []
    for entry in entries:
        file = kept.get(entry.get("upload", ""))
        medium = Medium(entry.get("url", ""), file.file if file else "", entry.get("alt", ""), file)
        rows.append(entry | {"kind": medium.kind, "address": addresses.of(medium)})
    return json.dumps(rows) if rows else ""


def shown(item: QueueItem, limits: Limits) -> list[Shown]:
    """What a card shows of an item with several media, or a video; [] where it has one picture, or none."""
    held = carried.of(item)
    if len(held) < 2 and not any(medium.kind == "video" for medium in held):
        return []
    out = together.left_out([medium.kind for medium in held], limits)
    return [Shown(medium.kind, addresses.of(medium), medium.alt) for medium in held[: len(held) - out]]
