"""Two editors at one row: whoever saves second sees both texts, nothing is changed, and there is a way to go on."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.http import HttpRequest, QueryDict
from django.template.defaultfilters import yesno
from django.template.response import TemplateResponse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from social_queue.admin.acts import once
from social_queue.admin.beside import follow_ups
from social_queue.admin.pieces import looks, times
from social_queue.admin.pieces.fields import NoteField
from social_queue.operations import editing
from social_queue.reading import strict_json

#: Fields of one rendering of a form only, such as its CSRF token.
_NOT_CARRIED = ("csrfmiddlewaretoken", "seen", "_save", "_continue", "act")


#: Between a row's change and its line of history.
_AT_MOST = timedelta(seconds=5)


@dataclass(frozen=True)
class Differing:
    """One field: what somebody saved, and what was written here; ``mine``: did this editor change it at all."""

    name: str
    label: str
    saved: str
    written: str
    mine: bool


class Met(Exception):
    """Raised inside the transaction of a save, which it ends; ``row`` is as it stands."""

    def __init__(self, row: Model, fields: tuple[list[Differing], forms.ModelForm]) -> None:
        super().__init__(row.pk)
        self.row = row
        self.fields, self.fresh = fields


class SeeingForm(forms.ModelForm):
    """A form of plain columns that knows what it was filled with, so that nobody overwrites what another has saved."""

    seen = NoteField()

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["seen"] = json.dumps(_held(self.instance, self.columns))

    @property
    def columns(self) -> list[str]:
        """The columns that the form shows; not every field of a form is one."""
        return [column.name for column in self._meta.model._meta.concrete_fields if column.name in self.fields]

    def refuse_if_overtaken(self) -> None:
        """Inside the transaction of a save. Raises Met when somebody else has saved another thing since."""
        row = self._meta.model.objects.select_for_update().get(pk=self.instance.pk)
        seen, now = _as_sent(self.cleaned_data["seen"]), _held(row, self.columns)
        if any(name in seen and seen[name] != now[name] for name in now):
            raise Met(row, self._differing(row, seen, now))

    def _differing(self, row: Model, seen: dict, now: dict) -> tuple[list[Differing], forms.ModelForm]:
        found = []
        for name in self.columns:
            field, written = self.fields[name], self.cleaned_data[name]
            mine = _differ(written, seen.get(name, now[name]))
            if _differ(now[name], written):
                found.append(Differing(name, str(field.label), _named(field, now[name]), _named(field, written), mine))
        return found, type(self)(instance=row)


class MergingForm(SeeingForm):
    """A form where what somebody else has saved since stays, unless the same field was changed here as well."""

    def clean(self) -> dict[str, Any]:
        """Fields that were left alone are as they stand now; one that both have changed is asked about, once."""
        values = super().clean() or self.cleaned_data
        seen, now = _as_sent(values.get("seen", "")), _held(self.instance, self.columns)
        asked = {}
        for name in [name for name in self.columns if name in seen and name in values and seen[name] != now[name]]:
            if not _differ(values[name], seen[name]):
                values[name] = now[name]
                self.changed_data.remove(name)
            elif _differ(values[name], now[name]):
                told = _("Somebody has saved “%(saved)s” here meanwhile. Save again to put yours in its place.")
                asked[name] = told % {"saved": _named(self.fields[name], now[name])}
        if asked:
            # Pressed again, it is known what stands there.
            again = cast(QueryDict, self.data).copy()
            again["seen"] = json.dumps(seen | {name: now[name] for name in asked})
            self.data = again
        for name, sentence in asked.items():
            self.add_error(name, sentence)
        return values


def of_item(form: Any, fault: editing.Overtaken) -> tuple[list[Differing], forms.ModelForm]:
    """The fields of an item that differ, and its form as it would be filled now; the form is an item's.

    Those that this editor alone has changed are among them: whoever keeps what is saved sees what of his goes.
    """
    fresh = type(form)(instance=fault.item)
    found = []
    for name in (name for name in form.fields if name != "seen"):
        mine = _mine(form, name)
        if mine or _part(name) in fault.names:
            saved = fresh.get_initial_for_field(fresh.fields[name], name)
            written = form.picture if name == "image" and mine else form.cleaned_data.get(name)
            field = form.fields[name]
            shown, typed = _shown(field, name, saved), _shown(field, name, written)
            found.append(Differing(name, str(field.label), shown, typed, mine))
    found += _other_facts(form, fault)
    return [one for one in found if one.saved != one.written or one.mine], fresh


def _other_facts(form: Any, fault: editing.Overtaken) -> list[Differing]:
    """The facts that have no field of their own, where this editor has changed any."""
    seen, named = form.cleaned_data["seen"]["data"], [name for name in form.fields if name.startswith("data_")]

    def others(data: dict) -> dict:
        return {name: value for name, value in data.items() if f"data_{name}" not in named}

    written = form.facts(seen)
    if not form.is_composed or written == others(seen):
        return []
    saved = others(fault.item.data)
    return [Differing("data_key", _("Facts"), _lines(saved), _lines(written), True)]


def _lines(data: dict) -> str:
    return "\n".join(f"{name}: {value}" for name, value in data.items())


def _mine(form: Any, name: str) -> bool:
    """Has this editor changed the field of an item? What the page had no field for is as it was."""
    if name == "image":
        return form.picture is not None
    ticked = form.is_composed and name in ("channels", "next_slot")
    sent = ticked or any(_field(one) == name for one in form.data)
    return sent and _part(name) in form.cleaned_data["seen"] and form.touched(name)


def of_post(form: forms.ModelForm) -> tuple[list[Differing], forms.ModelForm]:
    """The caption of a post, as somebody has stored it and as it was written here."""
    fresh = type(form)(instance=form.instance)
    written = form.cleaned_data["caption"]
    return [Differing("caption", str(form.fields["caption"].label), fresh.initial["caption"], written, True)], fresh


def page(request: HttpRequest, met: Met) -> TemplateResponse:
    """Both texts side by side; “Save mine” sends what was written here once more, over what was saved meanwhile."""
    theirs = {one.name for one in met.fields if not one.mine}
    kept = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in _NOT_CARRIED and _field(name) not in theirs
    ]
    context = {
        **admin.site.each_context(request),
        "title": _("Somebody was faster"),
        "opts": met.row._meta,
        "fields": met.fields,
        "last": (line := _last_line(met.row)),
        "when": times.written(line.action_time) if line else "",
        "picture_lost": bool(request.FILES),
        "carried": format_html_join("", '<input type="hidden" name="{}" value="{}">', kept),
        "fresh": _hidden(met.fresh, [*theirs, "seen"]),
        "back": looks.address(met.row),
        "give_up": once.given_up(request),
    }
    return TemplateResponse(request, "admin/desk/conflict.html", context, status=409)


def _held(row: Model, columns: list[str]) -> dict:
    return {name: getattr(row, name) for name in columns}


def _differ(one: object, other: object) -> bool:
    """A browser ends every line of a text in its own way."""
    return str(one).replace("\r\n", "\n") != str(other).replace("\r\n", "\n")


def _as_sent(text: str) -> dict:
    """What a form was filled with; what did not come from a form of ours says nothing."""
    try:
        sent = strict_json.parse(text or "null")
    except ValueError:
        sent = None
    return sent if isinstance(sent, dict) else {}


def _last_line(row: Model) -> LogEntry | None:
    """The history's line of the last change; None when that came another way, by the API for one."""
    lines = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(row), object_id=str(row.pk))
    line = lines.select_related("user").first()
    changed = getattr(row, "updated_at", None)
    return line if line and (changed is None or line.action_time >= changed - _AT_MOST) else None


