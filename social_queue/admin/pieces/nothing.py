"""What an empty list says: one sentence for each, and whether that is good."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

#: What a list says that has nothing to show, by its table; a filter or a search has a sentence of its own.
_NOTHING = {
    "queueitem": _("Nothing has come in yet. What your generators push in, or you write by hand, stands here."),
    "post": _("No post yet: an item becomes posts as soon as it is ready to go out."),
    "attempt": _("Nothing was tried yet."),
    "alert": _("No alert. Good."),
    "platformaccount": _("No account yet: add the first place to post to."),
    "captiontemplate": _("Nobody has changed the wording: posts read as they were shipped."),
    "cooldownrule": _("No rule: the same thing may be said twice in a row."),
    "apikey": _("No key yet: without one no program can push anything in."),
    "webhooksource": _("No source yet: nobody can deliver here."),
    "feed": _("No feed yet: add the address of an RSS, Atom or JSON feed, and its new entries become items."),
    "webhooklog": _("Nothing was delivered yet."),
    "failedlogin": _("Nobody has mistyped a password. Good."),
}
#: The same for the lists behind the menu's own entries: (table, parameter, value).
_OF_MENU = {
    ("post", "status__exact", "failed"): _("Nothing has failed. Good."),
    ("post", "status__exact", "unknown"): _("Nothing is undecided. Good."),
    ("post", "status__exact", "pending"): _("Nothing is waiting to go out."),
    ("queueitem", "status__exact", "draft"): _("No draft waits for approval."),
    ("queueitem", "status__exact", "failed"): _("Nothing has failed. Good."),
    ("alert", "open", "1"): _("Nothing is open. Good."),
}


def said_of(table: str, asked: dict[str, str]) -> str:
    """One sentence for an empty list; ``asked`` are the filters and the search in its address."""
    if len(asked) == 1:
        ((name, value),) = asked.items()
        if said := _OF_MENU.get((table, name, value)):
            return str(said)
    if asked:
        return gettext("Nothing fits what you asked for.")
    return str(_NOTHING.get(table, gettext("There is nothing here yet.")))
