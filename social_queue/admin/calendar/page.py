"""The page of the calendar: a grid of our own, drawn here; the script only lifts and carries."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from social_queue.admin import live
from social_queue.admin.calendar import asked as asking
from social_queue.admin.calendar import cards
from social_queue.admin.calendar.asked import Asked
from social_queue.admin.calendar.cells import Cell, Place, of_days
from social_queue.admin.pieces import filters, times
from social_queue.calendar import agenda, days, room
from social_queue.models import AccountStatus, PlatformAccount
from social_queue.reading import wall

#: When a new item is to go on a day that has no free slot.
_MORNING = 9
_NEAR = 14


@dataclass
class Day:
    """A day of the page; ``lanes`` has its cells, one for each lane."""

    date: date
    name: str
    past: bool
    today: bool
    #: It belongs to another month than the one shown.
    outside: bool
    add: str
    alone: str
    #: All of the day, page by page.
    rest: str
    lanes: list[Cell]


def calendar(request: HttpRequest) -> HttpResponse:
    """Whoever may see items may see when they go."""
    if not request.user.has_perm("queue.view_queueitem"):
        raise PermissionDenied
    if live.is_asked(request):
        live.quiet(request)
    asked, now = asking.read(request), timezone.now()
    accounts = {row.pk: row for row in PlatformAccount.objects.order_by("slug")}
    lanes = _lanes(asked, accounts)
    may_move = request.user.has_perm("queue.change_queueitem")
    cells = of_days(asked, lanes, cards.Pen(accounts, may_move=may_move))
    if asked.view != days.MONTH:
        _lay_free(asked, now, cells=cells, lanes=lanes, accounts=accounts)
    today = timezone.localdate(now)
    shown = [_day(day, asked, now=now, today=today, lanes=cells[day]) for day in asked.days.dates]
    context = {
        **admin.site.each_context(request),
        "title": _("Calendar"),
        "asked": asked,
        "heading": _heading(asked),
        "zone": times.zone(),
        "days": shown,
        "lanes": _rows_of_lanes(shown, lanes, accounts),
        "nothing": not any(cell.cards for day in shown for cell in day.lanes),
        "ways": _ways(asked),
        "filters": _filters(asked, accounts),
        "near": _near(now),
        "may_move": may_move,
        "may_add": request.user.has_perm("queue.add_queueitem"),
        "here": asked.address(),
    }
    return TemplateResponse(request, "admin/desk/calendar/page.html", context)


def _lanes(asked: Asked, accounts: dict[int, PlatformAccount]) -> list[int | None]:
    if not asked.lanes or asked.view != days.WEEK:
        return [None]
    chosen: list[int | None] = [pk for pk in accounts if asked.wish.account in (None, pk)]
    if asked.wish.account is None or not chosen:
        chosen.append(None)
    return chosen


def _rows_of_lanes(
    shown: list[Day], lanes: list[int | None], accounts: dict[int, PlatformAccount]
) -> list[tuple[str, list[tuple[Day, Cell]]]]:
    """(the account's name, its cells) for each lane; none where there are none."""
    if lanes == [None]:
        return []
    names = ["" if pk is None else accounts[pk].slug for pk in lanes]
    return [(name, [(day, day.lanes[number]) for day in shown]) for number, name in enumerate(names)]


def _lay_free(
    asked: Asked,
    now: datetime,
    *,
    cells: dict[date, list[Cell]],
    lanes: list[int | None],
    accounts: dict[int, PlatformAccount],
) -> None:
    if asked.wish.state:
        return
    span = asked.days
    open_ones = [row for row in accounts.values() if row.status == AccountStatus.ACTIVE]
    chosen = [row for row in open_ones if asked.wish.account in (None, row.pk)]
    for moment, account in room.free(chosen, max(now, span.begins), span.ends):
        number = lanes.index(account.pk) if account.pk in lanes else 0
        place = Place(cards.clock(moment), account.slug, _composer(moment, account))
        cells[timezone.localdate(moment)][number].free.append(place)


def _day(day: date, asked: Asked, *, now: datetime, today: date, lanes: list[Cell]) -> Day:
    return Day(
        date=day,
        name=date_format(day, "D j M"),
        past=day < today,
        today=day == today,
        outside=asked.view == days.MONTH and day.month != asked.day.month,
        add="" if day < today else _composer(_next_start(day, now), None),
        alone=asked.address(view=days.LIST, day=day),
        rest=_rest(asked, day),
        lanes=lanes,
    )


def _rest(asked: Asked, day: date) -> str:
    """Where the others of a day are: in the calendar's own list, and where that is crowded, in the items' pages."""
    if asked.view != days.LIST:
        return asked.address(view=days.LIST, day=day)
    return f"{reverse('admin:queue_queueitem_changelist')}?{urlencode({'publish_at_from': day, 'publish_at_to': day})}"


def _next_start(day: date, now: datetime) -> datetime:
    """The next full hour of today, the morning of any other day."""
    zone = timezone.get_current_timezone()
    morning = wall.moment(datetime.combine(day, datetime.min.time()) + timedelta(hours=_MORNING), zone)
    if morning > now:
        return morning
    return (now + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)


def _composer(moment: datetime, account: PlatformAccount | None) -> str:
    query = {"publish_at": timezone.localtime(moment).isoformat()}
    if account is not None:
        query["channels"] = account.slug
    return f"{reverse('admin:queue_queueitem_add')}?{urlencode(query)}"


def _heading(asked: Asked) -> str:
    span = asked.days
    if asked.view == days.MONTH:
        return date_format(asked.day, "F Y")
    last = span.dates[-1]
    first = "j" if span.first.month == last.month else "j M" if span.first.year == last.year else "j M Y"
    return f"{date_format(span.first, first)} – {date_format(last, 'j M Y')}"


def _ways(asked: Asked) -> dict:
    names = {days.WEEK: _("Week"), days.MONTH: _("Month"), days.LIST: _("List")}
    return {
        "views": [(name, words, asked.address(view=name), name == asked.view) for name, words in names.items()],
        "before": asked.address(day=asked.days.before),
        "after": asked.address(day=asked.days.after),
        "today": asked.address(day=timezone.localdate()),
        "list": asked.address(view=days.LIST),
    }


def _filters(asked: Asked, accounts: dict[int, PlatformAccount]) -> list[tuple]:
    """(name, label, value, choices) of each drop-down; a source that there is no more stays chosen."""
    everything, own = ("", _("all")), asked.wish.source
    sources = filters.sources()
    sources += [] if not own or own in dict(sources) else [(own, own)]
    states = [(state, cards.state_word(state)) for state in agenda.STATES]
    places = [(str(pk), row.slug) for pk, row in accounts.items()]
    lanes = [("", _("none")), (asking.LANES, _("one for each account"))]
    found = [
        ("account", _("Account"), str(asked.wish.account or ""), [everything, *places]),
        ("state", _("Status"), asked.wish.state, [everything, *states]),
        ("source", _("Source"), own, [everything, *sources]),
    ]
    if asked.view == days.WEEK:
        found.append(("lanes", _("Lanes"), asking.LANES if asked.lanes else "", lanes))
    return found


def _near(now: datetime) -> list[tuple[date, str]]:
    """The days that *Move to…* offers at once."""
    today = timezone.localdate(now)
    return [(day, date_format(day, "D j M")) for day in (today + timedelta(days=number) for number in range(_NEAR))]
