"""Subscriptions: which programs receive which events, where one stopped, and its secret, shown once."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from social_queue.admin.acts.actions import report, yes_or_no
from social_queue.admin.acts.buttons import Button, WithButtons
from social_queue.admin.base import DeskAdmin, NoAddAnother
from social_queue.admin.inbound.keys import show_once
from social_queue.admin.pieces import filters, looks
from social_queue.events import receivers, signing, trying
from social_queue.models import EventType, Subscription, SubscriptionStatus
from social_queue.sentences import translated

_TONES: dict[str, str] = {
    SubscriptionStatus.ACTIVE: "good",
    SubscriptionStatus.PAUSED: "care",
    SubscriptionStatus.ENDED: "quiet",
}


class SubscriptionForm(forms.ModelForm):
    """Where to, and of what."""

    types = forms.MultipleChoiceField(
        label=_("Events"),
        choices=EventType.choices,
        required=False,
        help_text=_("Nothing chosen means all of them."),
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
    )

    class Meta:
        model = Subscription
        fields = ("url", "types")

    def clean_url(self) -> str:
        """An address that events may be sent to."""
        if fault := receivers.fault_of_url(self.cleaned_data["url"]):
            raise forms.ValidationError(translated(fault))
        return self.cleaned_data["url"]


def _resume(request: HttpRequest, row: Subscription) -> None:
    done = receivers.resume(row, now=timezone.now())
    report(request, yes_or_no(done, gettext("is active already")), what=gettext("Resume"))


def _pause(request: HttpRequest, row: Subscription) -> None:
    done = receivers.pause(row, now=timezone.now())
    report(request, yes_or_no(done, gettext("is paused already")), what=gettext("Pause"))


def _hello(request: HttpRequest, row: Subscription) -> None:
    sending = trying.say_hello(row, now=timezone.now())
    report(request, yes_or_no(not sending.error, sending.error), what=gettext("Send a test event"))


@admin.register(Subscription)
class SubscriptionAdmin(WithButtons, NoAddAnother, DeskAdmin):
    """An address that events are sent to."""

    form = SubscriptionForm
    list_display = ("url", "state", "told_of", "behind", "next_try", "sent")
    list_filter = (filters.choices("status"),)
    list_select_related = ("key",)
    search_fields = ("url",)
    sortable_by = ()
    readonly_fields = ("made_by", "told_of", "behind", "next_try", "previous_valid_until", "created_at", "sent")

    @property
    def buttons(self) -> tuple[Button, ...]:
        """A new secret answers with a page of its own, so it needs this admin."""
        ask = _("The present secret goes on signing beside it for a day. Make a new one?")
        return (
            Button("resume", _("Resume"), _resume, _is_stopped, "play_arrow", "primary"),
            Button("pause", _("Pause"), _pause, lambda row: row.status == SubscriptionStatus.ACTIVE, "pause"),
            Button("test", _("Send a test event"), _hello, lambda row: True, "send"),
            Button("rotate", _("New secret"), self._rotate, lambda row: row.item_id is None, "autorenew", ask=ask),
        )

    def get_fieldsets(self, request: HttpRequest, obj: Subscription | None = None) -> Any:
        """What is known once it exists."""
        known = ("made_by", "behind", "next_try", "previous_valid_until", "created_at", "sent") if obj else ()
        return ((None, {"fields": ("url", "types", *known)}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Subscription | None = None) -> Any:
        """Another address is another subscription: whoever is there has not heard what went before."""
        return (*self.readonly_fields, "url") if obj else self.readonly_fields

    def save_model(self, request: HttpRequest, obj: Subscription, form: forms.ModelForm, change: bool) -> None:
        """A new one gets its secret and its place."""
        if change:
            super().save_model(request, obj, form, change)
            return
        cast(Any, request).ap_secret = receivers.begin(obj)

    def delete_model(self, request: HttpRequest, obj: Subscription) -> None:
        """With its alert."""
        receivers.remove(obj, now=timezone.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Subscription]) -> None:
        """Several, each with its alert."""
        for row in queryset:
            self.delete_model(request, row)

    def response_add(
        self, request: HttpRequest, obj: Subscription, post_url_continue: str | None = None
    ) -> HttpResponse:
        """The secret itself, once."""
        return self._show(request, obj, cast(Any, request).ap_secret)

    def panel(self, request: HttpRequest, row: Subscription) -> dict:
        """Whether it receives events, and if not, why."""
        return {"chip": self.state(row), "error": row.last_error}

    def _rotate(self, request: HttpRequest, row: Subscription) -> HttpResponse:
        return self._show(request, row, signing.rotate(row, now=timezone.now()))

    def _show(self, request: HttpRequest, row: Subscription, secret: str) -> HttpResponse:
        title = gettext("The secret of %(name)s") % {"name": row.host}
        return show_once(request, self, secret=secret, title=title, back=self._address("change", row.pk))

    @display(description=_("status"))
    def state(self, row: Subscription) -> str:
        return looks.chip(row.get_status_display(), _TONES[row.status])

    @display(description=_("events"))
    def told_of(self, row: Subscription) -> str:
        if row.item_id:
            return gettext("those of item %(number)d") % {"number": row.item_id}
        return ", ".join(row.types) or gettext("all of them")

    @display(description=_("made by"))
    def made_by(self, row: Subscription) -> str:
        return row.key.name if row.key else "–"

    @display(description=_("still to be told"))
    def behind(self, row: Subscription) -> str:
        waiting = receivers.numbered_after(row, row.after)[:100].count()
        return "99+" if waiting >= 100 else str(waiting)

    @display(description=_("next try"))
    def next_try(self, row: Subscription) -> str:
        return looks.moment(row.retry_at)

    @display(description=_("log"))
    def sent(self, row: Subscription) -> str:
        return looks.listed("eventsending", gettext("show"), subscription__id__exact=str(row.pk))


def _is_stopped(row: Subscription) -> bool:
    return row.status != SubscriptionStatus.ACTIVE or row.failures > 0
