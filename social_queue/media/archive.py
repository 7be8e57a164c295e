"""All our files in one tar file: a backup, and the way from a folder into a bucket or back."""

import itertools
import tarfile
from datetime import datetime
from pathlib import Path, PurePosixPath

from django.core.exceptions import SuspiciousOperation
from django.core.files import File
from django.core.files.storage import default_storage

from social_queue.media import files

#: Where the site keeps files, below MEDIA_ROOT or in the bucket.
FOLDERS = ("items", "originals", "fetched", "cards", "fitted")
#: What `tar` writes before every name when it packs the folder from its parent, or from within.
_BEFORE = ("./media/", "media/", "./")


def save(target: Path) -> int:
    """Write everything that is kept into ``target``, which is there whole or not at all; returns how many files.

    What else lies beside our folders is not ours, and ``load`` would refuse it.
    """
    part = target.with_name(f".{target.name}.part")
    try:
        # Not compressed: pictures are already.
        with tarfile.open(part, "w") as tar:
            ours = itertools.chain.from_iterable(map(files.store().written, FOLDERS))
            count = sum(_put(tar, name, written) for name, written in ours)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return count


def load(source: Path) -> tuple[int, int]:
    """Keep what is in ``source`` and not here yet; returns how many files came and how many were here.

    ``source`` is what ``save`` has made, or the folder as `tar` itself packs it. Raises ValueError for anything else,
    before anything is kept.
    """
    try:
        with tarfile.open(source) as tar:
            came = [_take(tar, about, name) for about, name in _ours(tar)]
    except (tarfile.TarError, EOFError, SuspiciousOperation, ValueError) as fault:
        # What each way of reading it said stands in lines of its own.
        words = str(fault).partition("\n")[0].rstrip(":")
        raise ValueError(f"{source} is no archive of pictures: {words}") from fault
    return came.count(True), came.count(False)


def _ours(tar: tarfile.TarFile) -> list[tuple[tarfile.TarInfo, str]]:
    """The files in it, each with the name that it has in the store."""
    found = [about for about in tar if about.isfile() and not _under_way(about.name)]
    before = next((start for start in _BEFORE if all(about.name.startswith(start) for about in found)), "")
    named = [(about, about.name.removeprefix(before)) for about in found]
    for about, name in named:
        if "/" not in name or name.partition("/")[0] not in FOLDERS:
            raise ValueError(f"it holds {about.name}, and our files lie in {', '.join(FOLDERS)}. Pack only those.")
    return named


def _under_way(name: str) -> bool:
    return PurePosixPath(name).name.startswith(".")


def _put(tar: tarfile.TarFile, name: str, written: datetime) -> bool:
    if _under_way(name):
        return False
    about = tarfile.TarInfo(name)
    about.mtime = int(written.timestamp())
    try:
        file = files.opened(name)
    except FileNotFoundError:
        # Pruned since it was listed: the site runs on.
        return False
    with file:
        about.size = file.size
        tar.addfile(about, file)
    return True


def _take(tar: tarfile.TarFile, about: tarfile.TarInfo, name: str) -> bool:
    """Did it come? It stays away where it is here already."""
    content = tar.extractfile(about)
    if content is None or files.there(name):
        return False
    default_storage.save(name, File(content, name))
    return True
