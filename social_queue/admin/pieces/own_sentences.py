"""Sentences of ours that are stored in English, said in the reader's language; what a platform said stays as it is.

Reasons are written down at night, by code that knows no reader and stands below every catalogue. They are known again
here by their patterns, sentence by sentence: what fits none is somebody else's, or older than this list.
"""

import functools
import re
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, gettext_noop

#: In the order of trying: the more exact ones first.
_PATTERNS = (
    gettext_noop("%(where)s answered HTTP %(status)s: too many requests."),
    gettext_noop("%(where)s answered HTTP %(status)s: the credentials are not accepted."),
    gettext_noop("%(where)s answered HTTP %(status)s instead of a picture."),
    gettext_noop("%(where)s answered HTTP %(status)s."),
    gettext_noop("%(where)s answered %(status)s with something that is not JSON."),
    gettext_noop("%(where)s could not be called: %(cause)s"),
    gettext_noop("%(where)s could not be reached: %(cause)s"),
    gettext_noop("%(where)s gave no full answer: %(cause)s"),
    gettext_noop("%(where)s could not be downloaded: %(cause)s."),
    gettext_noop("%(where)s could not be read: %(cause)s."),
    gettext_noop("%(where)s did not answer: %(cause)s."),
    gettext_noop("%(where)s answered with half a list."),
    gettext_noop("%(where)s cannot be asked whether this post is out."),
    gettext_noop("%(where)s takes %(limit)s characters, this text counts as %(length)s."),
    gettext_noop("%(where)s takes pictures only as an upload; there is no copy of this one to upload."),
    gettext_noop("%(where)s shows a picture above a long text only from a public address."),
    gettext_noop("%(where)s takes only posts with a picture at a public address."),
    gettext_noop("%(where)s could not read the picture."),
    gettext_noop("%(where)s is still taking the picture in."),
    gettext_noop("The name %(host)s could not be resolved: %(cause)s."),
    gettext_noop("The picture %(name)s cannot be read: %(cause)s."),
    gettext_noop("The file %(name)s holds no picture that can be uploaded."),
    gettext_noop("The picture is not uploaded yet."),
    gettext_noop("The picture is uploaded anew."),
    gettext_noop("Another container is made."),
    gettext_noop("There is neither a link nor a text to recognise the post by."),
    gettext_noop("The four keys are not accepted."),
    gettext_noop("It may be our own post whose answer was lost."),
    gettext_noop("It was cancelled, but a late answer says it is out as %(name)s."),
    gettext_noop("A late answer says it is out as %(name)s."),
    gettext_noop("Check the chat's id, and that the bot is in the chat."),
    gettext_noop("Make the bot an administrator who may post."),
)
_HOLE = re.compile(r"%\((\w+)\)s")
#: Where one sentence ends and the next begins; a host's name has dots, but no blanks behind them.
_BETWEEN = re.compile(r"(?<=[.!?]) (?=[A-Z0-9“])")


@dataclass(frozen=True)
class Part:
    """One sentence as its reader has it; ``ours``: it is in his language."""

    words: str
    ours: bool


def parts(text: str) -> list[Part]:
    """The text, sentence by sentence."""
    return [_part(sentence) for sentence in _BETWEEN.split(text.strip()) if sentence]


def told(text: str) -> str:
    """The text for a page: ours in the reader's language, the rest marked as English."""
    pieces = ((format_html("{}" if one.ours else '<span lang="en">{}</span>', one.words),) for one in parts(text))
    return format_html_join(" ", "{}", pieces)


def plain(text: str) -> tuple[str, bool]:
    """The text without marks, and whether all of it is ours."""
    found = parts(text)
    return " ".join(one.words for one in found), all(one.ours for one in found)


def _part(sentence: str) -> Part:
    for pattern, fits in _compiled():
        if found := fits.fullmatch(sentence):
            return Part(gettext(pattern) % found.groupdict(), ours=True)
    return Part(sentence, ours=False)


@functools.cache
def _compiled() -> list[tuple[str, re.Pattern[str]]]:
    return [(pattern, re.compile(_as_expression(pattern))) for pattern in _PATTERNS]


def _as_expression(pattern: str) -> str:
    pieces = _HOLE.split(pattern)
    # Texts stand at even places, names of holes between them.
    return "".join(f"(?P<{piece}>.+?)" if place % 2 else re.escape(piece) for place, piece in enumerate(pieces))
