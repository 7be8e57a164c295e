"""What Django's template engine says of a template, said so that it can be translated, and to people who write one."""

import re

from social_queue.sentences import said

_FILTER = re.compile(r"Invalid filter: '(.*)'")
_OPEN = re.compile(r"Unclosed tag on line \d+: '(\w+)'\. Looking for one of: (?:.*, )?(\w+)\W")
_TAG = re.compile(r"Invalid block tag on line \d+: '([^']*)'.*", re.DOTALL)
#: It names a line too, but the one of a source whose lines were joined.
_REST = re.compile(r" on line \d+")


def in_our_words(message: str) -> str:
    """The sentence for what people get wrong most; all else stays in Django's words, without its line."""
    if found := _FILTER.fullmatch(message):
        return said("there is no filter called “%(name)s”.", name=found[1])
    if found := _OPEN.fullmatch(message):
        return said("the tag “%(name)s” is opened and never closed: “%(end)s” is missing.", name=found[1], end=found[2])
    if found := _TAG.fullmatch(message):
        return said("a tag called “%(name)s” is not known in this place.", name=found[1])
    return _REST.sub("", message).strip()
