"""What sources and feeds have in common: a field map, default channels, and a page that tries them unsaved."""

import json
from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminTextareaWidget,
    UnfoldBooleanSwitchWidget,
)

from social_queue.admin.acts import conflict
from social_queue.admin.base import DeskAdmin
from social_queue.admin.items.composed import channel_choices
from social_queue.admin.pieces import looks
from social_queue.reading import strict_json
from social_queue.sentences import translated
from social_queue.webhooks.field_map import Trial

_EXAMPLE = '{"items": "offers", "title": "name", "link": "url", "data": {"game": "game.name"}}'


class MapField(forms.CharField):
    """A field map as JSON."""

    def __init__(self, **kwargs) -> None:
        widget = UnfoldAdminTextareaWidget(attrs={"rows": 10, "spellcheck": "false", "placeholder": _EXAMPLE})
        super().__init__(required=False, widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> str:
        """A stored map, indented."""
        return json.dumps(value, indent=2, ensure_ascii=False) if isinstance(value, dict) and value else value or ""

    def to_python(self, value: object) -> dict:  # type: ignore[override]  # Django's fields may give anything
        """The map. Raises ValidationError naming the line that is no JSON."""
        text = (super().to_python(value) or "").strip()
        try:
            parsed = strict_json.parse(text) if text else {}
        except strict_json.NotJson as fault:
            sentence = _("Line %(line)d is not JSON: %(why)s")
            raise forms.ValidationError(sentence, params={"line": fault.line, "why": translated(str(fault))}) from fault
        if not isinstance(parsed, dict):
            raise forms.ValidationError(_("A field map is a JSON object."))
        return parsed

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compared as it would be stored: a browser's line ends are no change, nor is the order in which PostgreSQL
        gives the keys back; what is no JSON is one.
        """
        try:
            return json.dumps(self.to_python(data), sort_keys=True) != json.dumps(initial or {}, sort_keys=True)
        except forms.ValidationError:
            return True


class ChannelsField(forms.MultipleChoiceField):
    """The channels of what names none; which there are is known when the form is made."""

    def __init__(self, **kwargs) -> None:
        widget = UnfoldAdminCheckboxSelectMultipleWidget()
        super().__init__(label=_("Default channels"), required=False, widget=widget, **kwargs)


class MappedForm(conflict.MergingForm):
    """A form with ``default_channels``, where whoever reads it may change them, and a map that is tried first."""

    save_unmatched = forms.BooleanField(
        label=_("Save although a rule leads to nothing"),
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
        help_text=_("For what comes seldom, or will come one day: until then such a field is left out."),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if "default_channels" in self.fields:
            cast(ChannelsField, self.fields["default_channels"]).choices = channel_choices()
        #: Sentences about rules that lead to nothing; saving tells them once more.
        self.nowhere: list[str] = []

    def say(self, nowhere: Iterable[str]) -> None:
        """Rules that lead to nothing stand beside the map, and keep it from being saved unless that is ticked."""
        self.nowhere = [translated(sentence) for sentence in nowhere]
        if self.nowhere and not self.cleaned_data.get("save_unmatched"):
            way = gettext("Nothing was saved: mend the map, or tick “%(tick)s”.")
            told = way % {"tick": self.fields["save_unmatched"].label}
            self.add_error("field_map", [*self.nowhere, told])


class TryingAdmin(DeskAdmin):
    """With a page that shows what settings as typed would make; nothing is stored."""

    def tried(self, request: HttpRequest) -> dict[str, Any]:
        """The trials, or the sentences that say why there are none."""
        raise NotImplementedError

    @property
    def _trial(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_trial"

    def get_urls(self) -> list[URLPattern]:
        """With that page."""
        trial = self.admin_site.admin_view(self.trial)
        return [path("trial/", trial, name=self._trial), *super().get_urls()]

    def map_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """The map, and once it was refused the tick that saves it all the same."""
        return ("field_map", *(("save_unmatched",) if request.method == "POST" else ()), *self._seen(request))

    def _seen(self, request: HttpRequest) -> tuple[str, ...]:
        """What the form was filled with goes along where there is a row, and whoever reads it may change it."""
        given = request.resolver_match.kwargs.get("object_id") if request.resolver_match else None
        return ("seen",) if given and self.has_change_permission(request) else ()

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        """What was saved although it leads to nothing is said once more."""
        super().save_model(request, obj, form, change)
        for sentence in cast(MappedForm, form).nowhere:
            messages.warning(request, sentence)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Where the tester asks."""
        trial_at = reverse(f"admin:{self._trial}")
        return super().changeform_view(request, object_id, form_url, {"trial": trial_at, **(extra_context or {})})

    def trial(self, request: HttpRequest) -> HttpResponse:
        """For whoever may change or add one."""
        if not (self.has_change_permission(request) or self.has_add_permission(request)):
            raise PermissionDenied
        return TemplateResponse(request, "admin/desk/map_trial.html", self.tried(request))


def shown(trials: Iterable[Trial]) -> list[dict[str, Any]]:
    """For the page."""
    return [{"text": looks.as_json(one.payload), "faults": _said_of_fields(one.faults)} for one in trials]


def _said_of_fields(faults: dict[str, list[str]]) -> dict[str, list[str]]:
    """In the reader's language."""
    return {name: [translated(sentence) for sentence in said] for name, said in faults.items()}
