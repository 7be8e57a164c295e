"""A row's body as texts that people can mend, and back again without a loss."""

import json
from collections.abc import Mapping

from social_queue.intake.files import csv_rows, nested
from social_queue.intake.files.rows import Row
from social_queue.reading import strict_json

#: The one cell of a row that a table can't hold: all of its body as JSON.
WHOLE = "{}"


def of_payload(payload: object) -> dict[str, str]:
    """A body's cells; what would not come back from them as it was is one cell with all of it."""
    texts = _flat(payload) if isinstance(payload, dict) else None
    if texts is not None and csv_rows.of_cells(0, texts).payload == payload:
        return texts
    return {WHOLE: json.dumps(payload, ensure_ascii=False)}


def read(line: int, cells: Mapping[str, str]) -> Row:
    """The row that these cells make."""
    if set(cells) != {WHOLE}:
        return csv_rows.of_cells(line, cells)
    try:
        return Row(line, strict_json.parse(cells[WHOLE]), cells=dict(cells))
    except strict_json.NotJson as fault:
        return Row(line, None, {"line": [str(fault)]}, dict(cells))


def _flat(payload: Mapping[str, object]) -> dict[str, str] | None:
    texts: dict[str, str] = {}
    for name, value in payload.items():
        if isinstance(value, dict):
            texts |= {f"{name}.{child}": _text(inner) for child, inner in value.items()}
        elif isinstance(value, list) and not nested.takes(name):
            texts[name] = ", ".join(map(str, value))
        else:
            texts[name] = _text(value)
    return texts


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
