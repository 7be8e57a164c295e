"""How posts are worded, and what is not said twice."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

import connectors
from connectors.base import Connector
from social_queue.admin import wording_help
from social_queue.admin.acts import conflict
from social_queue.admin.base import DeskAdmin, NoAddAnother
from social_queue.admin.items import previews
from social_queue.admin.pieces import filters, looks
from social_queue.admin.pieces.fields import NoteField, WordsField
from social_queue.admin.pieces.typed import person
from social_queue.models import CaptionTemplate, CooldownRule
from social_queue.sentences import translated
from social_queue.wording import markup
from social_queue.wording.faults import CaptionFault
from social_queue.wording.fit import Fitted, fit
from social_queue.wording.templates import engine, finding, names
from social_queue.wording.templates.facts import facts
from social_queue.wording.templates.names import Unknown

SAMPLE: dict[str, Any] = {
    "title": "Gates of Olympus: jam ramai malam ini",
    "summary": "RTP naik ke 97,2% menjelang pukul tujuh. Jam terbaiknya hanya dua jam, lalu turun pelan-pelan.",
    "link": "https://example.com/go/Ab3dEf9h",
    "hashtags": ("#GatesOfOlympus", "#JamRamai"),
    "data": {"game": "Gates of Olympus", "rtp": 97.2, "window": "19:00-21:00", "pattern": "A-B-A", "jam": "19:00"},
}


class TemplateForm(conflict.SeeingForm):
    """A wording for one platform and variant."""

    variant = forms.ChoiceField(label=_("Variant"), choices=(("A", "A"), ("B", "B")), widget=UnfoldAdminSelectWidget())
    #: The doubtful names that the editor has been shown; pressing again with the same ones means that they are meant.
    told = NoteField()

    class Meta:
        model = CaptionTemplate
        fields = ("platform", "variant", "body", "active")
        widgets = {"body": UnfoldAdminTextareaWidget(attrs={"rows": 14, "spellcheck": "true"})}

    def clean(self) -> dict:
        """Every fault with its line, before the template can stop a post."""
        super().clean()
        values = self.cleaned_data
        if values.get("body") and values.get("platform"):
            connector = connectors.get(values["platform"])
            faults = template_faults(values["body"], connector)
            self._complain(faults)
            if not faults:
                self._ask_about(names.unknown(values["body"], self._names(), markup=connector.markup))
        return values

    def _names(self) -> list[str]:
        return names.names_of_data(timezone.now())

    def _ask_about(self, unknown: list[Unknown]) -> None:
        """A name that no item has is a fault; one inside data may come one day, so it is only asked about, once."""
        doubtful = ",".join(one.name for one in unknown if one.in_data)
        only_doubtful = all(one.in_data for one in unknown)
        if only_doubtful and doubtful == self.cleaned_data.get("told", ""):
            return
        self._complain([(one.line, _said_of(one)) for one in unknown])
        if only_doubtful:
            self.add_error("body", gettext("Save again to keep it as it is."))
        found = cast(QueryDict, self.data).copy()
        found[self.add_prefix("told")] = doubtful
        self.data = found

    def _complain(self, faults: list[tuple[int, str]]) -> None:
        for line, sentence in faults:
            where = gettext("Line %(line)d: ") % {"line": line} if line else ""
            self.add_error("body", f"{where}{sentence}")


def template_faults(body: str, connector: type[Connector]) -> list[tuple[int, str]]:
    """(line or 0, sentence) of each thing for which a caption made of it would be refused."""
    if faults := engine.validate(body, markup=connector.markup):
        return [(fault.line, translated(fault.message)) for fault in faults]
    if foreign := markup.foreign_tags(body, connector):
        return [(0, translated(sentence)) for sentence in foreign]
    shown = engine.render("", markup.on_trial(body, connector), facts(**SAMPLE), markup=connector.markup)
    return [(0, translated(sentence)) for sentence in markup.faults_of(shown, connector)]


def _said_of(one: Unknown) -> str:
    values = {"name": one.name, "near": one.near}
    if one.in_data and one.near:
        return gettext("No item of the last month has %(name)s; did you mean %(near)s?") % values
    if one.in_data:
        return gettext("No item of the last month has %(name)s.") % values
    if one.near:
        return gettext("There is nothing called %(name)s; did you mean %(near)s?") % values
    return gettext("There is nothing called %(name)s.") % values


def sample_of(platform: str, body: str, item: str = "") -> Fitted:
    """The wording of an item, or of the sample, fitted as it would be. Raises CaptionFault."""
    connector = connectors.get(platform)
    tried = wording_help.facts_of(item, SAMPLE)

    def words(summary: str) -> str:
        known = facts(**(tried | {"summary": summary}))
        return engine.render("", body, known, markup=connector.markup)

    fitted = fit(words, tried["summary"], connector.limits, has_media=True, label=connector.label)
    markup.refuse_bad_markup(fitted.text, connector)
    return fitted


@admin.register(CaptionTemplate)
class TemplateAdmin(NoAddAnother, DeskAdmin):
    """Editors' own wordings; while in use they replace the files."""

    form = TemplateForm
    change_form_outer_after_template = "admin/desk/sample.html"
    list_display = ("platform_name", "variant", "beginning", "state", "updated_at")
    list_filter = (filters.choices("platform"),)
    search_fields = ("body",)

    def get_urls(self) -> list[URLPattern]:
        """With the page that shows a wording nobody has saved."""
        preview = self.admin_site.admin_view(self.preview)
        return [path("preview/", preview, name="queue_captiontemplate_preview"), *super().get_urls()]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """With where the preview asks."""
        address = reverse("admin:queue_captiontemplate_preview")
        row = self.get_object(request, object_id) if object_id and filters.is_id(object_id) else None
        platform, variant = (row.platform, row.variant) if row else _asked(request)
        beside = {"preview": address, "beside": wording_help.beside(platform, variant, row)}
        try:
            return super().changeform_view(request, object_id, form_url, beside | (extra_context or {}))
        except conflict.Met as met:
            return conflict.page(request, met)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new one begins with the text as it was shipped."""
        platform, variant = _asked(request)
        started = {"platform": platform, "variant": variant, "body": finding.shipped(platform, variant)}
        return super().get_changeform_initial_data(request) | (started if platform else {})

    def save_model(self, request: HttpRequest, obj: Model, form: conflict.SeeingForm, change: bool) -> None:
        """Whoever saves second is shown both texts, and nothing is changed."""
        if change:
            form.refuse_if_overtaken()
            wording_help.keep_earlier(int(obj.pk), form.cleaned_data["body"], person(request))
        super().save_model(request, obj, form, change)

    def preview(self, request: HttpRequest) -> HttpResponse:
        """The wording as typed, on sample data."""
        if not (self.has_change_permission(request) or self.has_add_permission(request)):
            raise PermissionDenied
        platform, body = request.POST.get("platform", ""), request.POST.get("body", "")
        context: dict = {}
        if platform in connectors.names() and body.strip():
            try:
                fitted = sample_of(platform, body, request.POST.get("item", ""))
                context = {"fitted": fitted, "label": looks.platform_label(platform), "platform": platform}
                context |= {"card": previews.as_card(platform, fitted.text), "icons": previews.icons()}
            except CaptionFault as fault:
                context = {"fault": translated(str(fault))}
        return TemplateResponse(request, "admin/desk/sample_text.html", context)

    @display(description=_("platform"))
    def platform_name(self, template: CaptionTemplate) -> str:
        return looks.platform_label(template.platform)

    @display(description=_("wording"))
    def beginning(self, template: CaptionTemplate) -> str:
        return looks.short(template.body, 80)

    @display(description=_("status"))
    def state(self, template: CaptionTemplate) -> str:
        return looks.chip(gettext("in use"), "good") if template.active else looks.chip(gettext("not in use"), "quiet")


def _asked(request: HttpRequest) -> tuple[str, str]:
    """(platform or "", variant) of the address."""
    platform, variant = request.GET.get("platform", ""), request.GET.get("variant", "A")
    return (platform if platform in connectors.names() else ""), (variant if variant in ("A", "B") else "A")


class RuleForm(forms.ModelForm):
    """A rule in words instead of JSON."""

    fields_named = WordsField(
        label=_("Data fields"),
        required=True,
        help_text=_("Two items that agree in all of them are the same, such as: game, window"),
    )
    sources_named = WordsField(
        label=_("Sources"), help_text=_("Names of API keys or webhook sources with commas; empty means all.")
    )

    class Meta:
        model = CooldownRule
        fields = ("name", "minutes", "per_account", "active")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.initial["fields_named"] = self.instance.fields
        self.initial["sources_named"] = self.instance.sources

    def clean(self) -> dict:
        """Into the columns."""
        super().clean()
        values = self.cleaned_data
        self.instance.fields = values.get("fields_named", [])
        self.instance.sources = values.get("sources_named", [])
        return values


@admin.register(CooldownRule)
class RuleAdmin(NoAddAnother, DeskAdmin):
    """What is not said twice. Without any rule it is the setting: the same game and window within its minutes."""

    form = RuleForm
    list_display = ("name", "what", "minutes", "for_whom", "per_account", "active")
    search_fields = ("name",)
    fieldsets = ((None, {"fields": ("name", "fields_named", "minutes", "sources_named", "per_account", "active")}),)

    @display(description=_("data fields"))
    def what(self, rule: CooldownRule) -> str:
        return ", ".join(rule.fields)

    @display(description=_("sources"))
    def for_whom(self, rule: CooldownRule) -> str:
        return ", ".join(rule.sources) or gettext("all")
