"""The jobs of an editor, counted: what each took, and the page of the docs that says so."""

import io
import os
import re
from datetime import datetime, timedelta

from django.utils import timezone
from PIL import Image

from tests.support.environment import ROOT
from tests.support.hand import Cost, Hand

PAGE = ROOT / "docs" / "jobs.md"
_HEAD = (
    "| # | job | clicks | keys | pages | seconds | in 0.1.0 |",
    "| --- | --- | ---: | ---: | ---: | ---: | --- |",
)
#: The same jobs in the first edition, done by hand and counted by the same model; or why they could not be done.
_BEFORE = {
    "1": "13 clicks, 65 s",
    "2": "not while typing, only when it was queued",
    "3": "3 clicks, 22 s; not in a draft",
    "4": "all on one minute; one by one about 50 clicks",
    "5": "6 clicks, 19 s, in a list; no calendar",
    "6": "could not be done",
    "7a": "5 clicks, 26 s",
    "7b": "could not be done: no field for the picture",
    "8": "5 clicks, 10 s",
    "9": "2 clicks, 7 s",
    "10a": "3 clicks, 10 s",
    "10b": "5 clicks, 10 s",
    "11": "11 clicks, 45 s; the wrong token was stored",
    "12": "8 clicks, 37 s; on one sample only",
    "13": "could not be done in a browser",
    "14": "could not be done",
    "15": "could not be done",
    "15b": "could not be done",
    "15c": "could not be done",
    "16": "18 clicks, 39 s, among 80 permissions",
    "17": "row by row; acts on many left nothing",
    "18": "1 click, 3 s",
    "19": "2 clicks, 4 s; clicks only",
}


def job(number: int | str, what: str, hand: Hand, *, clicks: int, seconds: float) -> None:
    """Fails when it took more than that, or other than the page says. ``make jobs`` writes the page instead."""
    cost, row = hand.cost, _row(number, what, hand.cost)
    print(row)
    assert cost.clicks <= clicks and cost.seconds <= seconds, row
    above, rows = _read()
    if os.environ.get("WRITE_JOBS"):
        rows = sorted({**rows, str(number): row}.items(), key=lambda pair: _order(pair[0]))
        PAGE.write_text("\n".join([above, "", *_HEAD, *(line for _number, line in rows)]) + "\n", encoding="utf-8")
    else:
        assert rows.get(str(number)) == row, "docs/jobs.md says otherwise: `make jobs`"


def _row(number: int | str, what: str, cost: Cost) -> str:
    took = f"{cost.clicks} | {cost.keys} | {cost.pages} | {cost.seconds:.0f}"
    return f"| {number} | {what} | {took} | {_BEFORE[str(number)]} |"


def _read() -> tuple[str, dict[str, str]]:
    """What stands above the table, and its rows by their numbers."""
    lines = PAGE.read_text(encoding="utf-8").rstrip().splitlines()
    rows = {line.split("|")[1].strip(): line for line in lines if re.match(r"\| \d", line)}
    above = [line for line in lines if not line.startswith("|")]
    return "\n".join(above).rstrip(), rows


def _order(number: str) -> tuple[int, str]:
    return int(re.match(r"\d+", number)[0]), number


def picture() -> dict:
    """A file as a chooser takes it."""
    drawn = io.BytesIO()
    Image.new("RGB", (900, 600), "teal").save(drawn, "PNG")
    return {"name": "gates.png", "mimeType": "image/png", "buffer": drawn.getvalue()}


def drawn(desk) -> None:
    """The composer's cards show what is written now."""
    desk.wait_for_timeout(250)
    desk.wait_for_function("document.querySelector('[data-compose]').dataset.idle === 'yes'")


def menu(hand: Hand, address: str) -> None:
    """By the entry of the menu."""
    hand.click(f'.ap-menu a[href="{address}"]', page=True)


def tomorrow(hour: int) -> datetime:
    """At that hour of the site."""
    return (timezone.now() + timedelta(days=1)).replace(hour=hour, minute=0, second=0, microsecond=0)
