"""How Telegram counts a text in its HTML.

Code points are counted, after the tags were taken out and the entities turned into what they stand for. Only four
named entities exist, all others are plain text: https://core.telegram.org/bots/api#html-style
"""

import re

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
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});?")


def visible_length(text: str) -> int:
    """Code points that a reader sees."""
    return len(_ENTITY.sub("x", _TAG.sub("", text)))
