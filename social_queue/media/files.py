"""Files we serve: written whole or not at all, and known by a public address."""

import os
import tempfile
from pathlib import Path

from django.conf import settings

#: How a file of each type ends: a web server in front tells the type by it.
ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp"}


def write_whole(path: Path, content: bytes) -> None:
    """Write ``content`` so that nobody ever sees half of it, however many write the same file at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        # mkstemp makes it private; a web server in front must be able to read it.
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def public_url(path: Path) -> str:
    """The address under PUBLIC_BASE_URL of a file inside MEDIA_ROOT. Raises ValueError for any other file."""
    inside = Path(path).resolve().relative_to(Path(settings.MEDIA_ROOT).resolve())
    return f"{settings.PUBLIC_BASE_URL}{settings.MEDIA_URL}{inside.as_posix()}"
