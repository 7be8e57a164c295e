"""What the composer has beside an item's plain fields: where to, own words, any fact, a picture that is kept."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

from django import forms
from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold import widgets

import connectors
from social_queue.admin.beside import declared, follow_ups
from social_queue.admin.items import kept, live
from social_queue.admin.media import album
from social_queue.media import carried
from social_queue.models import PlatformAccount, QueueItem
from social_queue.operations import mending
from social_queue.reading import strict_json
from social_queue.wording.variants import AUTO, SPLIT

_VARIANTS = (
    ("", _("in turns")),
    ("A", "A"),
    ("B", "B"),
    (SPLIT, _("platforms get different ones")),
    (AUTO, _("whichever is clicked more")),
)
META = ("variant", "utm_campaign")
#: Presses after which something goes out.
GOING = ("schedule", "send-now", "approve", "retry", "send-anyway")


class Composed(forms.Form):
    """The forms of a new item and of a change have it; ``composed`` in what is sent says that all of it was shown."""

    channels = forms.MultipleChoiceField(
        label=_("Where to"),
        required=False,
        help_text=_("Nothing chosen means every active account."),
        widget=widgets.UnfoldAdminCheckboxSelectMultipleWidget(),
    )
    variant = forms.ChoiceField(
        label=_("Wording"), required=False, choices=_VARIANTS, widget=widgets.UnfoldAdminSelectWidget()
    )
    utm_campaign = forms.CharField(label=_("Campaign"), required=False, widget=widgets.UnfoldAdminTextInputWidget())
    #: Several pictures and videos, or a video; then the fields of a single picture say nothing.
    album = forms.CharField(label=_("Pictures and videos"), required=False, widget=forms.HiddenInput())
    follow_ups = forms.CharField(label=_("What follows"), required=False, widget=forms.HiddenInput())
    ai_generated = forms.ChoiceField(
        label=_("Made by a machine"), required=False, choices=declared.choices, widget=widgets.UnfoldAdminSelectWidget()
    )
    ai_tool = forms.CharField(
        label=_("With which tool"),
        required=False,
        max_length=100,
        help_text=_("For the record; readers don't see it."),
        widget=widgets.UnfoldAdminTextInputWidget(),
    )
    next_slot = forms.BooleanField(
        label=_("In the next free slot of each account"), required=False, widget=widgets.UnfoldBooleanWidget()
    )
    #: See ``kept``.
    kept = forms.CharField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        item = getattr(self, "instance", None)
        held = mending.destinations(item) if item and item.pk else []
        rows = PlatformAccount.objects.order_by("platform", "slug")
        self.accounts = [row for row in rows if row.archived_at is None or row.slug in held]
        cast(forms.MultipleChoiceField, self.fields["channels"]).choices = channel_choices(self.accounts)
        for account in self.accounts:
            label = gettext("Own words for %(account)s") % {"account": account.slug}
            box = forms.Textarea(attrs={"rows": 7, "class": "ap-input"})
            self.fields[f"caption:{account.slug}"] = forms.CharField(label=label, required=False, widget=box)

    def clean(self) -> dict[str, Any] | None:
        """The page hides the time of what goes into slots, so nothing of it is wrong."""
        if self.cleaned_data.get("next_slot"):
            self.errors.pop("publish_at", None)
        others = self.facts({})
        for name in [name for name in self.fields if name.startswith("data_")]:
            typed, other = self.cleaned_data.get(name), others.get(name.removeprefix("data_"))
            if typed and other and str(other).strip() != typed:
                self.add_error(name, gettext("It stands among the other facts as well, with another value."))
        return super().clean()

    @property
    def is_composed(self) -> bool:
        """Did it come from the composer's page, where whatever is not sent was left empty?"""
        return bool(self.data.get("composed"))

    @property
    def act(self) -> str:
        """The button that was pressed."""
        return str(self.data.get("act", ""))

    @property
    def chose_what_is_over(self) -> bool:
        """Was a moment chosen that has gone by? The minute that runs has not; what was left as it was is not asked."""
        chosen, touched = self.cleaned_data.get("publish_at"), getattr(self, "touched", None)
        if not (self.is_bound and chosen) or chosen >= timezone.now().replace(second=0, microsecond=0):
            return False
        return touched is None or bool(touched("publish_at"))

    @property
    def gives_up_picture(self) -> bool:
        """The picture it had is taken away."""
        return bool(self.data.get("image-clear"))

    def media_now(self) -> list[dict[str, Any]]:
        """Several pictures and videos as an ingest body has them."""
        # What is wrong with them takes the field's value away, and the cards are to show them all the same.
        return album.read(self.cleaned_data.get("album") or str(self.data.get("album", "")))

    def follow_ups_now(self) -> list[dict[str, Any]]:
        """What follows each post, as an ingest body has it."""
        # As with the media: what is wrong with it is to be shown all the same.
        return follow_ups.read(self.cleaned_data.get("follow_ups") or str(self.data.get("follow_ups", "")))

    def ai_now(self) -> dict[str, Any] | None:
        """Whether a machine made it, as an ingest body has it."""
        return declared.read(self.cleaned_data.get("ai_generated"), self.cleaned_data.get("ai_tool"))

    def with_media(self, body: dict[str, Any]) -> dict[str, Any]:
        """The body with them instead of the single picture, where there are any."""
        if not (media := self.media_now()):
            return body
        return {name: value for name, value in body.items() if name not in ("image_url", "alt_text")} | {"media": media}

    def own_captions(self) -> dict[str, str]:
        """{slug: its own words}."""
        given = ((account.slug, self.cleaned_data.get(f"caption:{account.slug}")) for account in self.accounts)
        return {slug: text.replace("\r\n", "\n") for slug, text in given if text}

    def facts(self, known: Mapping[str, Any]) -> dict[str, Any]:
        """The rows of ``data`` beside the fields that have a name; ``known`` is what they held, by its kind."""
        if not hasattr(self.data, "getlist"):
            return {}
        rows = zip(self.data.getlist("data_key"), self.data.getlist("data_value"), strict=False)
        return {key.strip(): _typed(value, known.get(key.strip())) for key, value in rows if key.strip() and value}

    def picture_name(self, stored: QueueItem | None) -> str:
        """Where the picture is that would go out: a kept one, else the item's own."""
        if name := kept.name_of(self.cleaned_data.get("kept") or ""):
            return name
        if stored is None or self.gives_up_picture or (carried.album(stored) and not self.media_now()):
            return ""
        typed = self.cleaned_data.get("image_url") or ""
        return "" if typed and typed != stored.image_url else stored.image.name or ""

    def keep_the_picture(self) -> None:
        """No browser fills a file into a form again, so one that was good is kept here."""
        file = self.cleaned_data.get("image")
        if isinstance(file, UploadedFile):
            sent = cast(QueryDict, self.data).copy()
            sent["kept"] = kept.keep(file)
            self.data = sent

    def chosen_picture(self) -> File | None:
        """What was sent with the form, or before it; none where there are several."""
        if self.media_now():
            return None
        sent = self.cleaned_data.get("image")
        return sent if isinstance(sent, UploadedFile) else kept.opened(self.cleaned_data.get("kept") or "")

    def refuse_what_can_not_go(self, stored: QueueItem | None) -> None:
        """What a platform would refuse is said at its field."""
        self.looked = found = live.of(self, stored)
        for name, said in (*found.faults.items(), *found.planned.items()):
            self.add_error(name if name in self.fields else None, said)


def rows_of(data: Mapping[str, Any], named: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """What stands in ``data`` beside the fields that have a name, as text."""
    for key, value in data.items():
        if key not in named:
            yield key, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def channel_choices(accounts: list[PlatformAccount] | None = None) -> list[tuple[str, str]]:
    """Each account, then each platform as a whole."""
    rows = list(PlatformAccount.objects.order_by("platform", "slug")) if accounts is None else accounts
    whole = [
        (name, gettext("all of %(platform)s") % {"platform": label}) for name, label in connectors.platform_choices()
    ]
    return [*((row.slug, f"{row.slug} ({connectors.get(row.platform).label})") for row in rows), *whole]


def _typed(text: str, before: object) -> object:
    """Text, unless something else stood there and can be read from it again."""
    if before is None or isinstance(before, str):
        return text
    try:
        return strict_json.parse(text)
    except ValueError:
        return text
