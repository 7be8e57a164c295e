"""Where a page of the desk finds what an item shows: small, from here, and only what we have signed."""

from typing import Any

from django.core.files.storage import default_storage
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from social_queue.media.carried import Medium

SIGNER = Signer(salt="queue.kept-picture")


def look(seen: dict[str, Any]) -> str:
    """Of the small picture of an item with these columns, which need not be stored."""
    return f"{reverse('admin:queue_queueitem_look')}?of={SIGNER.sign_object(seen, compress=True)}"


def seen_of(word: str) -> dict[str, Any]:
    """The columns that an address names; raises BadSignature, so nobody makes this server fetch what he likes."""
    return SIGNER.unsign_object(word)


def of(medium: Medium) -> str:
    """Of a picture, small; of a video of ours, the video. One behind a stranger's address is not played here."""
    if medium.kind == "video":
        return default_storage.url(medium.name) if medium.name else ""
    return look({"image": medium.name, "image_url": "" if medium.name else medium.url})


__all__ = ["SIGNER", "BadSignature", "look", "of", "seen_of"]
