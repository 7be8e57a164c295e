"""Webhook deliveries as they arrived."""

import json

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from social_queue.admin.acts.actions import act_on, report, yes_or_no
from social_queue.admin.acts.buttons import Button, WithButtons
from social_queue.admin.base import DeskAdmin, Ledger
from social_queue.admin.pieces import filters, looks
from social_queue.admin.posts import troubles
from social_queue.models import WebhookLog
from social_queue.operations.done import Done
from social_queue.reading import strict_json
from social_queue.sentences import translated
from social_queue.webhooks import inbox, signatures, sources

_S = WebhookLog.Status
_TONES: dict[str, str] = {_S.RECEIVED: "busy", _S.ACCEPTED: "good", _S.DUPLICATE: "quiet", _S.IGNORED: "quiet"}
_TONES |= {_S.REJECTED: "care", _S.ERROR: "bad"}


def _replay(delivery: WebhookLog, *, trust_unsigned: bool = False) -> Done:
    try:
        status, body = inbox.replay(delivery, now=timezone.now(), trust_unsigned=trust_unsigned)
    except inbox.CannotReplay as fault:
        return yes_or_no(False, translated(str(fault)))
    return yes_or_no(status < 400, translated(body.get("error", {}).get("message", str(status))))


def _press(request: HttpRequest, delivery: WebhookLog) -> None:
    report(request, _replay(delivery), what=gettext("Replay"))


def _press_unsigned(request: HttpRequest, delivery: WebhookLog) -> None:
    report(request, _replay(delivery, trust_unsigned=True), what=gettext("Replay"))


BUTTONS: tuple[Button[WebhookLog], ...] = (
    Button("replay", _("Replay"), _press, lambda delivery: delivery.signature_ok, "replay", "primary"),
    Button(
        "replay-unsigned",
        _("Replay although nobody signed it"),
        _press_unsigned,
        lambda delivery: not delivery.signature_ok,
        "replay",
        "danger",
        ask=_("Its signature was not good, so anybody may have sent it. Have you read the body?"),
    ),
)


@admin.register(WebhookLog)
class DeliveryAdmin(WithButtons[WebhookLog], Ledger, DeskAdmin):
    """One delivery, kept raw before anything was done with it."""

    buttons = BUTTONS
    actions = ("replay",)
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
        *("remote_ip", "repeats", "body_size", "body_sha256", "body_text", "headers_text", "answer_text"),
    )
    readonly_fields = (
        *("state", "item_link", "signed", "repeats", "body_size", "body_sha256"),
        *("body_text", "headers_text", "answer_text"),
    )

    def called(self, row: WebhookLog) -> str:
        """Without a look at its source."""
        return row.delivery_id or f"{row.pk}"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Lists don't carry the bodies."""
        rows = super().get_queryset(request)
        of_one = request.resolver_match and request.resolver_match.kwargs.get("object_id")
        return rows if of_one else rows.defer("body", "headers", "answer")

    def may_press(self, request: HttpRequest, row: WebhookLog | None) -> bool:
        """The rows are read-only, but replaying one makes items."""
        return request.user.has_perm("queue.change_webhooklog")

    def has_replay_permission(self, request: HttpRequest) -> bool:
        """The same for many."""
        return self.may_press(request, None)

    def panel(self, request: HttpRequest, row: WebhookLog) -> dict:
        """What became of it."""
        said = [gettext("Replaying runs today's field map on this body.")] if self.may_press(request, row) else []
        return {"chip": self.state(row), "kind": troubles.of_delivery(row), "error": row.detail, "sentences": said}

    @admin.action(description=_("Replay"), permissions=["replay"])
    def replay(self, request: HttpRequest, queryset: QuerySet) -> None:
        """Today's field map on old bodies."""
        act_on(request, queryset, _replay, what=_("Replay"))

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
        return troubles.with_details(troubles.of_delivery(delivery), delivery.detail, 80) if delivery.detail else "–"

    @display(description=_("item"))
    def item_link(self, delivery: WebhookLog) -> str:
        return looks.link(delivery.item, delivery.item.title[:60]) if delivery.item else "–"

    @display(description=_("body"))
    def body_text(self, delivery: WebhookLog) -> str:
        return looks.raw(_pretty(bytes(delivery.body)))

    @display(description=_("headers"))
    def headers_text(self, delivery: WebhookLog) -> str:
        source = sources.find(delivery.source)
        shown = signatures.shown(delivery.headers, signature_header=source.header if source else "")
        return looks.raw("\n".join(f"{name}: {value}" for name, value in shown.items()))

    @display(description=_("answer"))
    def answer_text(self, delivery: WebhookLog) -> str:
        return looks.as_json(delivery.answer)


def _pretty(body: bytes) -> str:
    """JSON indented, anything else as it is, at most 64 KiB of it."""
    text = body[:65_536].decode("utf-8", "replace")
    try:
        return json.dumps(strict_json.parse(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text
