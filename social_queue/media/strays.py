"""Uploads that nothing names any more: of items that are gone or were given another picture.

What is still to go out must find its picture, so whatever looks like the name of a file counts as one, in an address
or anywhere in a text.
"""

import itertools
import logging
import re
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from urllib.parse import unquote

from django.core.files.storage import default_storage
from django.db.models import Model, Q, TextField
from django.db.models.functions import Cast

from social_queue.media import files
from social_queue.models import Approval, ItemMedium, MediaFile, Post, PostStatus, Press, QueueItem, Series

logger = logging.getLogger(__name__)

#: Where uploads lie; what is in the other folders can be made again and goes by its age.
FOLDERS = ("items", "originals")
#: What is younger may be on its way into a row.
_YOUNG = timedelta(days=30)
_TEXTS: dict[type[Model], tuple[str, ...]] = {
    QueueItem: ("image", "image_url", "summary", "link", "data", "meta", "captions", "follow_ups"),
    ItemMedium: ("url",),
    MediaFile: ("file",),
    Series: ("payload",),
    Approval: ("content", "words", "evidence"),
    Press: ("before",),
}
_OPEN = (PostStatus.PENDING, PostStatus.PUBLISHING, PostStatus.UNKNOWN)
_NAME = re.compile(rf"(?:{'|'.join(FOLDERS)})/[^\"'<>\\]+")


def found(now: datetime) -> list[str]:
    """Names of the uploads that nothing names, and that were written a month ago or earlier."""
    written = ((name, at) for folder in FOLDERS for name, at in files.store().written(folder))
    old = [name for name, at in written if at < now - _YOUNG]
    return sorted(unnamed(old)) if old else []


def remove(names: Collection[str]) -> int:
    """Remove those of the uploads that still nothing names; returns how many went."""
    gone = 0
    for name in unnamed(names) if names else ():
        try:
            default_storage.delete(name)
        except OSError:
            logger.exception("%s is of no use and could not be removed", name)
            continue
        gone += 1
    return gone


def unnamed(names: Collection[str]) -> set[str]:
    """Those of the names that stand in no row."""
    left = set(names)
    for text in _texts():
        left.discard(text)
        for match in _NAME.finditer(text):
            left.difference_update(_read(match.group()))
        if not left:
            break
    return left


def _read(text: str) -> Iterator[str]:
    """Every name that this may begin with: where an address ends in a text is anybody's guess."""
    for one in {text, unquote(text)}:
        yield one
        yield from (one[: end.start()] for end in re.finditer(r"[^\w/.-]|[.,](?=\W|$)", one))


def _texts() -> Iterator[str]:
    """Every text of ours in which a name may stand."""
    for model, columns in _TEXTS.items():
        for column in columns:
            yield from _of_column(model, column)
    waiting = Post.objects.filter(status__in=_OPEN)
    yield from waiting.filter(_speaks_of_one("caption")).values_list("caption", flat=True).iterator()


def _of_column(model: type[Model], column: str) -> Iterator[str]:
    rows = model._base_manager.annotate(told=Cast(column, TextField())).filter(_speaks_of_one("told"))
    for value in rows.order_by().values_list(column, flat=True).iterator():
        yield from _strings(value)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield from itertools.chain.from_iterable(map(_strings, value))
    elif isinstance(value, dict):
        yield from _strings([*value, *value.values()])


def _speaks_of_one(column: str) -> Q:
    said = [Q(**{f"{column}__contains": f"{folder}/"}) for folder in FOLDERS]
    return said[0] | said[1]
