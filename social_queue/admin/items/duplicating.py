"""Writing an item that begins as another one: its words, facts, channels and picture, at a time of its own."""

from typing import Any

from django.core.files import File
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from social_queue.admin.beside import declared, follow_ups
from social_queue.admin.items.forms import DATA, AddForm
from social_queue.admin.media import album
from social_queue.admin.pieces.filters import is_id
from social_queue.media import carried
from social_queue.models import QueueItem
from social_queue.operations import mending

_META = ("variant", "utm_campaign")


def original(request: HttpRequest) -> QueueItem | None:
    """The item that the address names; None where it names none."""
    asked = request.GET.get("from")
    if asked is None:
        return None
    found = QueueItem.objects.filter(pk=asked).first() if is_id(asked) else None
    if found is None:
        raise Http404
    return found


def begin(request: HttpRequest, item: QueueItem) -> HttpResponse:
    """For a button: to the form, filled."""
    return redirect(f"{reverse('admin:queue_queueitem_add')}?from={item.pk}")


class DuplicateForm(AddForm):
    """The form of a new item, filled from ``original``; what it has no fields for comes along as it is."""

    def __init__(self, *args, original: QueueItem, **kwargs) -> None:
        super().__init__(*args, initial=_filled(original), **kwargs)
        self.original = original

    def payload(self) -> dict:
        """With the facts that only the original's writer knew of, unless the page has shown them."""
        body = super().payload()
        fields = {name for name, _label, _example in DATA}
        unseen = {} if self.is_composed else _others(self.original.data, fields)
        data = unseen | body.get("data", {})
        meta = _others(self.original.meta, _META) | body.get("meta", {})
        return body | {name: value for name, value in (("data", data), ("meta", meta)) if value}

    def data_now(self, before: dict[str, Any] | None = None) -> dict[str, Any]:
        """Facts that are left as they were keep their kind."""
        return super().data_now(self.original.data)

    def picture_name(self, stored: QueueItem | None) -> str:
        """Another picture, else the original's."""
        return super().picture_name(stored) or ("" if self.gives_up_picture else self.original.image.name or "")

    def picture(self) -> File | None:
        """Another picture where one was chosen, else the one that was uploaded for the original."""
        chosen = super().picture()
        if chosen or self.media_now():
            return chosen
        theirs = self.original.image
        try:
            return File(theirs.open("rb"), theirs.name) if theirs and not self.gives_up_picture else None
        except FileNotFoundError:
            return None


def _filled(item: QueueItem) -> dict[str, Any]:
    """A moment that is over is left out."""
    facts = {f"data_{name}": str(item.data[name]) for name, _label, _example in DATA if item.data.get(name)}
    times = {name: when for name in mending.MOMENTS if (when := getattr(item, name)) and when > timezone.now()}
    meta = {name: item.meta[name] for name in _META if item.meta.get(name)}
    times["next_slot"] = item.next_slot
    own = {f"caption:{slug}": text for slug, text in mending.own_captions(item).items()}
    several = {"album": album.written(carried.album(item)), "follow_ups": follow_ups.written(item.follow_ups)}
    several |= declared.filled(item.ai)
    return {name: getattr(item, name) for name in (*mending.WORDS, "channels")} | facts | times | meta | own | several


def _others(held: dict, names: Any) -> dict:
    return {name: value for name, value in held.items() if name not in names}
