"""Forms for adding an item by hand and for changing one that has not gone out."""

import json
from datetime import datetime
from typing import cast

from django import forms
from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold import widgets

import connectors
from social_queue.admin.pieces.fields import WordsField, sentences
from social_queue.admin.pieces.picture_field import NOT_KEPT, PictureField
from social_queue.admin.pieces.times import MomentField
from social_queue.admin.pieces.typed import Label
from social_queue.intake.incoming import RULES, cleaned
from social_queue.media import files
from social_queue.models import PlatformAccount, QueueItem
from social_queue.operations import mending
from social_queue.sentences import translated
from social_queue.wording.variants import AUTO, SPLIT

#: What a generator writes into ``data`` and people know by name: (name, label, example).
DATA = (
    ("game", _("Game"), "Gates of Olympus"),
    ("rtp", _("RTP in percent"), "97.2"),
    ("window", _("Window"), "19:00-21:00"),
    ("pattern", _("Pattern"), "A-B-A"),
    ("jam", _("Hour"), "19:00"),
)
_VARIANTS = (
    ("", _("in turns")),
    ("A", "A"),
    ("B", "B"),
    (SPLIT, _("platforms get different ones")),
    (AUTO, _("whichever is clicked more")),
)
_TEXT = widgets.UnfoldAdminTextInputWidget


def _moment(label: Label, help_text: Label = "") -> MomentField:
    return MomentField(label=label, required=False, help_text=help_text)


def _data_field(about: tuple[str, Label, str]) -> forms.CharField:
    _name, label, example = about
    return forms.CharField(label=label, required=False, widget=_TEXT(attrs={"placeholder": example}))


class DataForm(forms.Form):
    """A field for each of DATA."""

    data_game, data_rtp, data_window, data_pattern, data_jam = map(_data_field, DATA)


class WordedForm(forms.Form):
    """The fields that adding and changing share, judged by the rules that generators are judged by."""

    #: The name of the uploaded picture, once it is kept.
    kept = ""
    title = forms.CharField(label=_("Title"), widget=_TEXT())
    summary = forms.CharField(
        label=_("Summary"), required=False, widget=widgets.UnfoldAdminTextareaWidget(attrs={"rows": 5})
    )
    link = forms.CharField(label=_("Link"), widget=_TEXT(attrs={"placeholder": "https://"}))
    image_url = forms.CharField(
        label=_("Picture address"), required=False, widget=_TEXT(attrs={"placeholder": "https://"})
    )
    alt_text = forms.CharField(
        label=_("Alternative text"),
        required=False,
        help_text=_("What the picture shows, for people who can't see it. Empty means the title."),
        widget=_TEXT(),
    )
    hashtags = WordsField(label=_("Hashtags"))
    publish_at = _moment(_("Publish at"), _("Empty means now."))
    expires_at = _moment(_("Expires at"), _("After that it does not go out any more. Empty means never."))

    def clean(self) -> dict:
        """Every field that ingest would refuse, with its sentence."""
        super().clean()
        values = self.cleaned_data
        _good, faults = cleaned(self.payload(), RULES)
        for name, said in faults.items():
            self.complain(name, said)
        if self.errors:
            self.ask_for_the_picture_again()
        return values

    def payload(self) -> dict:
        """The fields as an ingest body has them; empty ones are left out."""
        body = {name: _plain(self.cleaned_data.get(name)) for name in WordedForm.base_fields}
        return {name: value for name, value in body.items() if value not in (None, "", [])}

    def ask_for_the_picture_again(self) -> None:
        """No browser fills a file into a form, so one that was good is lost with whatever else was wrong."""
        if self.kept:
            files.forget(self.kept)
        if isinstance(self.cleaned_data.get("image"), UploadedFile):
            self.add_error("image", gettext("Choose the picture once more: it could not be kept."))

    def complain(self, name: str, faults: list[str]) -> None:
        """Put sentences at the field they are about, or at the top."""
        field = name if name in self.fields else None
        said = sentences(faults) if field else [f"{name}: {translated(fault)}" for fault in faults]
        self.add_error(field, said)


