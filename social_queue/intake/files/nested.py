"""Cells of a table that stand for more than a text: pictures and videos, what follows a post, the label of AI.

``media`` and ``follow_ups`` are JSON, or for ``media`` addresses with blanks or ``|`` between them; or each entry has a
column of its own (``media.1``, ``media.1.alt``, ``follow_ups.2``). ``ai`` is yes or no; ``ai.tool`` names the tool.
"""

import re
from typing import Any

from social_queue.intake.media.rule import UPLOAD
from social_queue.reading import strict_json
from social_queue.sentences import said

NAMES = ("media", "follow_ups", "ai")
_WORDS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_NUMBERED = re.compile(r"(media|follow_ups)\.([1-9]\d?)(?:\.(\w+))?")


def takes(name: str) -> bool:
    """Is a column of this name read here?"""
    return name.partition(".")[0] in NAMES


def put(payload: dict[str, Any], name: str, cell: str) -> None:
    """Put one cell where it belongs; numbered ones are in order only after ``closed``. Raises ValueError."""
    parent, _dot, child = name.partition(".")
    if numbered := _NUMBERED.fullmatch(name):
        rows = payload.setdefault(parent, {})
        if not isinstance(rows, dict):
            raise ValueError(said("can't stand beside %(names)s: name the picture here.", names=parent))
        rows.setdefault(int(numbered[2]), {}).update(_part(parent, numbered[3], cell))
    elif parent == "ai":
        word = _WORDS.get(cell.lower(), cell)
        held = payload.setdefault(parent, {})
        held.update({child: cell if child != "generated" else word} if child else _declared(cell, word))
    elif child:
        payload[name] = cell
    else:
        payload[parent] = _entries(parent, cell)


def closed(payload: dict[str, Any]) -> dict[str, Any]:
    """The payload with numbered entries as lists, in the order of their numbers."""
    for name in ("media", "follow_ups"):
        if isinstance(rows := payload.get(name), dict):
            payload[name] = [rows[number] for number in sorted(rows)]
    return payload


def _part(parent: str, what: str | None, cell: str) -> dict[str, Any]:
    if what == "channels":
        return {what: [word.strip() for word in re.split(r"[|;,]", cell) if word.strip()]}
    if what:
        return {what: cell}
    return _medium(cell) if parent == "media" else {"text": cell}


def _medium(text: str) -> dict[str, str]:
    return {"upload" if UPLOAD.fullmatch(text) else "url": text}


def _entries(parent: str, cell: str) -> object:
    if cell.startswith("["):
        return strict_json.parse(cell)
    if parent == "follow_ups":
        return [{"text": cell}]
    return [_medium(text) for text in re.split(r"[\s|]+", cell) if text]


def _declared(cell: str, word: object) -> dict[str, Any]:
    if isinstance(word, bool):
        return {"generated": word}
    value = strict_json.parse(cell) if cell.startswith("{") else None
    if not isinstance(value, dict):
        raise ValueError(said('must be an object such as {"generated": true}.'))
    return value
