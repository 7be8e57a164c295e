"""The days of a view: whole weeks, every day once, each from midnight to midnight on the reader's clock."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_queue.calendar import days
from social_queue.timing import zones

JAKARTA = ZoneInfo("Asia/Jakarta")
some_zone = st.sampled_from(sorted(zones.known())).map(ZoneInfo)
some_day = st.dates(date(1990, 1, 1), date(2037, 12, 31))


@given(some_day, some_zone, st.sampled_from(days.VIEWS))
def test_every_view_holds_its_day_and_begins_and_ends_as_the_clock_turns_over(day, zone, view):
    span = days.around(day, zone, view=view)
    assert day in span.dates
    assert span.dates == [span.first + timedelta(days=number) for number in range(span.count)]
    # 23:00 of the day before at the latest: a zone may skip midnight, never a time before it.
    assert span.begins.astimezone(zone).date() in (span.first, span.first + timedelta(days=1))
    assert (span.begins - timedelta(microseconds=1)).astimezone(zone).date() < span.begins.astimezone(zone).date()
    assert span.ends > span.begins


@given(some_day)
def test_a_month_is_shown_in_whole_weeks_with_all_its_days(day):
    span = days.around(day, JAKARTA, view=days.MONTH)
    month = [found for found in span.dates if (found.year, found.month) == (day.year, day.month)]
    assert span.first.weekday() == 0 and span.count % 7 == 0
    assert len(month) == ((day.replace(day=1) + timedelta(days=32)).replace(day=1) - day.replace(day=1)).days


@given(some_day, st.sampled_from(days.VIEWS))
def test_who_goes_on_and_back_again_has_left_nothing_out(day, view):
    here = days.around(day, JAKARTA, view=view)
    later = days.around(here.after, JAKARTA, view=view)
    assert later.first <= here.first + timedelta(days=here.count)
    assert days.around(later.before, JAKARTA, view=view).first == here.first


@pytest.mark.parametrize("view", days.VIEWS)
@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_ends_of_the_calendar_have_days_too(day, view):
    span = days.around(day, ZoneInfo("Pacific/Kiritimati"), view=view)
    assert span.begins < span.ends and span.before <= span.after
