"""Our files in a folder of this host, or of one that all hosts have mounted."""

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.core.files import File
from django.core.files.storage import FileSystemStorage

from social_queue.media.probing import probe


class Folder(FileSystemStorage):
    """Django's storage in MEDIA_ROOT; a file is there whole or not at all."""

    def _save(self, name: str, content: File) -> str:
        """Nobody ever sees half of it, however many write the same file at once."""
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=path.parent, prefix=".")
        try:
            with os.fdopen(handle, "wb") as file:
                for chunk in content.chunks():
                    file.write(chunk)
            # mkstemp makes it private; a web server in front must be able to read it.
            Path(part).chmod(0o644)
            Path(part).replace(path)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise
        return name

    def written(self, under: str) -> Iterator[tuple[str, datetime]]:
        """The name of each file below that folder, and when it was written."""
        for path in Path(self.path(under)).rglob("*"):
            try:
                if path.is_file():
                    name = path.relative_to(self.location).as_posix()
                    yield name, datetime.fromtimestamp(path.stat().st_mtime, UTC)
            except FileNotFoundError:
                continue  # somebody else is pruning too

    def here(self) -> Path | None:
        """The folder on this host, whose disk may be full."""
        return Path(self.location)

    def trouble(self) -> str:
        """Why nothing can be kept here, or ""."""
        folder = Path(self.location)
        nearest = next(place for place in (folder, *folder.parents) if place.exists())
        if not os.access(nearest, os.W_OK):
            return f"MEDIA_ROOT {folder} can't be written: pictures and cards can't be kept."
        if folder.exists() and (fault := probe(self)):
            return f"MEDIA_ROOT {folder} can't be used: {fault}. Pictures and cards can't be kept."
        return ""
