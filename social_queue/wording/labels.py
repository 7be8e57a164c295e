"""The label of what a machine made: a platform's own flag, or a line of the text where it has none."""

from collections.abc import Mapping

from django.conf import settings
from django.utils.html import escape

from connectors.base import Connector
from social_queue.models import QueueItem
from social_queue.wording.templates import finding


def is_made(item: QueueItem) -> bool:
    """Goes it out as made by a machine? What its maker declared counts, and else what the site says."""
    if item.ai is not None:
        return bool(item.ai.get("generated"))
    return bool(settings.AI_LABEL == "always")


def is_missing(item: QueueItem) -> bool:
    """Does the site want it declared, and nobody has?"""
    return bool(settings.AI_LABEL == "refuse" and item.ai is None)


def way(item: QueueItem, connector: type[Connector], options: Mapping[str, object]) -> str:
    """How readers are told: ``flag``, ``line``, or "" for not at all."""
    if not is_made(item) or (connector.ai_label == "line" and not options.get("ai_line", True)):
        return ""
    return connector.ai_label


def line(
    item: QueueItem,
    connector: type[Connector],
    options: Mapping[str, object],
    *,
    shelf: finding.Shelf | None = None,
) -> str:
    """The line that stands below the text, in the platform's markup; "" for none."""
    if not is_made(item):
        return ""
    words = line_of(connector, options, asked=str(item.meta.get("language", "")), shelf=shelf)
    return str(escape(words)) if connector.markup == "html" else words


def line_of(
    connector: type[Connector],
    options: Mapping[str, object],
    *,
    asked: str = "",
    shelf: finding.Shelf | None = None,
) -> str:
    """The line below whatever a machine made, on an account with these options, as people read it; "" for none.

    In the language that is ``asked`` for (a code such as ``id`` or ``pt-BR``), else the account's, else the first.
    """
    if connector.ai_label != "line" or not options.get("ai_line", True):
        return ""
    lines = (shelf or finding).label_lines()
    wished = (code.strip().lower().replace("_", "-") for code in (asked, str(options.get("language") or "")))
    names = [name for code in wished if code for name in (code, code.partition("-")[0])]
    return next((lines[name] for name in names if name in lines), next(iter(lines.values())))


def without(text: str, connector: type[Connector]) -> str:
    """The text without a line of ours at its end, in whatever language: it is to get the one that holds by now."""
    known = [*settings.AI_LINE.values(), *finding.label_lines().values()]
    lines = {str(escape(words)) if connector.markup == "html" else words for words in known}
    above, _gap, last = text.rpartition("\n\n")
    return above if above and last.strip() in lines else text


def under(text: str, below: str) -> str:
    """The text with that line; one that a person wrote there already is not doubled."""
    return text if not below or below in text else f"{text}\n\n{below}".strip()
