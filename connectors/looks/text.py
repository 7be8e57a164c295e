"""Texts of strangers made safe to show: escaped, with links, hashtags and mentions to click or to see."""

import html
import re
from urllib.parse import urlsplit

from connectors.looks.links import LINK, trimmed

_TOKEN = re.compile(rf"(?P<link>{LINK.pattern})|(?P<word>(?<!\w)[#@]\w+)", re.IGNORECASE)
_TAG = re.compile(r"(<[^<>]*>)")


def e(text: object) -> str:
    """Escaped for HTML text and attributes."""
    return html.escape(str(text), quote=True)


def anchor(url: str, shown: str) -> str:
    """A link that opens elsewhere and tells nothing about where it was clicked."""
    return f'<a href="{e(url)}" target="_blank" rel="noopener noreferrer nofollow">{e(shown)}</a>'


def linked(text: str, *, short: bool = False) -> str:
    """Plain text as HTML. ``short``: show addresses as X does, without scheme and cut."""
    out, place = [], 0
    for match in _TOKEN.finditer(text):
        found = trimmed(match[0]) if match["link"] else match[0]
        out.append(e(text[place : match.start()]))
        out.append(anchor(found, short_url(found) if short else found) if match["link"] else _word(found))
        place = match.start() + len(found)
    return "".join([*out, e(text[place:])])


def _word(word: str) -> str:
    return f'<span class="tag">{e(word)}</span>'


def linked_markup(markup: str) -> str:
    """Telegram's cleaned HTML with the bare addresses in it made links; what is inside a link or code stays."""
    out, closed = [], ""
    for piece in _TAG.split(markup):
        if piece.startswith("<"):
            name = re.match(r"</?(\w+)", piece)
            if not closed and name and name[1] in ("a", "code", "pre") and not piece.startswith("</"):
                closed = f"</{name[1]}>"
            elif piece == closed:
                closed = ""
            out.append(piece)
        else:
            out.append(piece if closed else linked(html.unescape(piece)))
    return "".join(out)


def short_url(url: str, most: int = 30) -> str:
    """``example.com/a-long-pa…``"""
    bare = re.sub(r"^https?://(www\.)?", "", url, flags=re.IGNORECASE)
    return bare if len(bare) <= most else f"{bare[:most]}…"


def link_card(url: str) -> str:
    """What platforms show under a post with a link; without asking the other end."""
    if not url:
        return ""
    parts = urlsplit(url)
    path = (parts.path.strip("/") or parts.netloc) + (f"?{parts.query}" if parts.query else "")
    return (
        f'<a class="link-card" href="{e(url)}" target="_blank" rel="noopener noreferrer nofollow">'
        f"<span>{e(parts.netloc)}</span><b>{e(short_url(path, 46))}</b></a>"
    )
