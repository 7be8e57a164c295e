"""Webhook sources: who may push signed deliveries, with which secret, and how their bodies are read."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from social_queue.access import senders
from social_queue.admin.acts.actions import report, yes_or_no
from social_queue.admin.acts.buttons import Button, WithButtons
from social_queue.admin.base import NoAddAnother
from social_queue.admin.inbound.keys import show_once
from social_queue.admin.inbound.mapped import ChannelsField, MapField, MappedForm, TryingAdmin, shown
from social_queue.admin.pieces import filters, looks
from social_queue.models import WebhookSource
from social_queue.reading import strict_json
from social_queue.sentences import translated
from social_queue.webhooks import field_map, map_rules, signing_secrets
from social_queue.webhooks.trying import nowhere, samples


class SourceForm(MappedForm):
    """Name, scheme, map and where its items go."""

    field_map = MapField(
        label=_("Field map"),
        help_text=_("Where the value of each of our fields stands in a body. Empty: bodies are ingest bodies already."),
    )
    #: There was a new map, and nothing to try it on.
    is_untried = False

    default_channels = ChannelsField(
        help_text=_("For bodies that name none. Nothing chosen means every active account.")
    )

    class Meta:
        model = WebhookSource
        fields = (
            *("slug", "scheme", "header", "same_bytes_once", "field_map", "default_channels"),
            *("arrives_as_draft", "paused"),
        )

    def clean_slug(self) -> str:
        """A name that no key and no feed has."""
        slug = self.cleaned_data["slug"]
        if self.instance.pk is None and (fault := senders.fault(slug, WebhookSource)):
            raise forms.ValidationError(translated(fault))
        return slug

    def clean_field_map(self) -> dict:
        """Every fault of the map at once."""
        if faults := map_rules.faults_of(self.cleaned_data["field_map"]):
            raise forms.ValidationError([translated(fault) for fault in faults])
        return self.cleaned_data["field_map"]

    def _post_clean(self) -> None:
        """After all other rules: a new map is tried on what came last, and on the sample of the tester."""
        super()._post_clean()  # type: ignore[misc]  # Django's own step, which the stubs leave out
        if self.errors or "field_map" not in self.changed_data or not self.cleaned_data["field_map"]:
            return
        typed = self.data.get("sample", "")
        try:
            found = samples.together(self.instance.slug, typed)
        except strict_json.NotJson as fault:
            self.add_error("field_map", gettext("The sample is not JSON: %(why)s") % {"why": translated(str(fault))})
            return
        self.is_untried = not found.bodies
        self.say(nowhere.sentences(self.cleaned_data["field_map"], found.bodies, among=found.among))


@admin.register(WebhookSource)
class SourceAdmin(WithButtons[WebhookSource], NoAddAnother, TryingAdmin):
    """A system that pushes signed deliveries."""

    form = SourceForm
    change_form_outer_after_template = "admin/desk/map_tester.html"
    list_display = ("slug", "scheme", "state", "address", "arrives_as_draft", "deliveries")
    list_filter = (filters.choices("scheme"),)
    search_fields = ("slug",)
    sortable_by = ()
    readonly_fields = ("address", "previous_valid_until", "created_at")

    @property
    def buttons(self) -> tuple[Button[WebhookSource], ...]:
        """A new secret answers with a page of its own, so it needs this admin."""
        ask = _("The present secret goes on working for a day. Make a new one?")
        ask_end = _("Whoever signs with the old secret is refused at once. Does the sender have the new one?")
        return (
            Button("rotate", _("New secret"), self._rotate, lambda source: True, "autorenew", ask=ask),
            Button("end-old", _("End the old secret now"), _end_old, _old_works, "block", "danger", ask=ask_end),
        )

    def get_fieldsets(self, request: HttpRequest, obj: WebhookSource | None = None) -> Any:
        """The map last: it is the longest."""
        known = ("address", "previous_valid_until", "created_at") if obj else ()
        return (
            (None, {"fields": ("slug", "scheme", "header", "same_bytes_once", "arrives_as_draft", "paused", *known)}),
            (_("How its bodies are read"), {"fields": ("default_channels", *self.map_fields(request))}),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: WebhookSource | None = None) -> Any:
        """The slug is in the sender's address and in every row that came through it; the scheme made the secret."""
        return (*self.readonly_fields, "slug", "scheme") if obj else self.readonly_fields

    def save_model(self, request: HttpRequest, obj: WebhookSource, form: forms.ModelForm, change: bool) -> None:
        """A new source gets its secret."""
        if not change:
            cast(Any, request).ap_secret = signing_secrets.begin(obj)
        super().save_model(request, obj, form, change)
        if cast(SourceForm, form).is_untried:
            messages.info(request, translated(samples.UNTRIED))

    def response_add(
        self, request: HttpRequest, obj: WebhookSource, post_url_continue: str | None = None
    ) -> HttpResponse:
        """The secret itself, once."""
        return self._show(request, obj, cast(Any, request).ap_secret)

    def panel(self, request: HttpRequest, row: WebhookSource) -> dict:
        """Whether it is open, and where to push to."""
        said = []
        if _old_works(row) and row.previous_valid_until:
            ends = looks.distance(row.previous_valid_until)
            said = [gettext("The old secret works on; it ends %(when)s.") % {"when": ends}]
        return {"chip": self.state(row), "sentences": said}

    def tried(self, request: HttpRequest) -> dict[str, Any]:
        """What the map as typed makes of a sample body."""
        body = request.POST.get("sample", "")
        if not body.strip():
            return {}
        try:
            typed = MapField().clean(request.POST.get("field_map", ""))
        except forms.ValidationError as fault:
            return {"faults": fault.messages}
        if faults := map_rules.faults_of(typed):
            return {"faults": [translated(fault) for fault in faults]}
        channels = request.POST.getlist("default_channels")
        trials = shown(field_map.try_on(typed, body, now=timezone.now(), channels=channels))
        return {"trials": trials, "nowhere": _nowhere(typed, body)}

    def _rotate(self, request: HttpRequest, source: WebhookSource) -> HttpResponse:
        return self._show(request, source, signing_secrets.rotate(source, now=timezone.now()))

    def _show(self, request: HttpRequest, source: WebhookSource, secret: str) -> HttpResponse:
        title = gettext("The secret of %(name)s") % {"name": source.slug}
        return show_once(request, self, secret=secret, title=title, back=self._address("change", source.pk))

    @display(description=_("status"))
    def state(self, source: WebhookSource) -> str:
        return looks.chip(gettext("paused"), "quiet") if source.paused else looks.chip(gettext("open"), "good")

    @display(description=_("address"))
    def address(self, source: WebhookSource) -> str:
        return f"/api/autopost/webhook/{source.slug}"

    @display(description=_("deliveries"))
    def deliveries(self, source: WebhookSource) -> str:
        return looks.listed("webhooklog", gettext("show"), source=source.slug)


def _nowhere(typed: dict, sample: str) -> list[str]:
    """The rules that lead to nothing in the sample; one that is no JSON is a fault already."""
    try:
        found = samples.together("", sample)
    except strict_json.NotJson:
        return []
    return [translated(sentence) for sentence in nowhere.sentences(typed, found.bodies, among=found.among)]


def _old_works(source: WebhookSource) -> bool:
    return signing_secrets.old_works(source, now=timezone.now())


def _end_old(request: HttpRequest, source: WebhookSource) -> None:
    done = yes_or_no(signing_secrets.end_old(source), gettext("has no old secret"))
    report(request, done, what=gettext("End the old secret now"))
