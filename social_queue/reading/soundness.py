"""Finds what no database and no caption can hold: null bytes, halves of characters, numbers that are none."""

import json
import math
import re
from collections.abc import Iterator

from social_queue.sentences import about, said

_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_SURROGATE = re.compile("[\ud800-\udfff]")
#: MariaDB refuses JSON columns nested deeper than 32 levels; nobody needs as many.
DEEPEST = 20
LARGEST_INTEGER = 2**63 - 1
_MOST_SENTENCES = 10


def faults(value: object) -> list[str]:
    """Sentences about ``value``, each beginning with the path inside it; at most ten."""
    found = []
    for sentence in _walk(value, "", 1):
        found.append(sentence)
        if len(found) == _MOST_SENTENCES:
            break
    return found


def shown(text: str, most: int = 60) -> str:
    """A name from outside as it may stand in an answer: printable, encodable, not endless."""
    clean = "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in text[: most + 1])
    return clean if len(text) <= most else f"{clean[:most]}…"


def size(*values: object) -> int:
    """Bytes of the values as compact JSON in UTF-8. Only for values without faults."""
    return sum(len(_COMPACT.encode(value).encode()) for value in values)


def _walk(value: object, path: str, depth: int) -> Iterator[str]:
    if isinstance(value, dict | list):
        if depth > DEEPEST:
            yield _at(path, said("is nested more than %(most)s levels deep.", most=DEEPEST))
            return
        yield from _walk_children(value, path, depth)
    elif sentence := _fault_of(value):
        yield _at(path, sentence)


def _walk_children(value: dict | list, path: str, depth: int) -> Iterator[str]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, child in pairs:
        name = f"{path}.{shown(str(key))}" if path else shown(str(key))
        if isinstance(key, str) and (sentence := _fault_of_text(key)):
            yield _at(name, said("as a name %(sentence)s", sentence=sentence))
        yield from _walk(child, name, depth + 1)


def _fault_of(value: object) -> str:
    if isinstance(value, str):
        return _fault_of_text(value)
    if isinstance(value, float) and not math.isfinite(value):
        return said("must be a finite number, not NaN or Infinity.")
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > LARGEST_INTEGER:
        return said("is too large a number; send it as text.")
    if value is not None and not isinstance(value, bool | int | float):
        return said("is a %(kind)s, which JSON does not know.", kind=type(value).__name__)
    return ""


def _fault_of_text(text: str) -> str:
    if "\x00" in text:
        return said("must not contain null bytes.")
    if _SURROGATE.search(text):
        return said("must not contain half a character (an unpaired surrogate).")
    return ""


def _at(path: str, sentence: str) -> str:
    return about(path, sentence) if path else sentence
