"""Reads files of ingest bodies: a JSON object, a JSON array, JSON Lines or CSV; each row with the line it begins in."""

import json
import re
from collections.abc import Iterator

from social_queue.intake.files import cells, csv_rows
from social_queue.intake.files.rows import Row
from social_queue.reading import strict_json
from social_queue.reading.file_text import decoded
from social_queue.sentences import said

FORMATS = ("json", "jsonl", "csv")
_ENDINGS = {".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".tsv": "csv"}
_SPACE = re.compile(r"[\s,]*")


def read(raw: bytes, *, name: str = "", kind: str = "") -> list[Row]:
    """The rows of a file. ``kind`` is one of FORMATS; without it the name's ending decides, and else the content.

    Raises NotJson when the file as a whole can't be read: empty, in an encoding we can't tell, a broken array, a CSV
    without a header.
    """
    text = decoded(raw)
    if not text.strip():
        raise strict_json.NotJson(said("There is nothing in it."))
    readers = {"json": _json, "jsonl": _json_lines, "csv": csv_rows.read}
    return list(readers[kind or _kind(text, name.lower())](text))


def _kind(text: str, name: str) -> str:
    by_name = next((kind for ending, kind in _ENDINGS.items() if name.endswith(ending)), "")
    first = text.lstrip()[:1]
    if by_name == "json" or (not by_name and first in ("[", "{")):
        # Some write JSON Lines into files called .json.
        return "jsonl" if first == "{" and not _is_one_object(text) else "json"
    return by_name or "csv"


def _is_one_object(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        # One object with a fault in it, unless the first line is an object by itself.
        return not _is_object(text.lstrip().partition("\n")[0])
    return True


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _json(text: str) -> Iterator[Row]:
    whole = strict_json.parse(text)
    if not isinstance(whole, list):
        yield _of_json(text[: len(text) - len(text.lstrip())].count("\n") + 1, whole)
        return
    decoder, place, line = json.JSONDecoder(), text.index("[") + 1, 1
    counted = 0
    for payload in whole:
        if blank := _SPACE.match(text, place):
            place = blank.end()
        line += text.count("\n", counted, place)
        counted = place
        yield _of_json(line, payload)
        place = decoder.raw_decode(text, place)[1]


def _json_lines(text: str) -> Iterator[Row]:
    # Only line feeds end a line: a text may hold U+2028 and its like.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            yield _of_json(number, strict_json.parse(line))
        except strict_json.NotJson as fault:
            yield Row(number, None, {"line": [re.sub(r"line 1, ", "", str(fault))]}, {cells.WHOLE: line})


def _of_json(line: int, payload: object) -> Row:
    """Without the notes that a file of bad rows has; its texts as a table would have them."""
    if isinstance(payload, dict):
        payload = {name: value for name, value in payload.items() if not name.startswith(csv_rows.NOTE)}
    return Row(line, payload, cells=cells.of_payload(payload))
