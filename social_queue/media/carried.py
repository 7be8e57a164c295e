"""What an item carries: none, one or several pictures and videos, in order, wherever they are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Prefetch, prefetch_related_objects

from connectors.declared import Kind
from social_queue.models import ItemMedium, MediaFile, QueueItem

#: What stands behind an address nobody knows before it is fetched; until then these endings speak for a video.
_VIDEO_ENDINGS = {".mp4", ".mov", ".m4v"}
MOST = 10
#: For whoever fetches items together with what they carry.
ROWS = Prefetch("media", ItemMedium.objects.select_related("file").order_by("position"))


@dataclass(frozen=True)
class Medium:
    """A picture or a video: an upload (``file``), a file of ours by its ``name`` in the store, or an address."""

    url: str = ""
    name: str = ""
    alt: str = ""
    file: MediaFile | None = None

    @property
    def kind(self) -> Kind:
        """As far as it is known: an address is judged by its ending."""
        if self.file:
            return "video" if self.file.kind == MediaFile.Kind.VIDEO else "image"
        ending = PurePosixPath(self.name or urlsplit(self.url).path).suffix.lower()
        return "video" if ending in _VIDEO_ENDINGS else "image"

    def as_body(self) -> dict[str, str]:
        """As ``media`` of an ingest body has it."""
        place = {"upload": self.file.sha256} if self.file else {"url": self.url}
        return place | ({"alt": self.alt} if self.alt else {})


def of(item: QueueItem) -> tuple[Medium, ...]:
    """The item's media; those of an item that is not stored are in ``media_to_be``."""
    if item.media_to_be is not None:
        return tuple(item.media_to_be)
    if not item.image and not item.image_url:
        # The columns tell of the first, so there is none.
        return ()
    if item.pk and "media" not in getattr(item, "_prefetched_objects_cache", {}):
        prefetch_related_objects([item], ROWS)
    rows = list(item.media.all()) if item.pk else []
    several = tuple(Medium(row.url, row.file.file if row.file else "", row.alt, row.file) for row in rows)
    return several if several and _agree(item, several[0]) else _one(item)


def columns(media: Sequence[Medium]) -> dict[str, str]:
    """What the item's own columns say of its media: the first of them."""
    if not media:
        return {"image": "", "image_url": "", "alt_text": ""}
    first = media[0]
    return {"image": first.name, "image_url": "" if first.name else first.url, "alt_text": first.alt}


def takes_rows(media: Sequence[Medium]) -> bool:
    """Does it need rows of its own? A single address is in the item's columns, as ever."""
    return len(media) > 1 or any(medium.file for medium in media)


def replace(item: QueueItem, media: Sequence[Medium]) -> None:
    """The item carries these from now on; its columns have been set. Call it in the transaction that stores them."""
    ItemMedium.objects.filter(item=item).delete()
    getattr(item, "_prefetched_objects_cache", {}).pop("media", None)
    if takes_rows(media):
        ItemMedium.objects.bulk_create(
            ItemMedium(item=item, position=place, file=medium.file, url=medium.url, alt=medium.alt)
            for place, medium in enumerate(media)
        )


def as_body(media: Iterable[Medium]) -> list[dict[str, Any]]:
    """As ``media`` of an ingest body has them."""
    return [medium.as_body() for medium in media]


def album(item: QueueItem) -> list[dict[str, Any]]:
    """The same of an item whose columns don't say all: [] where it has no more than one picture of its own columns."""
    media = of(item)
    return as_body(media) if media and (len(media) > 1 or media[0].file) else []


def _one(item: QueueItem) -> tuple[Medium, ...]:
    if item.image:
        return (Medium(name=str(item.image.name), alt=item.alt_text),)
    return (Medium(url=item.image_url, alt=item.alt_text),) if item.image_url else ()


def _agree(item: QueueItem, first: Medium) -> bool:
    """Do the rows and the columns speak of the same? A version that knows no rows changes the columns alone."""
    held = columns([first])
    return (str(item.image.name or ""), item.image_url) == (held["image"], held["image_url"])
