"""Letters that come in answers and that no database keeps: half a character, and the NUL of something binary.

A platform that cuts a text in the middle of an emoji says ``\\ud83d`` in its JSON, which no text can be encoded with; a
proxy's garbage holds NULs, which PostgreSQL takes in no text. What was said must be written down all the same.
"""

import json
import re
from typing import Any

import requests

_UNKEPT = re.compile(r"[\x00\ud800-\udfff]")
#: Stands for what could not be kept.
_INSTEAD = "\N{REPLACEMENT CHARACTER}"


def decoded(response: requests.Response) -> Any:
    """The JSON of an answer; raises ValueError where it is none.

    It is UTF-8 (https://www.rfc-editor.org/rfc/rfc8259#section-8.1), also where a header names another script or none:
    requests goes by the header, and then a post that is read back has other words than the one that was sent.
    """
    try:
        return json.loads(response.content)
    except UnicodeDecodeError:
        return response.json()
    except RecursionError as fault:
        raise ValueError("It is nested deeper than can be read.") from fault


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
