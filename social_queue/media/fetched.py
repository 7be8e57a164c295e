"""The picture behind an item's address: downloaded once for all its posts and attempts, without its camera's words."""

import hashlib
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from connectors.media import inspect
from connectors.stripping import stripped
from connectors.texts.ascii_links import ascii_link
from social_queue.media import files
from social_queue.models import QueueItem

#: No picture of any platform may be larger than this before it is fitted.
LARGEST_DOWNLOAD = 30 * 1024 * 1024


@dataclass(frozen=True)
class Kept:
    """The name of our copy, and where (in ASCII) everybody else finds these very bytes; "" when only we have them."""

    name: str
    address: str


def fetch_once(item: QueueItem) -> Kept:
    """The copy of the item's picture. Raises Rejected with the reason, TransientError, or OSError of the store.

    Not one for all items: generators overwrite ``today.jpg``, and yesterday's picture must not go out again.
    """
    url = ascii_link(item.image_url)
    name = hashlib.sha256(f"{item.pk} {item.image_url} bare".encode()).hexdigest()
    place = f"fetched/{name[:2]}/{name}"
    # Only where it isn't the item's address is it written down, beside the copy and before it.
    elsewhere = f"{place}.address"
    for ending in files.ENDINGS.values():
        if files.there(place + ending):
            return Kept(place + ending, _written_in(elsewhere, otherwise=url))
    picture = inspect.fetch(url, max_bytes=LARGEST_DOWNLOAD, allowed_hosts=_allowed_hosts())
    bare = stripped(picture)
    address = (picture.found_at or url) if bare.content == picture.content else ""
    if address != url:
        files.write_whole(elsewhere, address.encode())
    copy = place + files.ENDINGS[bare.media_type]
    files.write_whole(copy, bare.content)
    return Kept(copy, address)


def _written_in(name: str, *, otherwise: str) -> str:
    try:
        return files.read(name).decode()
    except FileNotFoundError:
        return otherwise


def _allowed_hosts() -> tuple[str, ...]:
    return (*settings.MEDIA_ALLOWED_HOSTS, urlsplit(settings.PUBLIC_BASE_URL).netloc)
