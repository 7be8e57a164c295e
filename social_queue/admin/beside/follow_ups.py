"""The field of a form that holds what follows a post: a list as JSON, which the page's script keeps."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from social_queue.models import PlatformAccount
from social_queue.reading import strict_json


def read(text: str) -> list[dict[str, Any]]:
    """The entries as an ingest body has them; what is no list of ours is none, and one without a word is left out."""
    try:
        held = strict_json.parse(text or "[]")
    except ValueError:
        return []
    entries = [entry for entry in held if isinstance(entry, dict)] if isinstance(held, list) else []
    return [_entry(entry) for entry in entries if str(entry.get("text") or "").strip()]


def written(entries: Iterable[Mapping[str, Any]]) -> str:
    """The entries as the page's script reads them; "" for none."""
    entries = list(entries)
    return json.dumps(entries, ensure_ascii=False) if entries else ""


def shown(text: str) -> str:
    """The same for people, one below the other."""
    return "\n".join(
        f"{place}. {entry['text']}" + (f" ({', '.join(entry['channels'])})" if entry.get("channels") else "")
        for place, entry in enumerate(read(text), 1)
    )


def places(accounts: Iterable[PlatformAccount], text: str) -> list[str]:
    """Where one may go, for its tick boxes: each account, and whatever else the entries name (a platform, say)."""
    slugs = [account.slug for account in accounts]
    named = (name for entry in read(text) for name in entry.get("channels", ()))
    return list(dict.fromkeys([*slugs, *named]))


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    channels = entry.get("channels")
    named = [str(name) for name in channels] if isinstance(channels, list) else []
    # A browser ends every line of a text in its own way.
    words = {"text": str(entry["text"]).replace("\r\n", "\n")}
    return words | ({"channels": named} if named else {})
