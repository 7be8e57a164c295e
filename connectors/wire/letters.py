"""Letters that come in answers and that no database keeps: half a character, and the NUL of something binary.

A platform that cuts a text in the middle of an emoji says ``\\ud83d`` in its JSON, which no text can be encoded with; a
proxy's garbage holds NULs, which PostgreSQL takes in no text. What was said must be written down all the same.
"""

import re
from typing import Any

_UNKEPT = re.compile(r"[\x00\ud800-\udfff]")
#: Stands for what could not be kept.
_INSTEAD = "\N{REPLACEMENT CHARACTER}"


def storable(text: str) -> str:
    """The text as every database takes it."""
    return text if text.isascii() and "\x00" not in text else _UNKEPT.sub(_INSTEAD, text)


def all_storable(data: Any) -> Any:
    """Decoded JSON with all its texts as every database takes them."""
    match data:
        case str():
            return storable(data)
        case list():
            return [all_storable(one) for one in data]
        case dict():
            return {storable(name): all_storable(one) for name, one in data.items()}
    return data