class AddForm(WordedForm, DataForm):
    """An item written by hand; it goes the way of every other item."""

    image = PictureField(label=_("Picture"), required=False, help_text=_("Or its address."))
    channels = forms.MultipleChoiceField(
        label=_("Where to"),
        required=False,
        help_text=_("Nothing chosen means every active account."),
        widget=widgets.UnfoldAdminCheckboxSelectMultipleWidget(),
    )
    variant = forms.ChoiceField(
        label=_("Wording"), required=False, choices=_VARIANTS, widget=widgets.UnfoldAdminSelectWidget()
    )
    utm_campaign = forms.CharField(label=_("Campaign"), required=False, widget=_TEXT())
    draft = forms.BooleanField(
        label=_("Keep as a draft"),
        required=False,
        help_text=_("It waits until somebody approves it."),
        widget=widgets.UnfoldBooleanSwitchWidget(),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.MultipleChoiceField, self.fields["channels"]).choices = channel_choices()

    def payload(self) -> dict:
        """With data, channels and meta."""
        given = self.cleaned_data
        data = {name: given.get(f"data_{name}") for name, _label, _example in DATA if given.get(f"data_{name}")}
        meta = {name: given.get(name) for name in ("variant", "utm_campaign") if given.get(name)}
        more = {"data": data, "meta": meta, "channels": given.get("channels") or []}
        return super().payload() | {name: value for name, value in more.items() if value}

    def picture(self) -> File | None:
        """What goes out beside the words."""
        return self.cleaned_data["image"]

    def keep_picture(self) -> bool:
        """Lay it down where pictures are kept; False, with the reason at its field, where that can't be."""
        try:
            picture = self.picture()
            self.kept = files.keep(picture) if picture else ""
        except OSError:
            self.add_error("image", gettext(NOT_KEPT))
            return False
        return True

    def wait_for_approval(self) -> None:
        """Its writer may not approve: a draft, whatever is sent."""
        self.fields["draft"].initial, self.fields["draft"].disabled = True, True
        self.fields["draft"].help_text = gettext("What you write waits until somebody with the right to approves it.")

    def complain(self, name: str, faults: list[str]) -> None:
        """``data`` and ``meta`` have no field of that name."""
        super().complain({"data": "data_game", "meta": "variant"}.get(name, name), faults)


class ChangeForm(WordedForm, DataForm, forms.ModelForm):
    """The fields that may be changed while nothing of an item has been sent."""

    image = PictureField(
        label=_("Picture"), required=False, help_text=_("It goes out instead of the one behind the address.")
    )
    #: What the form was filled with, so that nobody overwrites what somebody else saved meanwhile.
    seen = forms.CharField(required=False, widget=forms.HiddenInput())

    class Meta:
        model = QueueItem
        fields = (
            *("title", "summary", "link", "image_url", "image", "alt_text", "hashtags", "publish_at", "expires_at"),
            *DataForm.base_fields,
            "seen",
        )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        held = mending.as_seen(self.instance)
        for name, _label, _example in DATA:
            self.initial[f"data_{name}"] = held["data"].get(name, "")
        self.initial["seen"] = json.dumps(held)

    def clean_seen(self) -> dict:
        """What it was filled with; without that, what stands now."""
        try:
            seen = json.loads(self.cleaned_data["seen"] or "null")
        except ValueError:
            seen = None
        now = mending.as_seen(self.instance)
        # Whatever is not of its kind did not come from our form.
        return now | {name: seen[name] for name in now if _alike(name, seen)}

    def changes(self) -> dict:
        """Only what this editor changed, as an edit from outside would have it."""
        given = self.cleaned_data
        plain = {name: _plain(given[name]) for name in WordedForm.base_fields if self.touched(name)}
        data = dict(given["seen"]["data"])
        for name in (name for name, _label, _example in DATA if self.touched(f"data_{name}")):
            data[name] = given[f"data_{name}"]
            if not data[name]:
                del data[name]
        return plain | ({"data": data} if data != given["seen"]["data"] else {})

    def touched(self, name: str) -> bool:
        """Does the field say something else than what it was filled with?"""
        given, seen = self.cleaned_data.get(name), self.cleaned_data["seen"]
        if isinstance(given, str):
            given = given.replace("\r\n", "\n")
        if name.startswith("data_"):
            return given != str(seen["data"].get(name.removeprefix("data_"), ""))
        if isinstance(given, datetime):
            return not seen[name] or given != datetime.fromisoformat(seen[name]).replace(second=0, microsecond=0)
        return given != seen[name] and bool(given or seen[name])

    @property
    def picture(self) -> File | bool | None:
        """A new file, False to take the old one away, None to leave it."""
        given = self.cleaned_data.get("image")
        return given if isinstance(given, UploadedFile) or given is False else None

    def _post_clean(self) -> None:
        """The model's own checks know less than the rules above."""


def _alike(name: str, seen: object) -> bool:
    """Does ``seen`` hold for that name what ``mending.as_seen`` would?"""
    if not isinstance(seen, dict) or name not in seen:
        return False
    value, kind = seen[name], {"data": dict, "hashtags": list}.get(name, str)
    if name in ("publish_at", "expires_at") and isinstance(value, str):
        try:
            return parse_datetime(value) is not None
        except ValueError:
            return False
    return isinstance(value, kind) or (value is None and name == "expires_at")


def channel_choices() -> list[tuple[str, str]]:
    """Each account, then each platform as a whole."""
    whole = [
        (name, gettext("all of %(platform)s") % {"platform": label}) for name, label in connectors.platform_choices()
    ]
    rows = PlatformAccount.objects.order_by("platform", "slug")
    return [*((row.slug, f"{row.slug} ({connectors.get(row.platform).label})") for row in rows), *whole]


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
