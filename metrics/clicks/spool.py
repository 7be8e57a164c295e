"""Clicks that the database would not take at once: appended to a file, and brought in when it works again."""

import contextlib
import errno
import fcntl
import json
import logging
import os
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from metrics import watermarks
from metrics.models import Click

logger = logging.getLogger(__name__)


def path() -> Path:
    """Where unbooked clicks wait."""
    return Path(settings.CLICK_SPOOL)


def keep(click: Click) -> None:
    """Append one click in a single write, so that a killed process leaves whole lines. Raises OSError.

    A disk that fills up takes the beginning of a line: that goes again, or the next click would stand behind it.
    """
    row = {field.attname: getattr(click, field.attname) for field in Click._meta.fields if not field.primary_key}
    line = json.dumps(row | {"clicked_at": click.clicked_at.isoformat()}) + "\n"
    with _alone("writing"):
        handle = os.open(path(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            before = os.fstat(handle).st_size
            if os.write(handle, line.encode()) < len(line):
                os.ftruncate(handle, before)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path()))
        finally:
            os.close(handle)


def waiting() -> int:
    """How many bytes of clicks wait."""
    return sum(file.stat().st_size for file in (path(), *_taken()) if file.is_file())


def bring_in() -> int:
    """Book every click that waits; returns how many. What arrives meanwhile goes into a new file.

    A file is removed only after its rows are committed; a crash in between would book it twice, which over-counts a few
    clicks of an outage rather than losing them.
    """
    if not path().parent.exists() or not (path().is_file() or _taken()):
        return 0
    with _alone("booking"):
        with _alone("writing"):
            if path().is_file():
                path().rename(path().with_suffix(f".{os.getpid()}-{time.time_ns()}.taken"))
        return sum(_book(file) for file in _taken())


def _taken() -> list[Path]:
    """Files that somebody began to bring in."""
    return sorted(file for file in path().parent.glob(f"{path().stem}.*.taken") if file.is_file())


@contextlib.contextmanager
def _alone(doing: str) -> Iterator[None]:
    """No other process of this machine is ``doing`` the same meanwhile."""
    path().parent.mkdir(parents=True, exist_ok=True)
    with path().with_suffix(f".{doing}").open("a") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield


def _book(file: Path) -> int:
    clicks = [click for line in file.read_text().splitlines() if (click := _click(line))]
    with transaction.atomic():
        Click.objects.bulk_create(clicks, batch_size=500)
        if clicks:
            watermarks.back_to("clicks", min(click.clicked_at for click in clicks))
    file.unlink()
    return len(clicks)


def _click(line: str) -> Click | None:
    """None for a line that is damaged: it must not keep all others from being booked."""
    try:
        row = json.loads(line)
        return Click(**row | {"clicked_at": datetime.fromisoformat(row["clicked_at"])})
    except (ValueError, TypeError, KeyError):
        logger.warning("a line of the spool is no click, and is passed over: %.500s", line)
        return None
