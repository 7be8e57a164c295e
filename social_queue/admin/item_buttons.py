"""What may be done with one item or many of them."""

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSplitDateTimeWidget

from social_queue import cards, operations, states
from social_queue.admin.actions import each, limited, report
from social_queue.admin.buttons import Button
from social_queue.models import Post, QueueItem
from social_queue.sentences import translated
from social_queue.tally import Done

Q = QueueItem.Status
P = Post.Status


class WhenForm(forms.Form):
    """Another time for what has not gone."""

    publish_at = forms.SplitDateTimeField(label=_("Publish at"), widget=UnfoldAdminSplitDateTimeWidget())


def _press(operation, label: str):
    def act(request: HttpRequest, item: QueueItem) -> None:
        done = each([item], lambda row: operation(row, now=timezone.now()))
        report(request, done, what=str(label))

    return act


def _reschedule(request: HttpRequest, item: QueueItem) -> None:
    form = WhenForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("That is no date and time; nothing was changed."))
        return
    done = operations.reschedule(item, form.cleaned_data["publish_at"], now=timezone.now())
    report(request, done, what=gettext("Reschedule"))


def _make_card(request: HttpRequest, item: QueueItem) -> None:
    try:
        cards.card_for(item.title, item.data)
    except cards.BadCard as fault:
        why = " ".join(translated(sentence) for said in fault.fields.values() for sentence in said)
        messages.error(request, gettext("No card can be drawn: %(why)s") % {"why": why})
    else:
        messages.success(request, gettext("The picture card is drawn; see below."))


def _has(*statuses: str):
    return lambda item: item.posts.filter(status__in=statuses).exists()


def _may_be_cancelled(item: QueueItem) -> bool:
    open_posts = [status for status, to in states.ARROWS if to == P.CANCELLED]
    return item.status in (Q.DRAFT, Q.SKIPPED) or _has(*open_posts)(item)


def _waits(item: QueueItem) -> bool:
    return item.status in (Q.DRAFT, Q.READY, Q.SKIPPED)


BUTTONS = (
    Button(
        "approve",
        _("Approve"),
        _press(operations.approve, _("Approve")),
        lambda item: item.status == Q.DRAFT,
        "check",
        "primary",
    ),
    Button(
        "send-anyway",
        _("Send anyway"),
        _press(operations.send_anyway, _("Send anyway")),
        lambda item: item.status == Q.SKIPPED,
        "send",
        "primary",
    ),
    Button("retry", _("Retry failed"), _press(operations.retry_item, _("Retry")), _has(P.FAILED), "refresh", "primary"),
    Button("requeue", _("Send now"), _press(operations.requeue_item, _("Send now")), _has(P.PENDING), "bolt"),
    Button("card", _("Make picture card"), _make_card, lambda item: True, "image"),
    Button(
        "cancel",
        _("Cancel"),
        _press(operations.cancel_item, _("Cancel")),
        _may_be_cancelled,
        "block",
        "danger",
        ask=_("Cancel everything of this item that is not out yet?"),
    ),
    Button("reschedule", _("Reschedule"), _reschedule, _waits, "schedule", fields="admin/desk/when.html"),
)


class ItemActions:
    """Bulk actions on items."""

    actions = ("retry_failed", "requeue_now", "cancel_items", "approve", "send_anyway", "reschedule")

    @admin.action(description=_("Retry failed"), permissions=["change"])
    def retry_failed(self, request: HttpRequest, queryset: QuerySet) -> None:
        """Every failed post of the chosen items."""
        self._on_each(request, queryset, operations.retry_item, gettext("Retry failed"))

    @admin.action(description=_("Requeue now"), permissions=["change"])
    def requeue_now(self, request: HttpRequest, queryset: QuerySet) -> None:
        """Every pending or failed post of the chosen items is due now."""
        self._on_each(request, queryset, operations.requeue_item, gettext("Requeue now"))

    @admin.action(description=_("Cancel"), permissions=["change"])
    def cancel_items(self, request: HttpRequest, queryset: QuerySet) -> None:
        """Whatever of the chosen items is not out yet."""
        self._on_each(request, queryset, operations.cancel_item, gettext("Cancel"))

    @admin.action(description=_("Approve drafts"), permissions=["change"])
    def approve(self, request: HttpRequest, queryset: QuerySet) -> None:
        """Drafts get their posts."""
        self._on_each(request, queryset, operations.approve, gettext("Approve"))

    @admin.action(description=_("Send skipped anyway"), permissions=["change"])
    def send_anyway(self, request: HttpRequest, queryset: QuerySet) -> None:
        """Skipped items go out although they repeat others."""
        self._on_each(request, queryset, operations.send_anyway, gettext("Send anyway"))

    @admin.action(description=_("Reschedule…"), permissions=["change"])
    def reschedule(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """First a page that asks when."""
        form = WhenForm(request.POST if "reschedule" in request.POST else None)
        if form.is_valid():
            moment = form.cleaned_data["publish_at"]
            self._on_each(
                request,
                queryset,
                lambda item, *, now: operations.reschedule(item, moment, now=now),
                gettext("Reschedule"),
            )
            return None
        return self._ask_when(request, queryset, form)

    def _on_each(self, request: HttpRequest, queryset: QuerySet, operation, what: str) -> None:
        now = timezone.now()
        done = each(limited(request, queryset), lambda item: operation(item, now=now) or Done())
        report(request, done, what=what)

    def _ask_when(self, request: HttpRequest, queryset: QuerySet, form: forms.Form) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Reschedule"),
            "opts": self.opts,
            "media": self.media + form.media,
            "form": form,
            "count": len(request.POST.getlist("_selected_action")),
            "chosen": request.POST.getlist("_selected_action"),
            "select_across": request.POST.get("select_across", "0"),
            "items": queryset.order_by("pk")[:20],
        }
        return TemplateResponse(request, "admin/desk/reschedule.html", context)
