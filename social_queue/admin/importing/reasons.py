"""Bad rows as a file to mend elsewhere: what they were, and in columns that nobody reads again why they are bad."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from social_queue import spreadsheets
from social_queue.admin.pieces.fields import sentences
from social_queue.intake.files import cells, csv_rows
from social_queue.intake.files.judging import Verdict

LINE = f"{csv_rows.NOTE}line"


def as_file(bad: list[Verdict]) -> tuple[str, str, Iterator[str]]:
    """(name's ending, media type, its pieces): a table, or JSON Lines where a row fits into none."""
    if any(cells.WHOLE in verdict.row.cells for verdict in bad):
        return "jsonl", "application/x-ndjson; charset=utf-8", _json_lines(bad)
    return "csv", spreadsheets.MEDIA_TYPE, _table(bad)


def _table(bad: list[Verdict]) -> Iterator[str]:
    names = list(dict.fromkeys(name for verdict in bad for name in verdict.row.cells))
    rows = ([*(v.row.cells.get(name, "") for name in names), v.row.line, _why(v)] for v in bad)
    return spreadsheets.lines([*names, LINE, csv_rows.WHY], rows)


def _json_lines(bad: Iterable[Verdict]) -> Iterator[str]:
    for verdict in bad:
        notes = {LINE: verdict.row.line, csv_rows.WHY: _why(verdict)}
        yield json.dumps({**_body(verdict), **notes}, ensure_ascii=False) + "\n"


def _body(verdict: Verdict) -> Mapping[str, Any]:
    payload = verdict.row.payload
    return payload if isinstance(payload, dict) else {f"{csv_rows.NOTE}text": verdict.row.cells.get(cells.WHOLE, "")}


def _why(verdict: Verdict) -> str:
    told = []
    for name, faults in verdict.faults.items():
        head = "" if name in ("line", "body") else f"{name}: "
        told += [f"{head}{sentence}" for sentence in sentences(faults)]
    return " ".join(told)
