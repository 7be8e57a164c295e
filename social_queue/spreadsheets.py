"""CSV as spreadsheets open it: marked as UTF-8, and without a cell that they would take for a formula."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence

#: A cell that begins so is a formula to a spreadsheet, full-width signs included; and so is what follows a semicolon or
#: a line break, where the spreadsheet's language separates cells by semicolons and sees no quotes of ours.
#: https://owasp.org/www-community/attacks/CSV_Injection
_SIGNS = "=+\\-@＝＋－＠\t\r\n"
_FORMULA = re.compile(rf"(?:^|[;\r\n][\s\"']*)(?=[{_SIGNS}])")
_MADE_SAFE = re.compile(rf"(^|[;\r\n][\s\"']*)'(?=[{_SIGNS}])")
MEDIA_TYPE = "text/csv; charset=utf-8"


class _Echo:
    """A file that hands every line straight on."""

    def write(self, line: str) -> str:
        return line


def lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The file line by line, for a streamed answer."""
    writer = csv.writer(_Echo())
    # Excel reads a file without this mark as if it were not UTF-8.
    yield "\ufeff" + writer.writerow([safe(cell) for cell in header])
    for row in rows:
        yield writer.writerow([safe(cell) for cell in row])


def safe(cell: object) -> object:
    """Text that a spreadsheet would take for a formula, as text."""
    return _FORMULA.sub(lambda found: f"{found[0]}'", cell) if isinstance(cell, str) else cell


def plain(cell: str) -> str:
    """What ``safe`` was given; only for files of which one knows that they were written so."""
    return _MADE_SAFE.sub(lambda found: found[1], cell)
