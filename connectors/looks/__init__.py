"""How a post looks on its platform: HTML drawn from plain facts, for the sandbox's wall and for the desk's previews."""

from functools import cache
from pathlib import Path

#: What a page needs beside the cards: ``cards.css``, and ``icons.svg``, whose drawings the cards refer to.
SHEET = Path(__file__).with_name("sheet")


@cache
def sheet(name: str) -> str:
    """The text of one of those files."""
    return (SHEET / name).read_text(encoding="utf-8")
