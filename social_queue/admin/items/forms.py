"""Forms for adding an item by hand and for changing one that has not gone out."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.core.files import File
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold import widgets

from social_queue.admin.beside import declared, follow_ups
from social_queue.admin.items.composed import GOING, META, Composed
from social_queue.admin.media import album
from social_queue.admin.pieces.fields import WordsField, sentences
from social_queue.admin.pieces.picture_field import NOT_KEPT, PictureField
from social_queue.admin.pieces.times import MomentField, as_typed
from social_queue.admin.pieces.typed import Label
from social_queue.intake.incoming import RULES, cleaned
from social_queue.intake.when import NEXT_SLOT
from social_queue.media import files
from social_queue.models import QueueItem
from social_queue.operations import mending
from social_queue.reading import strict_json
from social_queue.sentences import translated

#: What a generator writes into ``data`` and people know by name: (name, label, example).
DATA = (
    ("game", _("Game"), "Gates of Olympus"),
    ("rtp", _("RTP in percent"), "97.2"),
    ("window", _("Window"), "19:00-21:00"),
    ("pattern", _("Pattern"), "A-B-A"),
    ("jam", _("Hour"), "19:00"),
)
_NAMES = tuple(name for name, _label, _example in DATA)
_TEXT = widgets.UnfoldAdminTextInputWidget
#: A phone shows the keys for addresses; what is wrong with one is said by the rules of ingest.
_ADDRESS = {"type": "url", "placeholder": "https://"}


def _moment(label: Label, help_text: Label = "") -> MomentField:
    return MomentField(label=label, required=False, help_text=help_text)


def _data_field(about: tuple[str, Label, str]) -> forms.CharField:
    _name, label, example = about
    return forms.CharField(label=label, required=False, widget=_TEXT(attrs={"placeholder": example}))


class DataForm(forms.Form):
    """A field for each of DATA."""

    data_game, data_rtp, data_window, data_pattern, data_jam = map(_data_field, DATA)


#: The columns that are a field each.
PLAIN = (*mending.WORDS, *mending.MOMENTS)


class WordedForm(Composed):
    """The fields that adding and changing share, judged by the rules that generators are judged by."""

    #: The name that the picture is stored under, once it is.
    stored_as = ""
    #: What a change was refused for by whoever stores it, by field.
    refused: Mapping[str, list[str]] = {}
    title = forms.CharField(label=_("Title"), widget=_TEXT())
    summary = forms.CharField(
        label=_("Summary"), required=False, widget=widgets.UnfoldAdminTextareaWidget(attrs={"rows": 5})
    )
    link = forms.CharField(label=_("Link"), widget=_TEXT(attrs=_ADDRESS))
    image_url = forms.CharField(label=_("Picture address"), required=False, widget=_TEXT(attrs=_ADDRESS))
    alt_text = forms.CharField(
        label=_("Alternative text"),
        required=False,
        help_text=_("What the picture shows, for people who can't see it. Empty means the title."),
        widget=_TEXT(),
    )
    focus = forms.CharField(label=_("Focus point"), required=False, widget=forms.HiddenInput())
    hashtags = WordsField(label=_("Hashtags"))
    publish_at = _moment(_("Publish at"), _("Empty means now."))
    expires_at = _moment(_("Expires at"), _("After that it does not go out any more. Empty means never."))

    def clean(self) -> dict:
        """Every field that ingest would refuse, with its sentence."""
        super().clean()
        values = self.cleaned_data
        _good, faults = cleaned(self.payload(), RULES)
        for name, said in (*faults.items(), *self.refused.items()):
            self.complain(name, said)
        if not self.errors:
            self.judge()
        if self.errors:
            self.keep_the_picture()
        return values

    def judge(self) -> None:
        """What the platforms would say, where it is to go out."""

    def payload(self) -> dict:
        """The fields as an ingest body has them; empty ones are left out."""
        body = {name: _plain(self.cleaned_data.get(name)) for name in PLAIN}
        if self.cleaned_data.get("next_slot"):
            body["publish_at"] = NEXT_SLOT
        body |= {"captions": self.own_captions(), "data": self.data_now(), "meta": self.meta_now()}
        body |= {"follow_ups": self.follow_ups_now(), "ai": self.ai_now()}
        body["channels"] = self.cleaned_data.get("channels")
        return self.with_media({name: value for name, value in body.items() if value not in (None, "", [], {})})

    def data_now(self, before: dict[str, Any] | None = None) -> dict[str, Any]:
        """The facts; ``before``: what stood there when the page was filled."""
        given = {name: self.cleaned_data.get(f"data_{name}") for name, _label, _example in DATA}
        return {name: value for name, value in given.items() if value} | self.facts(before or {})

    def meta_now(self) -> dict[str, Any]:
        """Wording and campaign."""
        return {name: self.cleaned_data[name] for name in META if self.cleaned_data.get(name)}

    def complain(self, name: str, faults: list[str]) -> None:
        """Put sentences at the field they are about, or at the top."""
        places = {"media": "album", "ai": "ai_generated", "data": "data_game", "meta": "variant"}
        name = places.get(name, name)
        field = name if name in self.fields else None
        said = sentences(faults) if field else [f"{name}: {translated(fault)}" for fault in faults]
        self.add_error(field, said)


class AddForm(WordedForm, DataForm):
    """An item written by hand; it goes the way of every other item."""

    #: The item that this very page has made already, out of other words.
    made: QueueItem | None = None
    image = PictureField(label=_("Picture"), required=False, help_text=_("Or its address."))
    draft = forms.BooleanField(
        label=_("Keep as a draft"),
        required=False,
        help_text=_("It waits until somebody approves it."),
        widget=widgets.UnfoldBooleanSwitchWidget(),
    )

    def picture(self) -> File | None:
        """What goes out beside the words."""
        return self.chosen_picture()

    def judge(self) -> None:
        """A draft may hold what no platform takes."""
        if self.act == "schedule" and not self.payload().get("publish_at"):
            self.add_error("publish_at", gettext("Choose when, or press Send now."))
        goes = self.act in GOING or not (self.act or self.cleaned_data["draft"])
        if goes and not self.fields["draft"].disabled:
            self.refuse_what_can_not_go(None)

    def keep_picture(self) -> bool:
        """Lay it down where pictures are kept; False, with the reason at its field, where that can't be."""
        try:
            picture = self.picture()
            self.stored_as = files.keep(picture) if picture else ""
        except OSError:
            self.add_error("image", gettext(NOT_KEPT))
            return False
        return True

    def let_go_of_picture(self) -> None:
        """It was refused with the rest; what was chosen stays in the form."""
        if self.stored_as:
            files.forget(self.stored_as)
        self.keep_the_picture()

    def wait_for_approval(self) -> None:
        """Its writer may not approve: a draft, whatever is sent."""
        self.fields["draft"].initial, self.fields["draft"].disabled = True, True
        self.fields["draft"].help_text = gettext("What you write waits until somebody with the right to approves it.")


