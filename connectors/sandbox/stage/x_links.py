"""The links in a text: those X counts as 23, and those the wall makes clickable.

The rules are twitter-text's (https://github.com/twitter/twitter-text, Apache-2.0), written again from
its description; the list of domain endings beside this file is the one of its release 3.1.
"""

import functools
import re
from dataclasses import dataclass
from pathlib import Path

import regex

from connectors.looks.links import trimmed

LINK_SCHEME = re.compile(r"^https?://(www\.)?", re.IGNORECASE)
_LONGEST_LINK, _LONGEST_LABEL, _LONGEST_SLUG = 4096, 63, 40
#: Seconds for one text; a stranger's text may be made to take for ever.
_PATIENCE = 2
_PUNCTUATION = r"!'#%&()*+,\\\-./:;<=>?@\[\]^_{|}~$"
_SPACES = r"\x09-\x0D\x20\x85\xA0\u1680\u180E\u2000-\u200A\u2028\u2029\u202F\u205F\u3000"
_NONSENSE, _DIRECTIONS = r"\uFFFE\uFEFF\uFFFF", r"\u202A-\u202E\u061C\u200E\u200F\u2066-\u2069"
_LATIN = (
    r"\xC0-\xD6\xD8-\xF6\xF8-\xFF\u0100-\u024F\u0253\u0254\u0256\u0257\u0259\u025B\u0263\u0268\u026F\u0272\u0289\u028B"
    r"\u02BB\u0300-\u036F\u1E00-\u1EFF"
)
_HOST = rf"[^{_PUNCTUATION}{_SPACES}{_NONSENSE}{_DIRECTIONS}]"
_PATH = rf"[a-z\u0400-\u04FF0-9!*';:=+,.$/%#\[\]\-\u2013_~@|&{_LATIN}]"
_BRACKETS = rf"\((?:{_PATH}+|{_PATH}*\({_PATH}+\){_PATH}*)\)"
_PATH_END = rf"(?:[+\-a-z\u0400-\u04FF0-9=_#/{_LATIN}]|{_BRACKETS})"
_QUERY = r"\?[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[a-z0-9\-_&=#/]"
#: Letters that Python, but not X, takes for the i, s and k of ASCII; others of their kind stand in for them.
_NO_ASCII = str.maketrans("\u0130\u0131\u017f\u212a", "\u0100\u0101\u0101\u2102")
#: Looking for hosts in a run takes time that grows with its square, so none is looked for where it would be longer than
#: DNS allows.
_LONG_RUN = re.compile(rf"(?:{_HOST}|[._\-]){{254,}}")
#: What is not a link without a scheme before it.
_NO_START = "-_./"


@dataclass(frozen=True)
class Link:
    """One link in a text, by code point."""

    start: int
    end: int
    text: str

    @property
    def url(self) -> str:
        return self.text if "://" in self.text else f"http://{self.text}"


def get_ready() -> None:
    """Do once what the first text would otherwise wait for."""
    _patterns()


@functools.cache
def _patterns() -> tuple[regex.Pattern, regex.Pattern]:
    """Links as they stand in a text, and what is a domain in ASCII."""
    # A named list is ready in a tenth of the time that as many alternatives take.
    endings = Path(__file__).with_name("domain_endings.txt").read_text(encoding="utf-8").split()
    ending = r"(?:\L<endings>(?=[^0-9a-z@+\-]|$)|xn--[\-0-9a-z]+)"
    domain = rf"(?:(?:{_HOST}(?:[_\-]|{_HOST})*)?{_HOST}\.)*(?:(?:{_HOST}(?:-|{_HOST})*)?{_HOST}\.){ending}"
    path = rf"(?:{_PATH}*(?:{_BRACKETS}{_PATH}*)*{_PATH_END}|@{_PATH}+/)"
    before = rf"(?:[^a-z0-9@＠$#＃{_NONSENSE}]|[{_DIRECTIONS}]|^)"
    link = rf"(?P<before>{before})(?P<url>(?P<scheme>https?://)?(?P<domain>{domain})(?::[0-9]+)?(?P<path>/{path}*)?(?:{_QUERY})?)"
    ascii_domain = rf"(?:[\-a-z0-9{_LATIN}]+\.)+{ending}"
    return regex.compile(link, regex.I, endings=endings), regex.compile(ascii_domain, regex.I, endings=endings)


_SHORT = regex.compile(rf"https?://t\.co/([a-z0-9]+)(?:{_QUERY})?", regex.I)


def real_links(text: str) -> list[Link]:
    """The links that X itself makes of a text. A text that takes too long to look through has none."""
    if "." not in text:
        return []
    original, text = text, _LONG_RUN.sub(lambda run: "x" * len(run[0]), text.translate(_NO_ASCII))
    try:
        found = [link for match in _patterns()[0].finditer(text, timeout=_PATIENCE) for link in _read(match)]
    except TimeoutError:
        return []
    return [Link(link.start, link.end, original[link.start : link.end]) for link in found]


def _read(match: regex.Match) -> list[Link]:
    url, domain, start = match["url"], match["domain"], match.start("url")
    if not _is_host(domain, len(url) + (0 if match["scheme"] else len("https://"))):
        return []
    if match["scheme"]:
        short = _SHORT.match(url)
        if short and len(short[1]) > _LONGEST_SLUG:
            return []
        url = short[0] if short else url
        return [Link(start, start + len(url), url)]
    if match["before"].endswith(tuple(_NO_START)):
        return []
    # Of a host glued to other letters only the part in ASCII is a link; the last one takes the path along.
    parts = [Link(start + one.start(), start + one.end(), one[0]) for one in _patterns()[1].finditer(domain)]
    if parts and match["path"]:
        last = parts[-1]
        rest = url[len(domain) :]
        parts[-1] = Link(last.start, last.start + len(last.text) + len(rest), last.text + rest)
    return parts


def _is_host(domain: str, length: int) -> bool:
    if domain.startswith("xn--") and not _patterns()[1].search(domain):
        return False
    labels = [label if label.isascii() else f"xn--{label.encode('punycode').decode()}" for label in domain.split(".")]
    encoded = sum(map(len, labels)) + len(labels) - 1
    return (
        all(1 <= len(label) <= _LONGEST_LABEL for label in labels) and length + encoded - len(domain) <= _LONGEST_LINK
    )


def links(text: str) -> list[Link]:
    """What the wall makes clickable: X's links, and hosts that are a number or ``localhost``, for local trials."""
    found = real_links(text)
    for match in _LOCAL.finditer(text):
        shown = trimmed(match[0])
        link = Link(match.start(), match.start() + len(shown), shown)
        if not any(one.start < link.end and link.start < one.end for one in found):
            found.append(link)
    return sorted(found, key=lambda link: link.start)


_LOCAL = re.compile(r"https?://[^\s/?#<>\"'“”()]+(?:[/?#][^\s<>\"“”]*)?", re.IGNORECASE)
