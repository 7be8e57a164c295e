"""Is there room left where we write? A full disk stops everything while reading still goes well."""

import logging
import os
import threading
from pathlib import Path

from django.conf import settings

from social_queue.media import files

logger = logging.getLogger(__name__)

_MIB = 2**20
_PATIENCE_S = 1.0
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


def least() -> int:
    """Bytes left on the fullest of them."""
    return min(free().values())


class _Look:
    """The last look of this process: the thread that is at it, and what it found."""

    thread: threading.Thread | None = None
    left: int | None = None


def lately() -> int | None:
    """As ``least``; None when that can't be told within a second: a share that hangs must hold nobody up."""
    if _Look.thread is None or not _Look.thread.is_alive():
        _Look.left, _Look.thread = None, threading.Thread(target=_look, name="disks", daemon=True)
        _Look.thread.start()
    _Look.thread.join(_PATIENCE_S)
    return None if _Look.thread.is_alive() else _Look.left


def _look() -> None:
    try:
        _Look.left = least()
    except OSError as fault:
        logger.warning("how much room is left can't be told: %s", fault)


def word(left: int | None = None) -> str:
    """``ok``, ``low``, or ``full``: nothing can be written any more, or soon; ``left``: as another host said it."""
    left = least() if left is None else left
    return "full" if left < FULL else "low" if left < LOW else "ok"


def _left(folder: Path) -> int:
    room = os.statvfs(folder)
    return room.f_bavail * room.f_frsize
