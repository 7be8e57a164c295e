"""What stands behind an address: downloaded once for all posts and attempts of an item, without its camera's words."""

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile

from connectors.media import download, inspect
from connectors.media.guard import MediaRefused
from connectors.stripping import stripped
from connectors.texts.ascii_links import ascii_link
from social_queue.media import files
from social_queue.media.video import looking
from social_queue.media.video import stripping as video_stripping
from social_queue.models import MediaFile, QueueItem

#: No picture of any platform may be larger than this before it is fitted.
LARGEST_DOWNLOAD = 30 * 1024 * 1024
LARGEST_VIDEO = 200 * 1024 * 1024
_PICTURE = download.Terms(LARGEST_DOWNLOAD, seconds=20)
#: A platform may be fetching it at the same time; what takes longer is tried again later.
_VIDEO = download.Terms(LARGEST_VIDEO, seconds=90)
#: A download of that size stays in memory; a larger one lies on disk.
_IN_MEMORY = 1024 * 1024


@dataclass(frozen=True)
class Kept:
    """The name of our copy, and where (in ASCII) everybody else finds these very bytes; "" when only we have them.

    ``facts``: what a video says of itself, in a row that is not stored; None of a picture.
    """

    name: str
    address: str
    facts: MediaFile | None = None


def fetch_once(item: QueueItem, address: str = "") -> Kept:
    """The copy of what is at one of the item's addresses, its only one unless ``address`` names another.

    Raises Rejected with the reason, TransientError, or OSError of the store. Not one copy for all items: generators
    overwrite ``today.jpg``, and yesterday's picture must not go out again.
    """
    given = address or item.image_url
    url = ascii_link(given)
    name = hashlib.sha256(f"{item.pk} {given} bare".encode()).hexdigest()
    place = f"fetched/{name[:2]}/{name}"
    # Only where it isn't the item's address is it written down, beside the copy and before it.
    elsewhere = f"{place}.address"
    for ending in (files.ENDINGS | looking.ENDINGS).values():
        if files.there(place + ending):
            return Kept(place + ending, _written_in(elsewhere, otherwise=url), _facts(place + ending))
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as came:
        found_at = download.save(url, came, terms=_terms, allowed_hosts=_allowed_hosts())
        content, media_type, changed = _bare(came, url)
        at = "" if changed else (found_at or url)
        if at != url:
            files.write_whole(elsewhere, at.encode())
        copy = place + (files.ENDINGS | looking.ENDINGS)[media_type]
        files.keep_as(copy, content)
    return Kept(copy, at, _facts(copy))


def _bare(came: IO[bytes], url: str) -> tuple[File, str, bool]:
    """What to keep of a download, its media type, and whether it is anything else than what came."""
    try:
        came.seek(0)
        if looking.is_video(came.read(32)):
            video = looking.look(came)
            changed = video_stripping.strip(came)
            return File(came, "video"), video.media_type, changed
        came.seek(0)
        picture = inspect.inspect(came.read())
        bare = stripped(picture)
        return ContentFile(bare.content), bare.media_type, bare.content != picture.content
    except MediaRefused as fault:
        shown = url.partition("?")[0]
        message = f"{shown} is not taken: {fault.message[0].lower()}{fault.message[1:]}"
        raise MediaRefused(message) from fault


def _facts(name: str) -> MediaFile | None:
    if PurePosixPath(name).suffix not in looking.ENDINGS.values():
        return None
    with files.opened(name) as file:
        video = looking.look(file)
    return MediaFile(
        kind=MediaFile.Kind.VIDEO,
        file=name,
        media_type=video.media_type,
        width=video.width,
        height=video.height,
        seconds=video.seconds,
        bytes=video.bytes,
    )


def _terms(start: bytes) -> download.Terms:
    return _VIDEO if looking.is_video(start) else _PICTURE


def _written_in(name: str, *, otherwise: str) -> str:
    try:
        return files.read(name).decode()
    except FileNotFoundError:
        return otherwise


def _allowed_hosts() -> tuple[str, ...]:
    return (*settings.MEDIA_ALLOWED_HOSTS, urlsplit(settings.PUBLIC_BASE_URL).netloc)
