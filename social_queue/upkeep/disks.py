"""Is there room left where we write? A full disk stops everything while reading still goes well."""

import os
from pathlib import Path

from django.conf import settings

from social_queue.media import files

_MIB = 2**20
#: Less than this is as good as nothing, and less than that will soon be.
FULL, LOW = 64 * _MIB, 1024 * _MIB


def folders() -> list[Path]:
    """The nearest existing folders of all that this process writes: pictures, clicks, log, and SQLite's file."""
    places = [Path(settings.CLICK_SPOOL).parent]
    if pictures := files.store().here():
        places.append(pictures)
    if settings.LOG_FILE:
        places.append(Path(settings.LOG_FILE).parent)
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3") and ":memory:" not in str(database["NAME"]):
        places.append(Path(database["NAME"]).parent)
    found = [next(one for one in (place, *place.parents) if one.exists()) for place in map(Path.resolve, places)]
    return list(dict.fromkeys(found))


def free() -> dict[Path, int]:
    """{folder: bytes left} of all that this process writes."""
    return {folder: _left(folder) for folder in folders()}


def low() -> dict[Path, int]:
    """{folder: bytes left} where there is little room."""
    return {folder: left for folder, left in free().items() if left < LOW}


def word() -> str:
    """``ok``, ``low``, or ``full``: nothing can be written any more, or will be in a moment."""
    left = min(low().values(), default=LOW)
    return "full" if left < FULL else "low" if left < LOW else "ok"


def _left(folder: Path) -> int:
    room = os.statvfs(folder)
    return room.f_bavail * room.f_frsize
