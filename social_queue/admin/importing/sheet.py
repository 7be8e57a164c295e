"""The rows of a file between two presses: they travel in the page, and every one is judged anew when it comes back."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from social_queue.admin.pieces.fields import sentences
from social_queue.intake.files import cells as row_cells
from social_queue.intake.files.judging import Verdict
from social_queue.intake.files.rows import Row
from social_queue.reading import strict_json
from social_queue.reading.strict_json import NotJson

#: Fields that a page offers to mend at once; Django takes a thousand of a form.
_MOST_FIELDS = 800
#: What a row's line tells of it, in this order.
_SHOWN = ("title", "link", "publish_at", "channels")


def packed(rows: Iterable[Row]) -> str:
    """The rows as the page carries them."""
    return json.dumps([[row.line, dict(row.cells)] for row in rows], ensure_ascii=False)


def unpacked(sent: QueryDict) -> list[Row]:
    """The rows as they come back, with what was mended. Raises NotJson when the page did not come back whole."""
    try:
        carried: Any = strict_json.parse(sent.get("rows", "[]"))
        return [_row(number, line, texts, sent) for number, (line, texts) in enumerate(carried)]
    except (ValueError, TypeError, AttributeError, OverflowError) as fault:
        raise NotJson(_("The page did not come back whole. Choose the file once more.")) from fault


def _row(number: int, line: int, texts: Mapping[str, str], sent: QueryDict) -> Row:
    mended = {name: sent.get(_field(number, place), str(text)) for place, (name, text) in enumerate(texts.items())}
    return row_cells.read(int(line), mended)


def _field(number: int, place: int) -> str:
    return f"cell-{number}-{place}"


def with_lacking(verdict: Verdict) -> Row:
    """The row with an empty cell for each field that is wrong because it is not there."""
    row = verdict.row
    if row_cells.WHOLE in row.cells:
        return row
    lacking = [name for name in verdict.faults if name in _FILLABLE and name not in row.cells]
    return Row(row.line, row.payload, row.faults, {**row.cells, **dict.fromkeys(lacking, "")})


_FILLABLE = ("title", "link")


def shown(verdicts: list[Verdict]) -> list[dict[str, Any]]:
    """The rows as the table has them, the bad ones first with their ``fields``, as many as a form can carry."""
    table, left = [], _MOST_FIELDS
    for number, verdict in enumerate(verdicts):
        cells = verdict.row.cells
        texts = [text for name in _SHOWN if (text := cells.get(name))]
        may_mend = not verdict.good and len(cells) <= left
        left -= len(cells) if may_mend else 0
        table.append(
            {
                "verdict": verdict,
                "line": verdict.row.line,
                "told": _told(verdict, may_mend),
                "texts": texts or list(cells.values())[:1],
                "fields": _fields(number, verdict) if may_mend else [],
            }
        )
    return sorted(table, key=lambda row: row["verdict"].good)


def _told(verdict: Verdict, may_mend: bool) -> list[str]:
    """What is wrong with the row as a whole, or with a field that stands in no cell of it."""
    beside = verdict.row.cells if may_mend else {}
    told = []
    for name, faults in verdict.faults.items():
        if name in ("line", "body"):
            told += sentences(faults)
        elif name not in beside:
            told += [f"{name}: {sentence}" for sentence in sentences(faults)]
    return told


def _fields(number: int, verdict: Verdict) -> list[dict[str, Any]]:
    return [
        {
            "field": _field(number, place),
            "label": _("All of the row, as JSON") if name == row_cells.WHOLE else name,
            "text": text,
            "long": name in (row_cells.WHOLE, "summary") or len(text) > 100,
            "faults": sentences(verdict.faults.get(name, [])),
        }
        for place, (name, text) in enumerate(verdict.row.cells.items())
    ]
