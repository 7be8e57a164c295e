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
from typing import BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction

from metrics import watermarks
from metrics.models import Click
from social_queue.workings import clearing

logger = logging.getLogger(__name__)

#: A clock that is wrong goes by one of these years nevertheless; the sums can reckon with all of them.
_YEARS = range(2000, 2100)
#: So many bytes are read and booked at a time: some thousand clicks.
_PIECE = 1 << 20


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

    A file loses a piece only after its rows are committed; a crash in between would book that piece twice, which
    over-counts a few clicks of an outage rather than losing them.
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
    """Piece by piece from the end, so that what is left of the file is always what is left to do."""
    booked = 0
    with file.open("r+b") as handle:
        while handle.seek(0, os.SEEK_END):
            begin, piece = _last_piece(handle)
            with clearing.group():
                booked += _book_piece(piece)
                handle.truncate(begin)
    file.unlink()
    return booked


def _last_piece(handle: BinaryIO) -> tuple[int, bytes]:
    """Where the file's last piece begins, and its whole lines; of one that is longer than a piece, a part."""
    end = handle.seek(0, os.SEEK_END)
    begin = max(0, end - _PIECE)
    handle.seek(begin)
    piece = handle.read(end - begin)
    whole = piece.find(b"\n") + 1 if begin else 0
    if whole == len(piece):
        whole = 0
    return begin + whole, piece[whole:]


def _book_piece(piece: bytes) -> int:
    clicks = [click for line in piece.splitlines() if (click := _click(line))]
    with transaction.atomic():
        Click.objects.bulk_create(clicks, batch_size=500)
        if clicks:
            watermarks.back_to("clicks", min(click.clicked_at for click in clicks))
    return len(clicks)


def _click(line: bytes) -> Click | None:
    """None for a line that is damaged: it must not keep all others from being booked."""
    try:
        row = json.loads(line)
        click = Click(**row | {"clicked_at": datetime.fromisoformat(row["clicked_at"])})
        click.pk = None  # its number is the database's to give
        _check(click)
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError, ValidationError):
        logger.warning("a line of the spool is no click, and is passed over: %.500r", line)
        return None
    return click


def _check(click: Click) -> None:
    """Raise ValueError or ValidationError for what some database would not store, by which it refused all others too.

    A platform that this version does not know is none of that.
    """
    if click.clicked_at.utcoffset() is None or click.clicked_at.year not in _YEARS:
        raise ValueError("no moment of a click")
    for field in Click._meta.concrete_fields:
        if field.primary_key:
            continue
        value = getattr(click, field.attname)
        if value is None or (isinstance(field, models.CharField) and not _is_text(value)):
            raise ValueError(f"{field.name} can't be stored")
        field.run_validators(field.to_python(value))


def _is_text(value: object) -> bool:
    """PostgreSQL takes no NUL, and none takes half a letter."""
    return isinstance(value, str) and "\0" not in value and value.encode(errors="replace").decode() == value
