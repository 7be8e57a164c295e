"""Whether the HTML of a caption is what its platform takes: tags it knows, each closed in its turn.

The platform has the last word: whatever its own rules can't read is a fault, also where ours see nothing wrong.
"""

import re

from connectors.base import Connector
from social_queue.sentences import Sentence, said
from social_queue.wording.faults import CaptionFault

_TAG = re.compile(r"<(/?)([a-z][a-z0-9-]*)((?:\s[^<>]*)?)>", re.IGNORECASE)
#: A value in quotes may hold anything; without them no more than these signs.
_VALUE = r"""(?:"[^"]*"|'[^']*'|[a-z0-9.-]*(?=\s|$))"""
_ATTRIBUTES = re.compile(rf"""(?:[ \t\r\n]+[^\s=>/"'<]+(?:[ \t\r\n]*=[ \t\r\n]*{_VALUE})?)*\s*""", re.IGNORECASE)
_ATTRIBUTE = re.compile(rf"""([^\s=>/"'<]+)\s*=\s*({_VALUE})""", re.IGNORECASE)
_OF_TEMPLATE = re.compile(r"\{[{%#].*?[}%#]\}")
#: What stands in a template for the value of an attribute that a tag must have; any number will do.
_FROM_DATA = r"""(%s\s*=\s*)(["']?)(?:(?!\2)[^{<>])*(?:\{[{%%].*?[}%%]\}(?:(?!\2)[^{<>])*)+\2"""


class BadMarkup(CaptionFault):
    """The platform would refuse the text for its tags. ``text`` is the text."""

    code = "markup"

    def __init__(self, sentence: str, text: str) -> None:
        self.text = text
        super().__init__(sentence)


def refuse_bad_markup(text: str, connector: type[Connector]) -> None:
    """Raise BadMarkup when the platform reads HTML and this is none that it takes."""
    for sentence in faults_of(text, connector):
        raise BadMarkup(sentence, text)


def faults_of(text: str, connector: type[Connector]) -> list[str]:
    """What the platform would not take in a finished text."""
    if connector.markup != "html":
        return []
    if "<" in _TAG.sub("", text):
        return [said("A < stands alone; write &lt; for it.")]
    return foreign_tags(text, connector) or _order_faults(text) or _unreadable(text, connector)


def foreign_tags(text: str, connector: type[Connector]) -> list[str]:
    """The tags of a text, or of a template, that the platform does not know, each with those that it does."""
    found: dict[str, str] = {}
    for closing, name, attributes in _TAG.findall(_OF_TEMPLATE.sub("x", text)) if connector.markup == "html" else []:
        wanted = connector.markup_tags.get(name.lower())
        if wanted is None or not (closing or _has(attributes, wanted)):
            found.setdefault(name.lower(), _foreign(f"{name.lower()}{attributes}", connector))
    return list(found.values())


def _has(attributes: str, wanted: str) -> bool:
    """Quotes are a matter of taste, and … stands for any value."""
    name, _, value = wanted.partition("=")
    given = {found[1]: found[2].strip("\"'") for found in _ATTRIBUTE.finditer(attributes)}
    return not wanted or given.get(name) == value.strip('"') or (name in given and "…" in value)


def _foreign(tag: str, connector: type[Connector]) -> Sentence:
    known = ", ".join(f"<{name} {wanted}>" if wanted else f"<{name}>" for name, wanted in connector.markup_tags.items())
    values = {"tag": tag, "label": connector.label, "known": known}
    return said("%(label)s does not take the tag <%(tag)s>, only these: %(known)s.", **values)


def _order_faults(text: str) -> list[str]:
    waiting: list[str] = []
    for match in _TAG.finditer(text):
        name = match[2].lower()
        if not match[1]:
            waiting.append(name)
        elif not waiting or waiting.pop() != name:
            return [said("The tag </%(name)s> closes nothing.", name=name)]
    return [said("The tag <%(name)s> is never closed.", name=name) for name in waiting]


def _unreadable(text: str, connector: type[Connector]) -> list[str]:
    complaint = connector.markup_fault(text)
    loose = (match[0] for match in _TAG.finditer(text) if not match[1] and not _ATTRIBUTES.fullmatch(match[3]))
    if complaint and (tag := next(loose, "")):
        return [said("Put the values inside %(tag)s in quotes.", tag=tag)]
    values = {"label": connector.label, "complaint": complaint}
    return [said("%(label)s can't read this as HTML: %(complaint)s.", **values)] if complaint else []


def on_trial(body: str, connector: type[Connector]) -> str:
    """A template to be tried on a sample, with a value for each attribute that must have one and has it from data.

    What data will hold is not known, so a sample that lacks it says nothing about the template.
    """
    for name in {wanted.partition("=")[0] for wanted in connector.markup_tags.values() if "…" in wanted}:
        body = re.sub(_FROM_DATA % re.escape(name), r'\1"1"', body)
    return body
