"""Logging in at the sandbox' pretended platforms without a browser: the page is read, its form is sent."""

import html
import re
from urllib.parse import parse_qsl, urlsplit

import requests

_TIMEOUT = 60


def decide(page: str, choice: str = "allow", /, **fields: object) -> str:
    """Press a button of a log-in page and return where it leads; ``fields`` replace what is ticked, None unticks."""
    shown = requests.get(page, timeout=_TIMEOUT)
    assert shown.status_code == 200, shown.text
    told = _ticked(shown.text)
    for name, values in fields.items():
        told = [(key, value) for key, value in told if key != name]
        told += [(name, value) for value in ([values] if isinstance(values, str) else values or ())]
    answer = requests.post(page, data=[*told, ("choice", choice)], allow_redirects=False, timeout=_TIMEOUT)
    return answer.headers.get("Location", "") or answer.text


def _ticked(page: str) -> list[tuple[str, str]]:
    inputs = re.findall(r'<input type="(?:checkbox|radio)" name="(\w+)" value="([^"]*)"( checked)?', page)
    return [(name, html.unescape(value)) for name, value, on in inputs if on]


def query_of(address: str) -> dict[str, str]:
    """The parameters of an address."""
    return dict(parse_qsl(urlsplit(address).query))
