"""All our files in one tar file: a backup, and the way from a folder into a bucket or back."""

import tarfile
from datetime import datetime
from pathlib import Path, PurePosixPath

from django.core.exceptions import SuspiciousOperation
from django.core.files import File
from django.core.files.storage import default_storage

from social_queue.media import files


def save(target: Path) -> int:
    """Write everything that is kept into ``target``, which is there whole or not at all; returns how many files."""
    part = target.with_name(f".{target.name}.part")
    try:
        # Not compressed: pictures are already.
        with tarfile.open(part, "w") as tar:
            count = sum(_put(tar, name, written) for name, written in files.store().written(""))
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return count


def load(source: Path) -> tuple[int, int]:
    """Keep what is in ``source`` and not here yet; returns how many files came and how many were here.

    Raises ValueError for what ``save`` has not made.
    """
    try:
        with tarfile.open(source) as tar:
            came = [_take(tar, about) for about in tar if about.isfile()]
    except (tarfile.TarError, SuspiciousOperation) as fault:
        raise ValueError(f"{source} is no archive of pictures: {fault}") from fault
    return came.count(True), came.count(False)


def _put(tar: tarfile.TarFile, name: str, written: datetime) -> bool:
    if PurePosixPath(name).name.startswith("."):
        return False  # of a write that is under way
    about = tarfile.TarInfo(name)
    about.mtime = int(written.timestamp())
    with files.opened(name) as file:
        about.size = file.size
        tar.addfile(about, file)
    return True


def _take(tar: tarfile.TarFile, about: tarfile.TarInfo) -> bool:
    """Did it come? It stays away where it is here already."""
    content = tar.extractfile(about)
    if content is None or files.there(about.name):
        return False
    default_storage.save(about.name, File(content, about.name))
    return True