def _hidden(form: forms.ModelForm, names: list[str]) -> SafeString:
    return format_html_join("", "{}", ((form[name].as_hidden(),) for name in names if name in form.fields))


def _part(name: str) -> str:
    """What ``editing`` calls the part of an item that a field is about."""
    beginnings = {"data_": "data", "caption:": "captions", "variant": "meta", "utm_campaign": "meta", "ai_": "ai"}
    return next((part for begins, part in beginnings.items() if name.startswith(begins)), name)


def _field(name: str) -> str:
    """The field that an input belongs to; a moment has two."""
    if name.startswith("caption:"):
        return name
    return name[:-2] if name.endswith(("_0", "_1")) else name.removesuffix("-clear")


def _named(field: forms.Field, value: object) -> str:
    """A value as the form shows it."""
    if isinstance(value, bool):
        return str(yesno(value))
    return str(dict(getattr(field, "choices", ())).get(value, value))


def _shown(field: forms.Field, name: str, value: Any) -> str:
    """A value of an item's form as people read it."""
    if name == "follow_ups":
        return follow_ups.shown(str(value or ""))
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.MultipleChoiceField):
        return _named(field, value or "")
    return _text(value)


def _text(value: object) -> str:
    if value in (None, "", [], False):
        return ""
    if value is True:
        return _("yes")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return times.written(value) if isinstance(value, datetime) else str(value)
