"""The pretended person whose log-in can be tried, and what a log-in page of the sandbox looks like."""

import html
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from string import Template
from urllib.parse import parse_qsl, urlencode

from connectors.sandbox.stage.wire import Answer, Request

#: What can go wrong after the person has agreed, chosen on the page itself.
TROUBLES = {
    "": "Everything works",
    "code_used": "The code was used already",
    "code_old": "The code is too old",
    "no_role": "The app is in development, and the person has no role in it",
    "not_business": "The account is found to be a personal one",
    "server_error": "The exchange answers 500",
    "slow": "The exchange takes three seconds",
    "portfolio": "The Pages are held by a portfolio, and not listed",
}
_STYLE = Path(__file__).parents[1] / "wall" / "page" / "frame.css"
SLOW_SECONDS = 3


@dataclass(frozen=True)
class Page:
    """One Page: what the person may do there, and the professional Instagram account linked to it."""

    name: str
    tasks: tuple[str, ...]
    gram: str = ""


_ALL = ("CREATE_CONTENT", "MODERATE", "ANALYZE")
PAGES = {
    "104000000000001": Page("Kabar Harian", _ALL, gram="17841400000000101"),
    "104000000000002": Page("Kabar Olahraga", _ALL),
    "104000000000003": Page("Kabar Lama", ("ANALYZE",)),
}
#: Instagram accounts by number; nothing can be published on a personal one.
GRAMS = {"17841400000000101": "kabar.harian", "17841400000000102": "kabar.pribadi"}
PERSONAL = "17841400000000102"
HANDLES = ("kabarharian", "kabarolahraga")


def chosen(request: Request) -> dict[str, list[str]]:
    """The fields of a form by name, each with all its values."""
    fields: dict[str, list[str]] = {}
    for name, value in parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True):
        fields.setdefault(name, []).append(value)
    return fields


def sent_back(address: str, **parameters: str) -> Answer:
    """Back to whoever asked, as a platform's dialog does."""
    joint = "&" if "?" in address else "?"
    return Answer(303, b"", {"Location": f"{address}{joint}{urlencode(parameters)}", "Cache-Control": "no-store"})


def boxes(name: str, rows: Iterable[tuple[str, str]], *, kind: str = "checkbox", ticked: bool = True) -> str:
    """Check boxes, or one choice of several; the first of those is ticked."""
    out = []
    for place, (value, label) in enumerate(rows):
        on = " checked" if ticked and (kind == "checkbox" or place == 0) else ""
        out.append(
            f'<label class="box"><input type="{kind}" name="{name}" value="{html.escape(value)}"{on}> '
            f"{html.escape(label)}</label>"
        )
    return "".join(out)


def troubles(names: Iterable[str]) -> str:
    """The choice of what goes wrong afterwards."""
    options = "".join(f'<option value="{name}">{html.escape(TROUBLES[name])}</option>' for name in names)
    return f'<label class="box">What happens next <select name="trouble">{options}</select></label>'


def page(title: str, body: str, buttons: Iterable[tuple[str, str]] = ()) -> Answer:
    """A log-in page: a form that comes back to its own address with ``choice``."""
    pressed = "".join(
        f'<button name="choice" value="{value}" data-choice="{value}">{html.escape(label)}</button>'
        for value, label in buttons
    )
    parts = {"title": html.escape(title), "body": body, "buttons": pressed, "style": _STYLE.read_text("utf-8")}
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
    }
    return Answer(200, _PAGE.substitute(parts).encode(), headers)


_PAGE = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title · Autopost sandbox</title><style>$style
main { max-width: 480px; margin: 6vh auto; padding: 24px; background: var(--panel); border-radius: 14px; }
h1 { font-size: 20px; margin: 0 0 4px; } .box { display: block; padding: 6px 0; }
button { font: inherit; padding: 9px 16px; margin: 10px 6px 0 0; border: 1px solid var(--line); border-radius: 9px;
  background: var(--chip); color: inherit; cursor: pointer; }
button[value=allow] { background: var(--accent); color: var(--accent-ink); border-color: transparent; }
small { color: var(--soft); }
</style></head><body><main><h1>$title</h1><small>Pretended: nothing leaves this machine.</small>
<form method="post">$body<div>$buttons</div></form></main></body></html>
""")
