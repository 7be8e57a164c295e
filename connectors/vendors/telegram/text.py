"""How Telegram counts a text in its HTML.

Code points are counted, after the tags were taken out and the entities turned into what they stand for. Only four
named entities exist, all others are plain text: https://core.telegram.org/bots/api#html-style
"""

import re

from connectors.looks.telegram_html import BadMarkup, parse
from connectors.looks.telegram_tags import decode

LONGEST_CAPTION, LONGEST_TEXT = 1024, 4096
#: The tags of https://core.telegram.org/bots/api#html-style, each with the attribute that Telegram insists on.
TAGS = {
    **dict.fromkeys(["b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre", "blockquote"], ""),
    "a": "",
    "span": 'class="tg-spoiler"',
    "tg-spoiler": "",
    "tg-emoji": 'emoji-id="…"',
    "tg-time": 'unix="…"',
}

_TAG = re.compile(r"""</?[A-Za-z](?:"[^"]*"|'[^']*'|[^<>"'])*>""")


def visible_length(text: str) -> int:
    """Code points that a reader sees."""
    return sum(len(decode(piece)) for piece in _TAG.split(text))


def markup_fault(text: str) -> str:
    """Why Telegram could not read this, in its server's words; "" when it can."""
    try:
        parse(text)
    except BadMarkup as complaint:
        return str(complaint).partition(" at byte offset")[0]
    return ""
