"""Alerts: what was sent to a human, and what is still open."""

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from social_queue.admin import reach
from social_queue.admin.base import DeskAdmin, Ledger
from social_queue.admin.pieces import filters, looks
from social_queue.admin.pieces.exports import Exported
from social_queue.admin.posts import troubles
from social_queue.models import Alert


@admin.register(Alert)
class AlertAdmin(Exported, Ledger, DeskAdmin):
    """One problem, from the moment it is raised until it is over."""

    list_display = ("state", "sentence", "about", "raised", "occurrences", "telling")
    list_display_links = ("state",)
    list_filter = (
        filters.OpenFilter,
        filters.choices("kind"),
        filters.AccountFilter,
        filters.from_to("raised_at"),
    )
    list_select_related = ("account", "post__account", "post__item")
    columns = (
        *((name, name) for name in ("id", "kind", "text", "raised_at", "resolved_at", "occurrences", "sent_at")),
        ("account", lambda alert: alert.account.slug if alert.account else ""),
        ("post", "post_id"),
    )
    search_fields = ("text",)
    sortable_by = ()
    fields = (
        "state",
        "kind",
        "todo",
        "words",
        "about",
        "raised_at",
        "resolved_at",
        "occurrences",
        "telling",
        "send_error",
    )
    readonly_fields = ("state", "todo", "words", "about", "telling")

    def get_ordering(self, request: HttpRequest) -> tuple:
        """Open ones first, the newest of each first."""
        return (F("resolved_at").desc(nulls_first=True), "-raised_at", "-id")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """Among the newest, or further back."""
        if not search_term.strip():
            return queryset, False
        found = reach.matching(request, Alert, "text", search_term, since="raised_at")
        return queryset.filter(pk__in=found), False

    @display(description=_("status"))
    def state(self, alert: Alert) -> str:
        return looks.chip(gettext("over"), "good") if alert.resolved_at else looks.chip(gettext("open"), "bad")

    @display(description=_("what is the matter"))
    def sentence(self, alert: Alert) -> str:
        first = looks.short(alert.text.partition("\n")[0], 140)
        # One box, or the narrow list would set kind and text side by side.
        sentence = '<div>{}<br><span class="ap-faint" lang="en">{}</span></div>'
        return format_html(sentence, alert.get_kind_display(), first)

    @display(description=_("what to do"))
    def todo(self, alert: Alert) -> str:
        return troubles.after(alert)

    @display(description=_("text"))
    def words(self, alert: Alert) -> str:
        return format_html('<div lang="en">{}</div>', looks.preserved(alert.text))

    @display(description=_("about"))
    def about(self, alert: Alert) -> str:
        if alert.post:
            return looks.link(alert.post, alert.post.item.title[:40])
        return looks.link(alert.account) if alert.account else "–"

    @display(description=_("raised"))
    def raised(self, alert: Alert) -> str:
        return looks.moment(alert.raised_at)

    @display(description=_("told"))
    def telling(self, alert: Alert) -> str:
        if alert.sent_at:
            return looks.moment(alert.sent_at)
        return looks.short(alert.send_error, 40) if alert.send_error else gettext("only here")
