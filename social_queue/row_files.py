"""Reads files of ingest bodies: a JSON object, a JSON array, JSON Lines or CSV; each row with the line it begins in."""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from social_queue import soundness, strict_json

FORMATS = ("json", "jsonl", "csv")
_ENDINGS = {".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".tsv": "csv"}
_LISTS = ("channels", "hashtags")
_OBJECTS = ("data", "meta")
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,10})?")
_SPACE = re.compile(r"[\s,]*")


@dataclass(frozen=True)
class Row:
    """One body and the line of the file it begins in; with ``faults`` it could not even be read."""

    line: int
    payload: object = None
    faults: dict[str, list[str]] = field(default_factory=dict)


def read(raw: bytes, *, name: str = "", kind: str = "") -> list[Row]:
    """The rows of a file. ``kind`` is one of FORMATS; without it the name's ending decides, and else the content.

    Raises NotJson when the file as a whole can't be read: empty, not UTF-8, a broken array, a CSV without a header.
    """
    text = strict_json.decode(raw)
    if not text.strip():
        raise strict_json.NotJson("There is nothing in it.")
    readers = {"json": _json, "jsonl": _json_lines, "csv": _csv}
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
        yield Row(text[: len(text) - len(text.lstrip())].count("\n") + 1, whole)
        return
    decoder, place, line = json.JSONDecoder(), text.index("[") + 1, 1
    counted = 0
    for payload in whole:
        place = _SPACE.match(text, place).end()
        line += text.count("\n", counted, place)
        counted = place
        yield Row(line, payload)
        place = decoder.raw_decode(text, place)[1]


def _json_lines(text: str) -> Iterator[Row]:
    # Only line feeds end a line: a text may hold U+2028 and its like.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            yield Row(number, strict_json.parse(line))
        except strict_json.NotJson as fault:
            yield Row(number, faults={"line": [re.sub(r"line 1, ", "", str(fault))]})


def _csv(text: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    header: list[str] = []
    while True:
        begins = reader.line_num + 1
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as fault:
            yield Row(begins, faults={"line": [f"is not CSV: {fault}."]})
            continue
        if header and any(cells):
            yield _csv_row(begins, header, cells)
        elif any(cells):
            header = cells
            _refuse_header(header)


def _delimiter(text: str) -> str:
    header = text.lstrip().partition("\n")[0]
    return max(",;\t", key=header.count)


def _refuse_header(header: list[str]) -> None:
    twice = sorted({name for name in header if header.count(name) > 1})
    if "title" not in header or twice:
        why = f"{', '.join(map(soundness.shown, twice))} stands in it twice" if twice else "it has no column “title”"
        raise strict_json.NotJson(f"The first line must be a header with the names of the fields; {why}.")


def _csv_row(line: int, header: list[str], cells: list[str]) -> Row:
    if len(cells) > len(header):
        return Row(line, faults={"line": [f"has {len(cells)} cells, but the header has {len(header)}."]})
    payload: dict = {}
    faults: dict[str, list[str]] = {}
    for name, cell in zip(header, cells, strict=False):
        try:
            _set(payload, name, cell)
        except ValueError as fault:
            faults[name] = [str(fault)]
    return Row(line, payload, faults)


def _set(payload: dict, name: str, cell: str) -> None:
    """Put one cell where it belongs; an empty one means that the field is left out."""
    parent, dot, child = name.partition(".")
    if not cell:
        return
    if name in _LISTS:
        payload[name] = [word.strip() for word in re.split(r"[|;,]", cell) if word.strip()]
    elif name in _OBJECTS:
        payload[name] = payload.get(name, {}) | _object(cell)
    elif dot and parent in _OBJECTS:
        payload.setdefault(parent, {})[child] = _scalar(cell) if parent == "data" else cell
    else:
        payload[name] = cell


def _object(cell: str) -> dict:
    value = strict_json.parse(cell)
    if not isinstance(value, dict):
        raise ValueError("must be a JSON object.")
    return value


def _scalar(cell: str) -> str | int | float:
    """A number where the cell is one and reads the same when written again (``07`` and ``1.50`` stay texts)."""
    if not _NUMBER.fullmatch(cell):
        return cell
    number = json.loads(cell)
    return number if str(number) == cell else cell
