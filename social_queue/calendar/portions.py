"""The entries of some days: all of them where they are few, of crowded days the first ones, and how far these reach.

A desk may hold forty thousand items a month, of which a page draws two hundred: so many rows are read, not all.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet

from social_queue import kept
from social_queue.calendar import agenda
from social_queue.calendar.agenda import Entry, Kind, Span, Wish
from social_queue.models import ItemStatus

#: Of each kind of rows so many are read at once; only if there are more the days are read one by one. Of rows of one
#: account fewer, since those of all others are passed over on the way.
_AT_ONCE, _AT_ONCE_OF_ONE = 1_500, 500
#: Posts of an item that are read ahead for each entry; where items have more, more are read.
_AHEAD = 4

#: What is read of a post or an item: first the item's number, last its time.
Row = tuple


@dataclass
class Portion:
    """The entries of a day, in order. Beyond ``upto`` there are others that nobody has read; None: there are none."""

    entries: list[Entry] = field(default_factory=list)
    upto: datetime | None = None


def of_days(spans: Sequence[Span], wish: Wish, *, most: int) -> list[Portion]:
    """A portion for each span, one after another; of a crowded one at least ``most``, if a filter leaves so many."""
    portions = [Portion() for _span in spans]
    items = {row[0] for kind in agenda.posts(wish) for row in _read(kind, spans, most=most, portions=portions)}
    # Some of their posts may lie beyond what was read.
    entries = agenda.entries_of(items, spans, wish)
    for kind in agenda.without_posts(wish):
        entries += [Entry(item, at, state) for item, state, at in _read(kind, spans, most=most, portions=portions)]
    _lay(_asked(entries, wish), spans, portions)
    return portions


def _asked(entries: Iterable[Entry], wish: Wish) -> list[Entry]:
    if wish.state:
        return [entry for entry in entries if entry.state == wish.state]
    return [entry for entry in entries if entry.state != ItemStatus.CANCELLED]


def _lay(entries: list[Entry], spans: Sequence[Span], portions: list[Portion]) -> None:
    begins = [begin for begin, _end in spans]
    of_span: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        of_span[bisect_right(begins, entry.at) - 1].append(entry)
    for number, portion in enumerate(portions):
        known = [entry for entry in of_span[number] if portion.upto is None or entry.at <= portion.upto]
        portion.entries = sorted(known, key=lambda entry: (entry.at, entry.item))


def _read(kind: Kind, spans: Sequence[Span], *, most: int, portions: list[Portion]) -> list[Row]:
    """The rows of all spans, or as far as they are needed; then ``portions`` say how far that is."""
    near = kind.within(spans[0][0], spans[-1][1])
    # Whether there are more is asked first: of crowded days nothing is read that is not needed.
    most_at_once = _AT_ONCE_OF_ONE if kind.once else _AT_ONCE
    if not near[most_at_once : most_at_once + 1]:
        return list(near)
    limit = most + 1 if kind.once else _AHEAD * most
    days = kept.several(
        lambda begin, end: kind.within(begin, end)[:limit], ({"begin": begin, "end": end} for begin, end in spans)
    )
    found: list[Row] = []
    for portion, span, day in zip(portions, spans, days, strict=True):
        of_span, upto = _enough(day, kind.within(*span), limit=limit, most=most)
        found += of_span
        portion.upto = min(filter(None, (portion.upto, upto)), default=None)
    return found


def _enough(found: list[Row], rows: QuerySet, *, limit: int, most: int) -> tuple[list[Row], datetime | None]:
    """Of the first ``limit`` of ``rows``: read on until they are of more than ``most`` items, or all."""
    while len(found) >= limit:
        if len({row[0] for row in found}) > most:
            return found, found[-1][-1]
        limit *= _AHEAD
        found = list(rows[:limit])
    return found, None
