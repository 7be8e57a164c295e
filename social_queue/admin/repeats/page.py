"""Repeats: what is said again and again, when it comes next, and its end."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from social_queue.admin.acts.buttons import Button, WithButtons
from social_queue.admin.base import DeskAdmin, Ledger
from social_queue.admin.pieces import filters, looks
from social_queue.admin.repeats import shown
from social_queue.models import QueueItem, Series
from social_queue.operations import repeats
from social_queue.timing import rules_in_words, upcoming

_SHOWN = 20


def _end(request: HttpRequest, series: Series) -> None:
    done = repeats.cancel(series, now=timezone.now())
    if done is None:
        messages.warning(request, gettext("It has ended already."))
        return
    told = ngettext(
        "The repeat has ended; %(count)d item that was laid down is cancelled.",
        "The repeat has ended; %(count)d items that were laid down are cancelled.",
        done.taken,
    )
    was = gettext("It was: %(words)s.") % {"words": rules_in_words.of(series)}
    messages.success(request, f"{told % {'count': done.taken}} {was}")


@admin.register(Series)
class SeriesAdmin(WithButtons[Series], Ledger, DeskAdmin):
    """One rule; each of its times is an ordinary item."""

    buttons = (
        Button(
            "end",
            _("End the repeat"),
            _end,
            lambda series: series.cancelled_at is None,
            "event_busy",
            "danger",
            ask=_("End it? What was laid down and has not gone is cancelled; that can't be taken back."),
        ),
    )
    list_display = ("what", "state", "in_words", "next_time", "source")
    list_display_links = ("what",)
    list_filter = (filters.SourceFilter,)
    sortable_by = ()
    fields = ("what", "state", "whole_rule", "next_times", "begins", "last", "zone", "source", "coming")
    readonly_fields = fields

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A repeat is a row of items, so whoever sees those."""
        return request.user.has_perm("queue.view_queueitem")

    def may_press(self, request: HttpRequest, row: Series) -> bool:
        """Whoever may change what it lays down."""
        return request.user.has_perm("queue.change_queueitem")

    def panel(self, request: HttpRequest, row: Series) -> dict[str, Any]:
        """How one changes it, since its page has no fields."""
        said = gettext(
            "Open its next item to change it: what it says by “Say so in all that follow”, how often by “Repeat”."
        )
        coming = self._to_come(row).first()
        links = [looks.link(coming, gettext("The next item"))] if coming else []
        return {"chip": self.state(row), "links": links, "sentences": [said] if self._next(row) else []}

    @display(description=_("item"))
    def what(self, series: Series) -> str:
        return looks.short(str(series.payload.get("title", "")), 70)

    @display(description=_("status"))
    def state(self, series: Series) -> str:
        if series.cancelled_at:
            return looks.chip(gettext("ended"), "quiet")
        return looks.chip(gettext("goes on"), "good") if self._next(series) else looks.chip(gettext("over"), "quiet")

    @display(description=_("rule"))
    def in_words(self, series: Series) -> str:
        return shown.in_short(series)

    @display(description=_("rule"))
    def whole_rule(self, series: Series) -> str:
        return shown.rule(series)

    @display(description=_("next times"))
    def next_times(self, series: Series) -> str:
        return shown.next_times(series)

    @display(description=_("next"))
    def next_time(self, series: Series) -> str:
        return looks.moment(self._next(series))

    @display(description=_("begins"))
    def begins(self, series: Series) -> str:
        return looks.moment(series.begins_at)

    @display(description=_("until"))
    def last(self, series: Series) -> str:
        return shown.last(series)

    @display(description=_("laid down"))
    def coming(self, series: Series) -> str:
        items = self._to_come(series)[:_SHOWN]
        rows = (
            (looks.moment(item.publish_at), looks.status_chip(item), looks.link(item, item.title)) for item in items
        )
        drawn = format_html_join("", "<tr><td>{}</td><td>{}</td><td>{}</td></tr>", rows)
        return format_html('<table class="ap-table">{}</table>', drawn) if drawn else "–"

    def _to_come(self, series: Series) -> QuerySet[QueueItem]:
        return series.items.filter(publish_at__gte=timezone.now()).order_by("publish_at")

    def _next(self, series: Series) -> Any:
        return upcoming.moment(series, now=timezone.now())
