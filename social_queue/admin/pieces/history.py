"""What Django's history says that somebody did, in the reader's language."""

from django.contrib.admin.models import LogEntry
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

#: Verbs of the table, as Django numbers them.
_VERBS = {1: _("added"), 2: _("changed"), 3: _("deleted")}


def said(row: LogEntry) -> str:
    """The words of a button are kept in English, those of a form as the names of its fields."""
    message = row.get_change_message()
    if row.change_message.startswith("["):
        return message
    return gettext(message) if message else str(_VERBS.get(row.action_flag, ""))
