"""Events as they were written, and every try at telling somebody of one."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from social_queue.admin.acts.actions import report, yes_or_no
from social_queue.admin.acts.buttons import Button, WithButtons
from social_queue.admin.base import DeskAdmin, Ledger
from social_queue.admin.pieces import filters, looks
from social_queue.events import trying
from social_queue.models import Event, EventSending


@admin.register(Event)
class EventAdmin(Ledger, DeskAdmin):
    """Something happened; programs receive events in this order."""

    list_display = ("sequence", "occurred", "type", "what")
    list_display_links = ("sequence", "occurred")
    list_filter = (filters.from_to("occurred_at"),)
    search_fields = ("=type", "=uid")
    search_help_text = _("Type or id of an event")
    sortable_by = ()
    fields = ("sequence", "uid", "type", "occurred_at", "source", "shown")
    readonly_fields = fields

    @display(description=_("occurred"))
    def occurred(self, event: Event) -> str:
        return looks.moment(event.occurred_at)

    @display(description=_("about"))
    def what(self, event: Event) -> str:
        item = event.data.get("item") or {}
        account = event.data.get("account") or {}
        return looks.short(" · ".join(filter(None, [str(item.get("title", "")), account.get("slug", "")])))

    @display(description=_("data"))
    def shown(self, event: Event) -> str:
        return looks.as_json(event.data)


def _again(request: HttpRequest, sending: EventSending) -> None:
    again = trying.replay(sending, now=timezone.now())
    report(request, yes_or_no(not again.error, again.error), what=gettext("Send again"))


def _can_go_again(sending: EventSending) -> bool:
    return sending.event_id is not None and sending.subscription_id is not None


@admin.register(EventSending)
class SendingAdmin(WithButtons, Ledger, DeskAdmin):
    """One try at telling one receiver of one event."""

    buttons = (Button("replay", _("Send again"), _again, _can_go_again, "replay", "primary"),)
    list_display = ("sent", "host", "event", "state", "number", "took_ms")
    list_display_links = ("sent",)
    list_filter = (("subscription", admin.RelatedOnlyFieldListFilter), filters.from_to("sent_at"))
    list_select_related = ("event", "subscription")
    sortable_by = ()
    fields = ("sent_at", "url", "event", "state", "number", "took_ms", "error")
    readonly_fields = fields

    def may_press(self, request: HttpRequest, row: EventSending) -> bool:
        """The rows are read-only, but sending one again tells somebody something."""
        return request.user.has_perm("queue.change_subscription")

    def panel(self, request: HttpRequest, row: EventSending) -> dict:
        """What came of it."""
        return {"chip": self.state(row), "error": row.error}

    @display(description=_("sent"))
    def sent(self, sending: EventSending) -> str:
        return looks.moment(sending.sent_at)

    @display(description=_("receiver"))
    def host(self, sending: EventSending) -> str:
        return sending.subscription.host if sending.subscription else looks.short(sending.url.partition("?")[0], 60)

    @display(description=_("answered"))
    def state(self, sending: EventSending) -> str:
        answered = str(sending.http_status or gettext("no answer"))
        return looks.chip(answered, "bad" if sending.error else "good")
