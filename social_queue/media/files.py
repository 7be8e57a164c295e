"""Files we serve, in a folder or a bucket: known by a name in the store and by a public address.

Whatever goes wrong with the store is an OSError: FileNotFoundError where a file is not there now.
"""

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Protocol, cast

from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.encoding import filepath_to_uri

from social_queue.models.items import picture_name

logger = logging.getLogger(__name__)

#: How a file of each type ends: a web server in front tells the type by it.
ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp"}


class Store(Protocol):
    """What both our stores can beyond Django's storage: see ``folder`` and ``bucket``."""

    def written(self, under: str) -> Iterator[tuple[str, datetime]]:
        """The name of each file below that folder, and when it was written."""

    def here(self) -> Path | None:
        """The folder on this host, whose disk may be full; None for a bucket."""

    def trouble(self) -> str:
        """Why nothing can be kept there, or ""."""


def store() -> Store:
    """Where our files are, as MEDIA_STORAGE says."""
    return cast(Store, default_storage)


def read(name: str) -> bytes:
    """The whole file."""
    with default_storage.open(name) as file:
        return file.read()


def opened(name: str) -> File:
    """The file, to be passed on piece by piece; whoever asks closes it."""
    return default_storage.open(name)


def there(name: str) -> bool:
    """Is it there now, with something in it? A power cut may leave an empty file behind."""
    return written_at(name) is not None


def written_at(name: str) -> datetime | None:
    """When it was written; None where it is not there or empty."""
    try:
        return default_storage.get_modified_time(name) if default_storage.size(name) else None
    except FileNotFoundError:
        return None


def write_whole(name: str, content: bytes) -> None:
    """Write ``content`` so that nobody ever sees half of it, however many write the same file at once."""
    default_storage.save(name, ContentFile(content))


def keep(upload: File) -> str:
    """Keep an upload, piece by piece; the name that it is kept under, which nobody can guess."""
    return keep_as(picture_name(None, upload.name or ""), upload)


def keep_as(name: str, upload: File) -> str:
    """Keep a file under that name, piece by piece; the name that it is kept under."""
    try:
        return default_storage.save(name, upload)
    except OSError:
        logger.exception("an upload can't be kept")
        raise


def forget(name: str) -> None:
    """Take an upload away again that nothing came of."""
    try:
        default_storage.delete(name)
    except OSError:
        logger.exception("%s is of no use and could not be removed", name)


def at_hand(name: str, content: bytes, room: ExitStack) -> Path:
    """The file on this host until ``room`` is left, so that sending it waits for no store: itself, or a copy."""
    try:
        return Path(default_storage.path(name))
    except NotImplementedError:
        folder = Path(tempfile.mkdtemp(prefix="autopost-picture-"))
        room.callback(shutil.rmtree, folder, ignore_errors=True)
        copy = folder / PurePosixPath(name).name
        copy.write_bytes(content)
        return copy


def lent(name: str, room: ExitStack) -> Path:
    """As ``at_hand``, for a file that is too large to be read first: a copy is made piece by piece."""
    try:
        path = Path(default_storage.path(name))
    except NotImplementedError:
        folder = Path(tempfile.mkdtemp(prefix="autopost-video-"))
        room.callback(shutil.rmtree, folder, ignore_errors=True)
        path = folder / PurePosixPath(name).name
        with default_storage.open(name) as file, path.open("wb") as copy:
            shutil.copyfileobj(file, copy, 1024 * 1024)
    if not path.exists():
        raise FileNotFoundError(name)
    return path


def public_url(name: str) -> str:
    """The file's address under PUBLIC_BASE_URL."""
    return f"{settings.PUBLIC_BASE_URL}{settings.MEDIA_URL}{filepath_to_uri(name)}"


def prune(under: str, *, before: datetime) -> list[str]:
    """Remove what was written before that moment below a folder; returns the names of what went."""
    old = [name for name, written in store().written(under) if written < before]
    for name in old:
        default_storage.delete(name)
    return old
