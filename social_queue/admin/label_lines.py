"""The line about AI in each language: an editor's own in the place of the setting's, and the way back to that."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import DELETION, LogEntry
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

import connectors
from connectors.texts import languages
from social_queue.admin.acts import conflict
from social_queue.admin.base import DeskAdmin, NoAddAnother
from social_queue.admin.pieces.filters import is_id
from social_queue.admin.pieces.typed import person
from social_queue.models import LabelLine
from social_queue.wording.templates import finding

_ANY = _("any language")
_EMPTY = _(
    "Write the line. To have none, switch off “Say in a line when a machine made it” on the page of each account."
)


def name_of(language: str) -> str:
    """A language by its own name; one that nobody listed by its code."""
    return dict(languages.NAMES).get(language, language) or str(_ANY)


def cards() -> list[dict[str, Any]]:
    """Each language that has a line: which one stands below a text, and whether an editor wrote it."""
    rows = {row.language: row for row in LabelLine.objects.all()}
    return [_card(language, line, rows.get(language)) for language, line in finding.label_lines().items()]


def _card(language: str, line: str, row: LabelLine | None) -> dict[str, Any]:
    add = f"{reverse('admin:queue_labelline_add')}?language={language}"
    return {
        "language": language,
        "name": name_of(language),
        "line": line,
        "own": row is not None,
        "changed_at": row.updated_at if row else None,
        "set": settings.AI_LINE.get(language, ""),
        "address": reverse("admin:queue_labelline_change", args=[row.pk]) if row else add,
        "reset": reverse("admin:queue_labelline_reset", args=[row.pk]) if row else "",
    }


def places() -> str:
    """Where it stands."""
    kinds = map(connectors.get, connectors.names())
    return ", ".join(kind.label for kind in kinds if kind.ai_label == "line")


def one_more() -> bool:
    """Is there a language left for a line of its own?"""
    return bool(_choices())


def _choices() -> list[tuple[str, str]]:
    """The languages in which no editor has written a line."""
    taken = set(LabelLine.objects.values_list("language", flat=True))
    codes = dict.fromkeys([*settings.AI_LINE, *(code for code, _name in languages.NAMES)])
    return [(code, name_of(code)) for code in codes if code not in taken]


class LineForm(conflict.SeeingForm):
    """A line in one language."""

    language = forms.ChoiceField(label=_("Language"), required=False, widget=UnfoldAdminSelectWidget())
    line = forms.CharField(
        label=_("Line"),
        max_length=finding.LONGEST_LINE,
        error_messages={"required": _EMPTY},
        widget=UnfoldAdminTextInputWidget(attrs={"spellcheck": "true"}),
        help_text=_("Below the text; it counts for its length."),
    )

    class Meta:
        model = LabelLine
        fields = ("language", "line")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        field, kept = cast(forms.ChoiceField, self.fields["language"]), self.instance.language
        field.disabled = bool(self.instance.pk)
        offered = [(kept, name_of(kept))] if field.disabled else _choices()
        field.choices, field.required = offered, "" not in dict(offered)

    def clean_line(self) -> str:
        """As readers get it: one line, as the setting has it."""
        words = " ".join(str(self.cleaned_data["line"]).split())
        if not words.isprintable():
            raise forms.ValidationError(gettext("There is a letter in it that nobody sees."))
        return words


@admin.register(LabelLine)
class LineAdmin(NoAddAnother, DeskAdmin):
    """Whoever may change wordings may change these."""

    form = LineForm
    list_display = ("name", "line", "updated_at")
    change_form_outer_after_template = "admin/desk/label_line.html"

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(person(request).has_perm("queue.view_captiontemplate"))

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(person(request).has_perm("queue.change_captiontemplate"))

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_add_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """There is a button that says what stands there afterwards."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """With the way back."""
        reset = self.admin_site.admin_view(self.reset)
        return [path("<int:number>/reset/", reset, name="queue_labelline_reset"), *super().get_urls()]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new one begins with the line as it is."""
        language = request.GET.get("language", "")
        return {"language": language, "line": finding.label_lines().get(language, "")}

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """With the setting's own line, to be taken up again."""
        row = self.get_object(request, object_id) if object_id and is_id(object_id) else None
        card = _card(row.language, row.line, row) if row else None
        try:
            return super().changeform_view(request, object_id, form_url, {"card": card} | (extra_context or {}))
        except conflict.Met as met:
            return conflict.page(request, met)

    def save_model(self, request: HttpRequest, obj: Model, form: conflict.SeeingForm, change: bool) -> None:
        """Whoever saves second is shown both lines, and nothing is changed."""
        if change:
            form.refuse_if_overtaken()
        super().save_model(request, obj, form, change)

    def response_post_save_add(self, request: HttpRequest, obj: Model) -> HttpResponseRedirect:
        """Back to where it was pressed."""
        return HttpResponseRedirect(_back())

    def response_post_save_change(self, request: HttpRequest, obj: Model) -> HttpResponseRedirect:
        """The same."""
        return HttpResponseRedirect(_back())

    def reset(self, request: HttpRequest, number: int) -> HttpResponseBase:
        """The setting's line again, or none in this language."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        row = LabelLine.objects.filter(pk=number).first()
        if row is not None:
            LogEntry.objects.log_actions(person(request).pk, [row], DELETION, "Deleted.")
            row.delete()
        messages.success(request, gettext("Texts of this language end as the site has it again."))
        return HttpResponseRedirect(_back())

    @display(description=_("language"))
    def name(self, row: LabelLine) -> str:
        return name_of(row.language)


def _back() -> str:
    """The page of all wordings is of the floor above; this one knows it by name only."""
    return f"{reverse('admin:metrics_wordings')}#label"
