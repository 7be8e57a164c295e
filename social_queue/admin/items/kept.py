"""A picture that was chosen for an item which is not stored yet: it outlives errors, reloads and two tabs."""

import hashlib
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.http import FileResponse, HttpRequest, HttpResponseNotAllowed, JsonResponse
from django.http.response import HttpResponseBase

from social_queue.admin.items import previews
from social_queue.admin.media import addresses, receiving
from social_queue.admin.pieces.picture_field import PictureField
from social_queue.admin.pieces.typed import person
from social_queue.media import files
from social_queue.models import QueueItem
from social_queue.sentences import translated

#: Among the pictures that go when nobody has touched them for two weeks; public, so named after its content.
_FOLDER = "fitted/kept"


def keep(file: File) -> str:
    """Store a clean picture; a word that only we can make stands for it in forms."""
    file.seek(0)
    content = file.read()
    name = hashlib.sha256(content).hexdigest()
    place = f"{_FOLDER}/{name[:2]}/{name}{Path(str(file.name)).suffix}"
    if not files.there(place):
        files.write_whole(place, content)
    return addresses.SIGNER.sign(place)


def name_of(word: str) -> str:
    """Where it is stored, or "" when the word is none of ours or the file has gone."""
    try:
        name = addresses.SIGNER.unsign(word)
    except addresses.BadSignature:
        return ""
    return name if files.there(name) else ""


def opened(word: str) -> File | None:
    """The picture as a file that an item can be given."""
    name = name_of(word)
    return File(files.opened(name), name=Path(name).name) if name else None


def upload(request: HttpRequest) -> HttpResponseBase:
    """A picture on its way: judged, kept, and where to look at it; what is wrong with it is a sentence."""
    _refuse_strangers(request)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if file := request.FILES.get("file"):
        return receiving.take(file)
    field = PictureField(required=True)
    try:
        word = keep(field.clean(request.FILES.get("image")))
    except Exception as fault:
        if not hasattr(fault, "messages"):
            raise
        return JsonResponse({"fault": " ".join(map(translated, fault.messages))}, status=422)
    return JsonResponse({"kept": word, "address": address(QueueItem(image=name_of(word)))})


def address(item: QueueItem) -> str:
    """Where a page finds the small picture of an item that is not stored: the file, the address or the card."""
    seen: dict[str, Any] = {"image": item.image.name or "", "image_url": item.image_url}
    if not any(seen.values()):
        seen = {"title": item.title, "data": item.data}
    elif item.focus:
        seen["focus"] = item.focus
    return addresses.look(seen)


def look(request: HttpRequest) -> FileResponse:
    """That picture. What is shown is signed, so nobody makes this server fetch what he likes."""
    _refuse_strangers(request)
    try:
        seen = addresses.seen_of(request.GET.get("of", ""))
    except addresses.BadSignature as fault:
        raise PermissionDenied from fault
    return previews.picture(request, QueueItem(**seen))


def _refuse_strangers(request: HttpRequest) -> None:
    if not any(person(request).has_perm(f"queue.{verb}_queueitem") for verb in ("add", "change")):
        raise PermissionDenied
