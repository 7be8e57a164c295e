"""Reads JSON that comes from outside, and says in one sentence why a text is not JSON.

Stricter than the standard library where it must be (UTF-8 only, nesting that can't exhaust the stack) and no stricter:
``NaN`` and ``Infinity`` are let through as floats, so that whoever checks the fields can name the one that holds them.
Of two equal keys in one object the last wins.
"""

import hashlib
import json
import re

from social_queue.sentences import said

#: Bytes of a body that a door takes.
LARGEST_BODY = 1024 * 1024
#: Nesting beyond this is an attack or an accident; nothing we take goes deeper than a few levels.
DEEPEST = 100
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"?', re.DOTALL)


class NotJson(ValueError):
    """The text is not JSON; the message says where. ``line`` counts from 1."""

    def __init__(self, message: str, *, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


def parse(raw: bytes | str) -> object:
    """The value of one JSON text. Raises NotJson."""
    text = decode(raw)
    try:
        value = json.loads(text)
    except json.JSONDecodeError as fault:
        if _nesting(text[: fault.pos]) > DEEPEST:
            # Python 3.13 reads as deep as it likes and then finds the end missing; 3.11 ran out of stack before.
            raise NotJson(_too_deep()) from None
        where = {"line": fault.lineno, "column": fault.colno}
        sentence = said("Not JSON: %(why)s (line %(line)s, column %(column)s).", why=fault.msg, **where)
        raise NotJson(sentence, line=fault.lineno) from None
    except (RecursionError, ValueError) as fault:
        raise NotJson(_why(fault)) from None
    refuse_depth(value)
    return value


def decode(raw: bytes | str) -> str:
    """Text from UTF-8, with or without a byte order mark. Raises NotJson."""
    if isinstance(raw, str):
        return raw.removeprefix("\ufeff")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = raw.count(b"\n", 0, fault.start) + 1
        sentence = said(
            "Not UTF-8: the byte at place %(place)s (line %(line)s) belongs to no character.",
            place=fault.start,
            line=line,
        )
        raise NotJson(sentence, line=line) from None


def refuse_depth(value: object) -> None:
    """Raise NotJson when lists and objects are nested too deeply. Looks level by level, so it needs no stack."""
    level = [value]
    for _depth in range(DEEPEST):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return
    raise NotJson(_too_deep())


def _nesting(text: str) -> int:
    """How many lists and objects are open at once at the deepest place of a text that begins as JSON."""
    depth = deepest = 0
    for bracket in re.findall(r"[][{}]", _STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _children(value: object) -> list:
    if isinstance(value, dict):
        return [child for child in value.values() if isinstance(child, dict | list)]
    if isinstance(value, list):
        return [child for child in value if isinstance(child, dict | list)]
    return []


def _why(fault: Exception) -> str:
    if isinstance(fault, RecursionError):
        return _too_deep()
    # The only other fault the parser knows: an integer of more digits than Python converts.
    return said("Not usable: a number has more digits than anyone can mean.")


def _too_deep() -> str:
    return said("Not usable: nested more than %(most)s levels deep.", most=DEEPEST)


def fingerprint(payload: object) -> str:
    """SHA-256 of the body, its key aside and in whatever order its fields came; "" for what is no sound JSON."""
    if isinstance(payload, dict):
        payload = {name: value for name, value in payload.items() if name != "idempotency_key"}
    try:
        canonical = _CANONICAL.encode(payload)
    except (ValueError, TypeError, RecursionError):
        return ""
    return hashlib.sha256(canonical.encode()).hexdigest()
