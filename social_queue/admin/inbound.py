"""Webhook deliveries as they arrived."""

import json

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from social_queue.admin import filters, looks
from social_queue.admin.base import DeskAdmin, Ledger
from social_queue.models import WebhookLog

_S = WebhookLog.Status
_TONES = {_S.RECEIVED: "busy", _S.ACCEPTED: "good", _S.DUPLICATE: "quiet", _S.REJECTED: "care", _S.ERROR: "bad"}


@admin.register(WebhookLog)
class DeliveryAdmin(Ledger, DeskAdmin):
    """One delivery, kept raw before anything was done with it."""

    list_display = ("received", "source", "state", "signed", "http_status", "what", "item_link")
    list_display_links = ("received",)
    list_filter = (filters.choices("status"), filters.SourceFilter, filters.from_to("received_at"))
    list_select_related = ("item",)
    search_fields = ("delivery_id",)
    search_help_text = _("Id of a delivery")
    sortable_by = ()
    ordering = ("-received_at", "-id")
    fields = (
        *("received_at", "source", "state", "http_status", "detail", "item_link", "signed", "delivery_id"),
        *("remote_ip", "body_text", "headers_text", "answer_text"),
    )
    readonly_fields = ("state", "item_link", "signed", "body_text", "headers_text", "answer_text")

    def get_queryset(self, request):
        """Lists don't carry the bodies."""
        rows = super().get_queryset(request)
        return rows if request.resolver_match.kwargs.get("object_id") else rows.defer("body", "headers", "answer")

    @display(description=_("received"))
    def received(self, delivery: WebhookLog) -> str:
        return looks.moment(delivery.received_at)

    @display(description=_("status"))
    def state(self, delivery: WebhookLog) -> str:
        return looks.chip(delivery.get_status_display(), _TONES.get(delivery.status, "quiet"))

    @display(description=_("signature good"), boolean=True)
    def signed(self, delivery: WebhookLog) -> bool:
        return delivery.signature_ok

    @display(description=_("what happened"))
    def what(self, delivery: WebhookLog) -> str:
        return looks.short(delivery.detail, 80)

    @display(description=_("item"))
    def item_link(self, delivery: WebhookLog) -> str:
        return looks.link(delivery.item, delivery.item.title[:60]) if delivery.item else "–"

    @display(description=_("body"))
    def body_text(self, delivery: WebhookLog) -> str:
        return looks.raw(_pretty(bytes(delivery.body)))

    @display(description=_("headers"))
    def headers_text(self, delivery: WebhookLog) -> str:
        return looks.raw("\n".join(f"{name}: {value}" for name, value in delivery.headers.items()))

    @display(description=_("answer"))
    def answer_text(self, delivery: WebhookLog) -> str:
        return looks.raw(json.dumps(delivery.answer, indent=2, ensure_ascii=False))


def _pretty(body: bytes) -> str:
    """JSON indented, anything else as it is, at most 64 KiB of it."""
    text = body[:65_536].decode("utf-8", "replace")
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text
