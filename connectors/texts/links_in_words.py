"""An address as it stands in a text: written so that platforms see where it ends, and kept apart from what follows it.

Platforms look for addresses by themselves. X stops at signs that it expects in none, and before the question mark where
the path ends in punctuation (twitter-text, https://github.com/twitter/twitter-text): what is behind that is no part of
the link then, our mark for statistics neither. Telegram takes on whatever is no space, a word in a script without
spaces too (https://github.com/tdlib/td, find_urls). Percent-encoded a sign says the same to the server.
"""

import re

#: An address up to its path, the path, and what follows.
_PARTS = re.compile(r"([a-z][a-z0-9+.-]*://[^/?#]*)([^?#]*)(.*)", re.IGNORECASE | re.DOTALL)
_STOPPING = re.compile(r"[\"'<>^`{}]")
_BRACKETS = re.compile(r"[()]")
_CLOSED = re.compile(r"\([^()]+\)")
#: A last sign that is taken for the end of a sentence.
_ENDING_PATH = re.compile(r"[^A-Za-z0-9+=_#/)-]\Z")
_ENDING = re.compile(r"[^A-Za-z0-9_&=#/-]\Z")
#: What Telegram takes for a part of the address before it. The quotes and dashes of all scripts but a few are none.
_RUNS_ON = re.compile(r"[^\x00-\x7f\s«»\u2000-\u206f]")


def recognised(url: str) -> str:
    """The same address, an ASCII one, as one link on every platform; the same comes out again when it goes in again."""
    parts = _PARTS.fullmatch(url)
    if parts is None:
        return url
    path, rest = (_STOPPING.sub(_encoded, part) for part in parts.group(2, 3))
    if _BRACKETS.search(_CLOSED.sub("", path)):
        path = _BRACKETS.sub(_encoded, path)
    return f"{parts[1]}{_ENDING_PATH.sub(_encoded, path)}{_ENDING.sub(_encoded, rest)}"


def kept_apart(text: str, link: str) -> str:
    """The text with a space behind the link wherever the next word would be taken for a part of it."""
    # No pattern is made of the link: each post has its own, and compiling it took half of the time of a post's wording.
    if not link or text.isascii():
        return text
    pieces, begin = [], 0
    while (place := text.find(link, begin)) >= 0:
        end = place + len(link)
        pieces += [text[begin:end], " " if _RUNS_ON.match(text, end) else ""]
        begin = end
    return "".join([*pieces, text[begin:]])


def _encoded(sign: re.Match[str]) -> str:
    return f"%{ord(sign[0]):02X}"
