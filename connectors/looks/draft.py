"""A post that is not out yet, as its platform would show it."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

from connectors.looks.links import links_in
from connectors.looks.media import Medium, Shown
from connectors.looks.telegram_html import BadMarkup, parse


@dataclass(frozen=True)
class Draft:
    """The facts of a post to be; see ``connectors.looks.cards.Look``."""

    platform: str
    address: str
    text: str
    markup: str = ""
    media: tuple[Medium, ...] = ()
    preview_link: str = ""
    silent: bool = False
    ai: bool = False


def draft(
    platform: str,
    address: str,
    caption: str,
    *,
    markup: str = "plain",
    picture: str = "",
    alt: str = "",
    media: Sequence[Medium] = (),
    ai: bool = False,
) -> Draft:
    """``markup`` is the connector's: ``html`` is read as Telegram reads it, and shown as it stands where it can't be.

    ``media``: what it will carry, or a single ``picture``: where the page finds it, "" when there will be none. Then
    platforms show the first link as a card.
    """
    text, clean = _read(caption) if markup == "html" else (caption, html.escape(caption))
    shown = tuple(media) or ((Shown("image", picture, alt),) if picture else ())
    first = next(iter(links_in(text)), "") if not shown else ""
    return Draft(platform, address, text, clean, shown, first, ai=ai)


def _read(caption: str) -> tuple[str, str]:
    """(what a reader sees, clean HTML); of what can't be read, the text as it stands: it has a problem of its own."""
    try:
        parsed = parse(caption)
    except BadMarkup:
        return caption, html.escape(caption)
    return parsed.text, parsed.markup