class ChangeForm(WordedForm, DataForm, forms.ModelForm):
    """The fields that may be changed while nothing of an item has been sent."""

    image = PictureField(
        label=_("Picture"), required=False, help_text=_("It goes out instead of the one behind the address.")
    )
    #: What the form was filled with, so that nobody overwrites what somebody else saved meanwhile.
    seen = forms.CharField(required=False, widget=forms.HiddenInput())

    class Meta:
        model = QueueItem
        fields = (*PLAIN, "image", *DataForm.base_fields, "seen")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        held = mending.as_seen(self.instance)
        for name, _label, _example in DATA:
            # As a field has it: a number that was left alone is no change.
            self.initial[f"data_{name}"] = str(held["data"].get(name, ""))
        self.initial["seen"] = json.dumps(held)
        self.initial["channels"], self.initial["album"] = held["channels"], album.written(held["album"])
        self.initial["next_slot"] = held["next_slot"]
        self.initial.update(follow_ups=follow_ups.written(held["follow_ups"]), **declared.filled(held["ai"]))
        self.initial.update({name: held["meta"].get(name, "") for name in META})
        self.initial.update({f"caption:{slug}": text for slug, text in held["captions"].items()})

    def clean_seen(self) -> dict:
        """What it was filled with; without that, what stands now."""
        try:
            seen: Any = strict_json.parse(self.cleaned_data["seen"] or "null")
        except ValueError:
            seen = None
        now = mending.as_seen(self.instance)
        # Whatever is not of its kind did not come from our form.
        return now | {name: seen[name] for name in now if mending.alike(name, seen)}

    def changes(self) -> dict:
        """Only what this editor changed, as an edit from outside would have it."""
        given = self.cleaned_data
        plain = {name: _plain(given.get(name)) for name in PLAIN if self.touched(name)}
        if self.is_composed and self.touched("next_slot"):
            # Into the next free slots, or out of them.
            plain["publish_at"] = NEXT_SLOT if given["next_slot"] else _plain(given.get("publish_at"))
        elif self.is_composed and given["next_slot"]:
            plain.pop("publish_at", None)
        if self.act == "send-now" and self.chose_what_is_over:
            plain.pop("publish_at", None)
        changed = plain | (self._composed() if self.is_composed else self._facts(given["seen"]["data"]))
        return self.with_media(changed) if changed.get("media") else changed

    def _facts(self, seen: dict) -> dict:
        """The named facts; the others stay as they are."""
        data = dict(seen)
        for name in (name for name, _label, _example in DATA if self.touched(f"data_{name}")):
            data[name] = self.cleaned_data[f"data_{name}"]
            if not data[name]:
                del data[name]
        return {"data": data} if data != seen else {}

    def _composed(self) -> dict:
        """Where to, own words, all facts, wording and campaign."""
        seen = self.cleaned_data["seen"]
        found: dict[str, Any] = {}
        if self.touched("album"):
            found["media"] = self.media_now() or None
        # A page from before there were such fields does not empty them.
        if "follow_ups" in self.data and self.touched("follow_ups"):
            found["follow_ups"] = self.follow_ups_now() or None
        if "ai_generated" in self.data and self.touched("ai_generated"):
            found["ai"] = self.ai_now()
        if self.touched("channels"):
            found["channels"] = self.cleaned_data["channels"] or None
        if any(self.touched(f"caption:{account.slug}") for account in self.accounts):
            found["captions"] = self.own_captions()
        named = self._facts({name: value for name, value in seen["data"].items() if name in _NAMES})
        kept = {name: seen["data"][name] for name in _NAMES if name in seen["data"]}
        data = named.get("data", kept) | self.facts(seen["data"])
        meta = {name: value for name, value in seen["meta"].items() if name not in META} | self.meta_now()
        found |= {name: now for name, now in (("data", data), ("meta", meta)) if now != seen[name]}
        if self.act == "send-now" and self.instance.status == QueueItem.Status.DRAFT:
            found["publish_at"] = timezone.now().isoformat()
        return found

    def judge(self) -> None:
        """What is planned stays fit to go out; the rest is judged when it is to go."""
        if self.act in GOING or self.instance.status == QueueItem.Status.READY:
            self.refuse_what_can_not_go(self.instance)

    def touched(self, name: str) -> bool:
        """Does the field say something else than what it was filled with?"""
        given, seen = self.cleaned_data.get(name), self.cleaned_data["seen"]
        if isinstance(given, str):
            given = given.replace("\r\n", "\n")
        if name.startswith("caption:"):
            return (given or "") != seen["captions"].get(name.removeprefix("caption:"), "")
        if name == "album":
            return self.media_now() != seen["album"]
        if name == "follow_ups":
            return self.follow_ups_now() != follow_ups.read(follow_ups.written(seen["follow_ups"]))
        if name in declared.FIELDS:
            return self.ai_now() != seen["ai"]
        if name == "channels":
            return set(given or []) != set(seen["channels"])
        if name in META:
            return (given or "") != str(seen["meta"].get(name, ""))
        if name.startswith("data_"):
            return given != str(seen["data"].get(name.removeprefix("data_"), ""))
        if isinstance(given, datetime):
            return not seen[name] or as_typed(given) != as_typed(datetime.fromisoformat(seen[name]))
        return given != seen[name] and bool(given or seen[name])

    @property
    def picture(self) -> File | bool | None:
        """A new file, False to take the old one away, None to leave it."""
        given = self.cleaned_data.get("image")
        return self.chosen_picture() or (False if given is False else None)

    def _post_clean(self) -> None:
        """The model's own checks know less than the rules above."""


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
