"""Which call sends a post to Telegram, and what goes into it: words, a picture, a video, or an album.

Facts and where they stand:
- an album has 2 to 10 photos and videos, mixed as one likes, each with a caption of its own; apps show the first one's
  as the album's when it alone has one: https://core.telegram.org/bots/api#sendmediagroup
- by address a photo may have 5 MB and a video 20, an upload 10 and 50: https://core.telegram.org/bots/api#sending-files
- a file of an album stands in a part of the form that its item names as attach://<name>:
  https://core.telegram.org/bots/api#inputmediaphoto
- when an album is refused after it was let through, the others of it may be out, and an address that cannot be read is
  told in the same words (https://github.com/tdlib/telegram-bot-api): so an album is uploaded wherever we have the files
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.base import Outgoing, OutgoingMedia, VideoLimits
from connectors.uploads import File, Form, upload_of
from connectors.vendors.telegram.errors import UPLOAD
from connectors.vendors.telegram.text import LONGEST_CAPTION, visible_length

MOST_IN_ALBUM = 10
VIDEO = VideoLimits(bytes=50_000_000, types=("video/mp4",), by="either")
_METHODS = {"image": ("sendPhoto", "photo"), "video": ("sendVideo", "video")}


@dataclass(frozen=True)
class Sending:
    """One call of the Bot API."""

    method: str
    fields: Mapping[str, object]
    files: Mapping[str, File] = field(default_factory=dict)

    def request(self) -> dict[str, Any]:
        """What requests is given: JSON, or a form with files."""
        if not self.files:
            return {"json": dict(self.fields)}
        form = Form({name: _as_text(value) for name, value in self.fields.items()}, self.files)
        return {"data": form, "headers": form.headers}


def has_caption(outgoing: Outgoing) -> bool:
    """Do its words hang below its media? Else they are a message, above which a picture can be shown."""
    return bool(outgoing.media) and visible_length(outgoing.text) <= LONGEST_CAPTION


def preview(outgoing: Outgoing, *, of_link: bool) -> dict[str, object]:
    """What a message shows beside its words: its picture, the preview of its first link if ``of_link``, or nothing."""
    if outgoing.media_url:
        shown = {"url": outgoing.media_url, "prefer_large_media": True, "show_above_text": True}
        return {"link_preview_options": shown}
    return {} if of_link else {"link_preview_options": {"is_disabled": True}}


def of_media(outgoing: Outgoing, draft: str, common: Mapping[str, object]) -> Sending:
    """The call for a post with media; ``draft`` may say that files are to be uploaded."""
    words: dict[str, object] = {"caption": outgoing.text, "parse_mode": "HTML"} if outgoing.text else {}
    if len(outgoing.media) == 1:
        [medium] = outgoing.media
        method, name = _METHODS[medium.kind]
        uploaded = draft == UPLOAD or not medium.url
        fields = {**common, **words, **_seen(medium)}
        if uploaded:
            return Sending(method, fields, {name: upload_of(medium.path)})
        return Sending(method, fields | {name: medium.url})
    files = {f"file{place}": upload_of(one.path) for place, one in enumerate(outgoing.media) if one.path}
    rows = [
        {"type": _METHODS[one.kind][1], "media": f"attach://file{place}" if one.path else one.url}
        | _seen(one)
        | (words if place == 0 else {})
        for place, one in enumerate(outgoing.media)
    ]
    return Sending("sendMediaGroup", {**common, "media": rows}, files)


def _seen(medium: OutgoingMedia) -> dict[str, object]:
    """Telegram looks at a video itself, but clients show it at its size at once when it is told."""
    if medium.kind != "video":
        return {}
    told = {"width": medium.width, "height": medium.height, "duration": round(medium.seconds)}
    return {"supports_streaming": True} | {name: value for name, value in told.items() if value}


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
