"""What each cell of the calendar draws: as many entries as a page holds, and what it says of the others."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from social_queue.admin.calendar import cards
from social_queue.admin.calendar.asked import Asked
from social_queue.admin.calendar.cards import Card, Pen
from social_queue.calendar import agenda, days, portions
from social_queue.calendar.agenda import Entry

#: Entries of a day (or of a lane's day) that a view draws, and those of the whole page, which crowded days share.
_MOST = {days.WEEK: 60, days.MONTH: 4, days.LIST: 250}
_OF_PAGE = {days.WEEK: 180, days.MONTH: 180, days.LIST: 300}


@dataclass
class Place:
    """One free slot."""

    clock: str
    slug: str
    address: str


@dataclass
class Cell:
    """A day, or a day of one account. Others are not drawn: ``more``, or some from the moment ``more_from`` on."""

    cards: list[Card] = field(default_factory=list)
    free: list[Place] = field(default_factory=list)
    more: int = 0
    more_from: str = ""

    @property
    def rows(self) -> list[Card | Place]:
        """Cards and free slots, by the clock."""
        return sorted([*self.cards, *self.free], key=lambda row: row.clock)


def of_days(asked: Asked, lanes: Sequence[int | None], pen: Pen) -> dict[date, list[Cell]]:
    """{day: a cell for each lane}."""
    span, most, page = asked.days, _MOST[asked.view], _OF_PAGE[asked.view]
    found = portions.of_days(span.spans, asked.wish, most=min(most, 2 * page // span.count))
    entries = [_by_lane(portion.entries, lanes) for portion in found]
    level = _level([len(lane) for day in entries for lane in day], most, page)
    agenda.details(entry for day in entries for lane in day for entry in lane[:level])
    cells: dict[date, list[Cell]] = {}
    for day, portion, of_lanes in zip(span.dates, found, entries, strict=True):
        cells[day] = [_cell(lane, level, portion, pen=pen) for lane in of_lanes]
    return cells


def _by_lane(entries: Sequence[Entry], lanes: Sequence[int | None]) -> list[list[Entry]]:
    """What has no posts yet has a lane of its own."""
    if list(lanes) == [None]:
        return [list(entries)]
    found: list[list[Entry]] = [[] for _lane in lanes]
    for entry in entries:
        on: set[int | None] = {post.account for post in entry.posts} or {None}
        for number, lane in enumerate(lanes):
            if lane in on:
                found[number].append(entry)
    return found


def _level(sizes: Sequence[int], most: int, page: int) -> int:
    """So many of each cell, that the page has no more than it holds; a quiet day leaves its room to the others."""
    levels = range(most, 1, -1)
    return next((level for level in levels if sum(min(size, level) for size in sizes) <= page), 1)


def _cell(entries: Sequence[Entry], level: int, portion: portions.Portion, *, pen: Pen) -> Cell:
    shown, hidden = entries[:level], entries[level:]
    cell = Cell([pen.card(entry) for entry in shown])
    if portion.upto is None:
        cell.more = len(hidden)
    else:
        cell.more_from = cards.clock(hidden[0].at if hidden else portion.upto)
    return cell
