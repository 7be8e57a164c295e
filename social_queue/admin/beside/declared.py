"""The fields of a form that say whether a machine made an item, and what readers then see where."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

import connectors
from social_queue.models import PlatformAccount
from social_queue.wording import labels
from social_queue.wording.templates import finding

YES, NO = "yes", "no"
FIELDS = ("ai_generated", "ai_tool")
#: What the choice without an answer means, by the site's AI_LABEL.
_NOTHING_SAID = {
    "undeclared": _("not said: no label"),
    "always": _("not said: labelled all the same"),
    "refuse": _("not said yet"),
}
MUST_BE_SAID = _("Say whether a machine made it: this desk publishes nothing that does not (AI_LABEL=refuse).")


def choices() -> list[tuple[str, Any]]:
    """Not said, yes and no."""
    return [("", _NOTHING_SAID[settings.AI_LABEL]), (YES, _("yes: it is labelled")), (NO, _("no"))]


def read(generated: object, tool: object) -> dict[str, Any] | None:
    """As ``ai`` of an ingest body has it; None where nothing was said."""
    if generated not in (YES, NO):
        return None
    named = str(tool or "").strip()
    return {"generated": generated == YES} | ({"tool": named} if named else {})


def filled(held: dict[str, Any] | None) -> dict[str, str]:
    """The two fields as they are shown of a declaration."""
    if held is None:
        return {"ai_generated": "", "ai_tool": ""}
    return {"ai_generated": YES if held.get("generated") else NO, "ai_tool": str(held.get("tool") or "")}


def shown(held: dict[str, Any] | None) -> str:
    """The same in a word, for an item that is only looked at."""
    if held is None:
        return "–"
    said = gettext("yes") if held.get("generated") else gettext("no")
    return f"{said} ({held['tool']})" if held.get("tool") else said


def ways(accounts: Iterable[PlatformAccount]) -> list[tuple[str, str]]:
    """(slug, what readers of it see of the label), for each account."""
    shelf = finding.Shelf()
    return [(account.slug, _way(account, shelf)) for account in accounts]


def _way(account: PlatformAccount, shelf: finding.Shelf) -> str:
    connector = connectors.get(account.platform)
    if connector.ai_label == "flag":
        return gettext("the platform's own flag")
    if line := labels.line_of(connector, account.options, shelf=shelf):
        return gettext("the line “%(line)s” below the text") % {"line": line}
    if connector.ai_label == "line":
        return gettext("nothing: the account's option ai_line is off")
    return gettext("nothing: the platform has no label")
