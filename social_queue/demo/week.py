"""A week around the demonstration's start, so that the calendar looks as it would on a working desk."""

import io
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import NamedTuple

from django.core.management import call_command
from django.utils import timezone

from social_queue.intake import ingest
from social_queue.models import ItemStatus, PlatformAccount, Post, PostStatus, QueueItem
from social_queue.reading import wall

#: Weekly slots and quiet hours of two of the accounts, so that free places are seen.
_TIMETABLES = {"tg-kabar": ("mon-sun 08:00 19:30", "23:00-05:30"), "fb-kabar": ("mon-fri 12:00; sat,sun 10:00", "none")}
_REPEATED = "Morning weather: what to wear today"
_REFUSED = "The platform refused this text, as it would refuse a link it does not like."


class _Said(NamedTuple):
    """One thing worth saying: its title, how many days from today, what the clock shows, where, and by whom."""

    title: str
    day: int
    clock: time
    channels: tuple[str, ...] = ()
    source: str = "newsroom"
    draft: bool = False
    failed: bool = False


_WEEK = (
    _Said("Rain in the west, sun in the east from noon", -4, time(6, 40), source="weather"),
    _Said("The old harbour bridge reopens after two years of work", -4, time(11, 15)),
    _Said("Derby ends 2–2 after a late goal", -4, time(21, 50), ("fb-kabar", "x-kabar"), "sport"),
    _Said("Council votes for three new bus lines", -3, time(9, 5)),
    _Said("Storm warning for the south coast lifted", -3, time(16, 30), ("tg-kabar", "x-kabar"), "weather"),
    _Said("Library opens on Sundays from January", -2, time(10, 20), ("fb-kabar", "tg-kabar")),
    _Said("Marathon: these streets are closed", -2, time(17, 45), source="sport", failed=True),
    _Said("Market hall: what is fresh this week", -1, time(8, 15)),
    _Said("Badminton final goes to three sets", -1, time(20, 10), ("tg-kabar", "x-kabar"), "sport"),
    _Said("Evening briefing: the five things of the day", 0, time(23, 20), ("tg-kabar",)),
    _Said("Night trains return to the mountain line", 1, time(9, 30)),
    _Said("Weekend weather: umbrellas on Saturday only", 1, time(15, 0), ("fb-kabar", "tg-kabar"), "weather"),
    _Said("Interview with the new coach", 1, time(18, 0), source="sport", draft=True),
    _Said("Puzzle Harbour: the evening round opens at eight", 2, time(19, 0), ("fb-kabar", "ig-kabar"), "games"),
    _Said("School holidays: where to go by train", 2, time(10, 45)),
    _Said("Fog until ten, then clear", 3, time(6, 50), ("tg-kabar",), "weather"),
    _Said("Open-air cinema: the programme", 3, time(13, 20), draft=True),
    _Said("Match day: how they line up", 3, time(17, 30), ("x-kabar", "tg-kabar"), "sport"),
    _Said("What the new bus lines cost", 4, time(12, 40)),
    _Said("Five walks under an hour", 5, time(9, 0), ("fb-kabar", "ig-kabar")),
    _Said("Sunday table: the league at a glance", 5, time(20, 30), ("x-kabar",), "sport"),
    _Said("A look back at the week in pictures", 6, time(17, 0), ("ig-kabar",), draft=True),
)


def lay(now: datetime) -> int:
    """Lay it down: timetables, what went out in the last days, and what is to come. Returns how many items."""
    for slug, (slots, quiet) in _TIMETABLES.items():
        call_command("set_account", slug, slots=slots, quiet=quiet, verbosity=0, stdout=io.StringIO())
    for number, said in enumerate(_WEEK):
        moment = _moment(said, now)
        if moment < now:
            _lay_past(said, moment, number)
        else:
            ingest.receive(_body(said, number, moment), source=said.source, now=now, draft=said.draft)
    ingest.receive(_repeat(now), source="weather", now=now)
    return QueueItem.objects.filter(source__in={said.source for said in _WEEK}).count()


def _moment(said: _Said, now: datetime) -> datetime:
    day = timezone.localdate(now) + timedelta(days=said.day)
    return wall.moment(datetime.combine(day, said.clock), timezone.get_current_timezone())


def _body(said: _Said, number: int, moment: datetime) -> dict:
    game = {"data": {"game": "Puzzle Harbour", "window": "20:00-21:00"}} if said.source == "games" else {}
    body = {"title": said.title, "link": f"https://example.com/week/{number}", "publish_at": moment.isoformat()}
    return body | {"channels": list(said.channels), "hashtags": [said.source]} | game


def _repeat(now: datetime) -> dict:
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    begins = wall.moment(datetime.combine(tomorrow, time(6, 30)), timezone.get_current_timezone())
    body = {"title": _REPEATED, "link": "https://example.com/weather", "publish_at": begins.isoformat()}
    return body | {"channels": ["tg-kabar"], "repeat": {"rrule": "FREQ=DAILY"}}


def _lay_past(said: _Said, moment: datetime, number: int) -> None:
    """As it would stand there had the desk run then; nothing of it is on the walls, which began today."""
    item = QueueItem.objects.create(
        title=said.title,
        link=f"https://example.com/week/{number}",
        channels=list(said.channels),
        source=said.source,
        publish_at=moment,
        status=ItemStatus.PARTIAL if said.failed else ItemStatus.POSTED,
    )
    for place, account in enumerate(_accounts(said)):
        failed = said.failed and place == 0
        ended = {"error": _REFUSED, "error_kind": "rejected"} if failed else {"external_id": f"week-{item.pk}-{place}"}
        Post.objects.create(
            item=item,
            account=account,
            platform=account.platform,
            not_before=moment,
            attempts_made=1,
            status=PostStatus.FAILED if failed else PostStatus.PUBLISHED,
            published_at=None if failed else moment,
            **ended,
        )


def _accounts(said: _Said) -> Iterator[PlatformAccount]:
    rows = PlatformAccount.objects.order_by("slug")
    yield from rows.filter(slug__in=said.channels) if said.channels else rows
