"""Repeats as sentences: “every Monday and Wednesday at 09:00 (Asia/Jakarta), until 31 December 2026”.

What there are no words for keeps the text of its rule: rather that than a sentence which is not true.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta

from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from social_queue.models import Series
from social_queue.reading import wall
from social_queue.timing import patterns, rules, zones
from social_queue.timing.patterns import LAST, Pattern

#: From so many on, days in a row are “Monday to Friday”.
_A_SPAN = 4
#: Not every month has it.
_RARE_DATE, _RARE_PLACE = 29, 5
#: Any leap year.
_LEAP = 2024


def of(series: Series) -> str:
    """What a series does, in the language of whoever reads, or else its rule."""
    return words(series.rule, series.zone, begins=series.begins_at, until=series.until) or series.rule


def of_many(series: Collection[int]) -> dict[int | None, str]:
    """What each of these does, by its number, in one query."""
    return {row.pk: of(row) for row in Series.objects.filter(pk__in=series)} if series else {}


def words(rule: str, zone_name: str, *, begins: datetime, until: datetime | None = None) -> str:
    """The sentence of a rule, which begins with a small letter and ends without a full stop; "" if it has none."""
    try:
        zone = zones.named(zone_name)
        found = patterns.read(rule, wall.shown(begins, zone))
        last = rules.last(rule, zone, until)
        ends = wall.shown(last, zone) if last else None
    except (ValueError, KeyError, OverflowError):
        return ""
    if found is None:
        return ""
    told = {"days": _days(found), "times": _list([_clock(moment) for moment in found.times]), "zone": zone_name}
    return ", ".join([_("%(days)s at %(times)s (%(zone)s)") % told, *_months(found), *_end(found, ends)])


def _days(found: Pattern) -> str:
    every, weekdays = {"count": found.every}, _weekdays(found.weekdays)
    once = found.every == 1
    if found.unit == "day" or (once and len(found.weekdays) == len(WEEKDAYS)):
        return _("every day") if once else _("every %(count)d days") % every
    if found.unit == "week":
        days = {"weekdays": weekdays}
        return _("every %(weekdays)s") % days if once else _("every %(count)d weeks on %(weekdays)s") % (every | days)
    days = {"days": _list([*map(_date, found.dates), *(_nth(place, day) for place, day in found.nth)])}
    if found.unit == "month":
        return _("every month on %(days)s") % days if once else _("every %(count)d months on %(days)s") % (every | days)
    days = {"days": _of_year(found)}
    return _("every year on %(days)s") % days if once else _("every %(count)d years on %(days)s") % (every | days)


def _of_year(found: Pattern) -> str:
    """Days of its only month."""
    (month,) = found.months
    return _list(
        [
            *(_in_month(day, month) for day in found.dates),
            *(_of(_nth(place, weekday), month) for place, weekday in found.nth),
        ]
    )


def _of(day: str, month: int) -> str:
    return _("%(day)s of %(month)s") % {"day": day, "month": MONTHS[month]}


def _in_month(day: int, month: int) -> str:
    if day == LAST:
        return _of(_("the last day"), month)
    try:
        shown = date_format(date(_LEAP, month, day), "j F")
    except ValueError:
        # The thirtieth of February: no series has it, since it yields nothing.
        return f"{day} {MONTHS[month]}"
    return _if_there_is(shown) if (day, month) == (_RARE_DATE, 2) else shown


def _date(day: int) -> str:
    if day == LAST:
        return _("the last day")
    named = _("day %(number)d") % {"number": day}
    return _if_there_is(named) if day >= _RARE_DATE else named


def _nth(place: int, weekday: int) -> str:
    patterns_of_places = {
        1: _("the first %(weekday)s"),
        2: _("the second %(weekday)s"),
        3: _("the third %(weekday)s"),
        4: _("the fourth %(weekday)s"),
        5: _("the fifth %(weekday)s"),
        LAST: _("the last %(weekday)s"),
    }
    named = patterns_of_places[place] % {"weekday": WEEKDAYS[weekday]}
    return _if_there_is(named) if place == _RARE_PLACE else named


def _if_there_is(day: str) -> str:
    return _("%(day)s (if there is one)") % {"day": day}


def _weekdays(days: Sequence[int]) -> str:
    in_a_row = len(days) >= _A_SPAN and days[-1] - days[0] == len(days) - 1
    if in_a_row:
        return _("%(first)s to %(last)s") % {"first": WEEKDAYS[days[0]], "last": WEEKDAYS[days[-1]]}
    return _list([str(WEEKDAYS[day]) for day in days])


def _months(found: Pattern) -> list[str]:
    if not found.months or found.unit == "year":
        return []
    return [_("only in %(months)s") % {"months": _list([str(MONTHS[month]) for month in found.months])}]


def _end(found: Pattern, last: datetime | None) -> list[str]:
    """A day alone, if what is planned on it still goes."""
    times = ""
    if found.count:
        times = ngettext("%(count)d time", "%(count)d times", found.count) % {"count": found.count}
    if last is None:
        return [times] if times else []
    # Before the first time of its day, the day before is the last.
    last = last - timedelta(days=1) if last.time() < min(found.times) else last.replace(microsecond=0)
    day = date_format(last.date(), "j F Y")
    if min(found.times) <= last.time() < max(found.times):
        day = _("%(day)s at %(time)s") % {"day": day, "time": _clock(last.time())}
    if times:
        told = {"times": times, "day": day}
        return [_("%(times)s or until %(day)s, whichever comes first") % told]
    return [_("until %(day)s") % {"day": day}]


def _clock(moment: time) -> str:
    return f"{moment:%H:%M}"


def _list(named: Sequence[str]) -> str:
    if len(named) < 2:
        return "".join(named)
    if len(named) == 2:
        return _("%(one)s and %(other)s") % {"one": named[0], "other": named[1]}
    # In English as above, but other languages have a comma before the last of three.
    return _("%(before)s and %(last)s") % {"before": ", ".join(named[:-1]), "last": named[-1]}
