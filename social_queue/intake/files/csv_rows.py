"""Reads CSV as spreadsheets write it: any usual separator, `sep=` in the first line, surplus columns at the end."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from social_queue import spreadsheets
from social_queue.intake import incoming
from social_queue.intake.files import nested
from social_queue.intake.files.rows import Row
from social_queue.reading import soundness, strict_json
from social_queue.sentences import said
from social_queue.wording import utm

_LISTS = ("channels", "hashtags")
#: The objects that columns may look into, as in `data.game`, and the names in them that mean something to us.
_OBJECTS = {
    "data": ("game", "rtp", "window", "pattern", "jam"),
    "meta": ("variant", *utm.PARAMETERS),
    "repeat": ("rrule", "zone", "until"),
    #: Accounts may be called what they like.
    "captions": (),
}
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,10})?")
#: A column whose name begins so is a note to people, as in the files that we write.
NOTE = "#"
WHY = "#reason"
_UNNAMED = re.compile(r"\((\d+)\)")
#: What Excel reads and writes to say which separator a file has; some programs put it in quotes.
_SEPARATOR = re.compile(r"""\s*"?sep=([^\r\n"])"?[,;\t ]*(?:\r\n|\r|\n|$)""", re.IGNORECASE)


def read(text: str) -> Iterator[Row]:
    """The rows below the header. Raises NotJson when there is no header."""
    found = _SEPARATOR.match(text)
    above = len(found[0].splitlines()) if found else 0
    text = text[found.end() :] if found else text
    delimiter = found[1] if found else _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: list[str] = []
    while True:
        begins = reader.line_num + above + 1
        try:
            cells = _without_empty_end(next(reader))
        except StopIteration:
            if not header:
                raise strict_json.NotJson(said("There is nothing in it.")) from None
            return
        except csv.Error as fault:
            yield Row(begins, None, {"line": [_why(str(fault))]}, dict.fromkeys(header, ""))
            continue
        if header and cells:
            yield _row(begins, header, cells)
        elif cells:
            header = list(map(_name, cells))
            _refuse_header(header)


def _why(fault: str) -> str:
    """What Python's reader says of a row, in words that its writer knows; what it rarely says stays as it is."""
    if fault == "unexpected end of data":
        return said("is not CSV: a quotation mark is opened and never closed, so the rest of the file is one cell.")
    if fault.endswith("expected after '\"'"):
        return said("is not CSV: there is text after a closing quotation mark. Inside a cell it is written twice.")
    return said("is not CSV: %(why)s.", why=fault)


def _without_empty_end(cells: list[str]) -> list[str]:
    """Spreadsheets write a cell for every column that was ever used."""
    cells = [cell.strip() for cell in cells]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _delimiter(text: str) -> str:
    header = text.lstrip().partition("\n")[0]
    return max(",;\t", key=header.count)


def _name(cell: str) -> str:
    """Our spelling of a column's name, whatever its case; inside data and meta only of the names that we know."""
    parent, dot, child = cell.partition(".")
    if nested.takes(cell.lower()):
        return cell.lower()
    if dot and parent.lower() in _OBJECTS:
        known = child.lower() in _OBJECTS[parent.lower()]
        return f"{parent.lower()}.{child.lower() if known else child}"
    return cell.lower() if cell.lower() in incoming.RULES else cell


def _refuse_header(header: list[str]) -> None:
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        told = {"names": ", ".join(map(soundness.shown, twice))}
        raise strict_json.NotJson(
            said(
                "The first line must be a header with the names of the fields; %(names)s stands in it twice.",
                **told,
            )
        )
    if "title" not in header:
        raise strict_json.NotJson(
            said("The first line must be a header with the names of the fields; it has no column “title”.")
        )


def _row(line: int, header: list[str], cells: list[str]) -> Row:
    names = [name or f"({place})" for place, name in enumerate(header, start=1)]
    names += [f"({place})" for place in range(len(names) + 1, len(cells) + 1)]
    texts = dict(zip(names, cells + [""] * (len(names) - len(cells)), strict=True))
    if any(name.startswith(NOTE) for name in texts):  # then we wrote it ourselves
        texts = {name: spreadsheets.plain(text) for name, text in texts.items()}
    row = of_cells(line, {name: text for name, text in texts.items() if not name.startswith(NOTE)})
    if len(cells) > len(header):
        told = said("has %(cells)s cells, but the header has %(names)s.", cells=len(cells), names=len(header))
        return Row(line, faults={"line": [told]}, cells=row.cells)
    return row


def of_cells(line: int, cells: Mapping[str, str]) -> Row:
    """A row from its texts, which somebody may have mended."""
    payload: dict[str, Any] = {}
    faults: dict[str, list[str]] = {}
    for name, text in cells.items():
        cell, unnamed = text.strip(), _UNNAMED.fullmatch(name)
        if unnamed and cell:
            told = said("has something in cell %(place)s, but the header has no name there.", place=unnamed[1])
            faults["line"] = [told]
        try:
            _set(payload, name, "" if unnamed else cell)
        except ValueError as fault:
            faults[name] = [str(fault)]
    return Row(line, nested.closed(payload), faults, dict(cells))


def _set(payload: dict[str, Any], name: str, cell: str) -> None:
    """Put one cell where it belongs; an empty one means that the field is left out."""
    parent, dot, child = name.partition(".")
    if not cell:
        return
    if nested.takes(name):
        nested.put(payload, name, cell)
    elif name in _LISTS:
        payload[name] = [word.strip() for word in re.split(r"[|;,]", cell) if word.strip()]
    elif name in _OBJECTS:
        payload[name] = payload.get(name, {}) | _object(cell)
    elif dot and parent in _OBJECTS:
        payload.setdefault(parent, {})[child] = _scalar(cell) if parent == "data" else cell
    else:
        payload[name] = cell


def _object(cell: str) -> dict[str, Any]:
    value = strict_json.parse(cell)
    if not isinstance(value, dict):
        raise ValueError(said("must be a JSON object."))
    return value


def _scalar(cell: str) -> str | int | float:
    """A number where the cell is one and reads the same when written again (``07`` and ``1.50`` stay texts)."""
    if not _NUMBER.fullmatch(cell):
        return cell
    number = json.loads(cell)
    return number if str(number) == cell else cell
