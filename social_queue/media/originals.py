"""What was uploaded: looked at, freed from its camera's words, and kept once however often it came."""

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO

from django.core.files import File
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from connectors.media import inspect
from connectors.media.guard import MediaRefused
from connectors.stripping import stripped
from social_queue.media import files
from social_queue.media.video import looking
from social_queue.media.video import stripping as video_stripping
from social_queue.models import ItemMedium, MediaFile, Series

LARGEST = {MediaFile.Kind.IMAGE: 20 * 1024 * 1024, MediaFile.Kind.VIDEO: 200 * 1024 * 1024}
_MOST_SECONDS = 12 * 3600
_CHUNK = 1024 * 1024
_MATROSKA = b"\x1a\x45\xdf\xa3"
#: An upload as the text of a body names it.
_NAMED = re.compile(r'"upload":\s*"([0-9a-f]{64})"')
#: What neither an item nor a repeat uses stays so long after its last upload.
_UNUSED_FOR = timedelta(days=1)


@dataclass(frozen=True)
class _Looked:
    """What a file holds, and the bytes to keep of it."""

    kind: MediaFile.Kind
    media_type: str
    width: int
    height: int
    bytes: int
    content: File
    seconds: float = 0.0


def kind_of(start: bytes) -> MediaFile.Kind:
    """What the first dozen bytes begin, as far as they tell; whatever is no video is judged as a picture."""
    return MediaFile.Kind.VIDEO if looking.is_video(start) else MediaFile.Kind.IMAGE


def keep(file: IO[bytes], *, now: datetime, sha256: str = "") -> tuple[MediaFile, bool]:
    """The medium of these bytes, and whether it is new. ``file`` is overwritten where it says too much.

    ``sha256``: of the bytes, where the caller has added them up already. Raises MediaRefused with the reason and
    OSError of the store.
    """
    digest = sha256 or digest_of(file)
    held = MediaFile.objects.filter(sha256=digest).first()
    if held and files.there(held.file):
        MediaFile.objects.filter(pk=held.pk).update(uploaded_at=now)
        return held, False
    looked = _look(file)
    name = files.keep_as(_name(looked.media_type), looked.content)
    if held:
        # Its file was lost: these are the same bytes.
        MediaFile.objects.filter(pk=held.pk).update(file=name, uploaded_at=now)
        held.file = name
        return held, False
    row = MediaFile(
        sha256=digest,
        file=name,
        kind=looked.kind,
        media_type=looked.media_type,
        width=looked.width,
        height=looked.height,
        seconds=looked.seconds,
        bytes=looked.bytes,
        uploaded_at=now,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        # The same bytes came by another way a moment ago.
        files.forget(name)
        return MediaFile.objects.get(sha256=digest), False
    return row, True


def digest_of(file: IO[bytes]) -> str:
    """SHA-256 of the whole file, read piece by piece."""
    file.seek(0)
    digest = hashlib.sha256()
    while piece := file.read(_CHUNK):
        digest.update(piece)
    return digest.hexdigest()


def known(ids: Iterable[str]) -> dict[str, MediaFile]:
    """{id: medium} of those that are kept."""
    return {row.sha256: row for row in MediaFile.objects.filter(sha256__in=list(ids))}


def prune(now: datetime) -> int:
    """Take away what neither an item nor a repeat uses a day after its last upload; returns how many went."""
    unused = MediaFile.objects.filter(uploaded_at__lt=now - _UNUSED_FOR, carried_by=None)
    found = dict(unused.values_list("sha256", "pk"))
    # The repeats are read once for what they name, and asked again only about what is about to go.
    texts = _repeats_with('"upload"').iterator() if found else ()
    kept = {sha256 for text in texts for sha256 in _NAMED.findall(text)}
    return sum(_forget(pk, now) for sha256, pk in found.items() if sha256 not in kept)


def _forget(pk: int, now: datetime) -> bool:
    with transaction.atomic():
        row = MediaFile.objects.select_for_update().filter(pk=pk, uploaded_at__lt=now - _UNUSED_FOR).first()
        if row is None or ItemMedium.objects.filter(file=row).exists():
            return False
        if _repeats_with(row.sha256).exists():
            return False
        row.delete()
    files.forget(row.file)
    return True


def _repeats_with(part: str) -> QuerySet[Series, str]:
    """The bodies that say so of repeats that go on: between two of its times no item may carry what a repeat shows."""
    goes_on = Series.objects.filter(cancelled_at=None, lay_not_before__isnull=False)
    told = goes_on.annotate(told=Cast("payload", TextField())).filter(told__contains=part)
    return told.order_by().values_list("told", flat=True)


def _name(media_type: str) -> str:
    """Nobody can guess it: what is to be published on Friday lies open to whoever knows its address."""
    name, ending = secrets.token_hex(16), (files.ENDINGS | looking.ENDINGS)[media_type]
    return f"originals/{name[:2]}/{name}{ending}"


def _look(file: IO[bytes]) -> _Looked:
    file.seek(0)
    start = file.read(32)
    kind = kind_of(start)
    if start.startswith(_MATROSKA):
        raise MediaRefused("It is a WebM or Matroska video. Export it as an MP4 with H.264 video.")
    if kind == MediaFile.Kind.IMAGE:
        return _picture(file)
    video = looking.look(file)
    if video.seconds > _MOST_SECONDS:
        raise MediaRefused("The video says that it is longer than twelve hours. Export it again.")
    video_stripping.strip(file)
    file.seek(0)
    return _Looked(kind, video.media_type, video.width, video.height, video.bytes, File(file, "video"), video.seconds)


def _picture(file: IO[bytes]) -> _Looked:
    file.seek(0)
    most = LARGEST[MediaFile.Kind.IMAGE]
    content = file.read(most + 1)
    if len(content) > most:
        raise MediaRefused(f"The picture has more than {most:,} bytes (20 MiB).")
    picture = stripped(inspect.inspect(content))
    return _Looked(
        MediaFile.Kind.IMAGE,
        picture.media_type,
        picture.width,
        picture.height,
        len(picture.content),
        ContentFile(picture.content),
    )
