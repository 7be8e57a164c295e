"""The rule at gaps and folds, against every zone and every change of clocks until 2037."""

import itertools
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule
from hypothesis import given, settings
from hypothesis import strategies as st

from social_queue.reading import wall
from social_queue.timing import rules, weekly
from social_queue.timing.quiet import Quiet
from tests.timing import clocks

NEW_YORK, LORD_HOWE = ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")
#: (zone, moment of a change, minutes from it): where mistakes are made. Found when they are first needed: whoever only
#: collects tests, as every worker on every database does, would walk through all zones for nothing.
near_changes = st.deferred(lambda: st.tuples(st.sampled_from(clocks.changes()), st.integers(-200, 200)))
times = st.builds(time, st.integers(0, 23), st.integers(0, 59))
places = st.builds(weekly.Place, st.integers(0, 6), times)
anywhere = st.deferred(
    lambda: st.tuples(
        st.sampled_from(clocks.zones()), st.datetimes(clocks.FROM.replace(tzinfo=None), clocks.TO.replace(tzinfo=None))
    )
)


def test_there_is_something_to_try():
    assert len(clocks.changes()) > 1000
    assert len(clocks.zones()) > 400


def test_a_time_that_is_skipped_is_the_first_moment_after_the_gap():
    assert wall.moment(datetime.fromisoformat("2026-03-08 02:30"), NEW_YORK) == datetime(2026, 3, 8, 7, 0, tzinfo=UTC)
    assert wall.moment(datetime.fromisoformat("2026-10-04 02:15"), LORD_HOWE) == datetime(
        2026, 10, 3, 15, 30, tzinfo=UTC
    )


def test_a_time_that_is_shown_twice_is_the_first_of_the_two():
    assert wall.moment(datetime.fromisoformat("2026-11-01 01:30"), NEW_YORK) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_at_every_change_the_times_around_it_mean_the_first_moment_that_shows_them_or_later():
    for zone, change in clocks.changes():
        shown = wall.shown(change, zone)
        for minutes in (-30, 0, 30):
            naive = shown + timedelta(minutes=minutes)
            assert wall.moment(naive, zone) == clocks.first_shown(naive, zone), (str(zone), naive)


@given(anywhere)
def test_anywhere_a_time_means_the_first_moment_that_shows_it_or_later(where):
    zone, naive = where
    naive = naive.replace(microsecond=0)
    assert wall.moment(naive, zone) == clocks.first_shown(naive, zone)


@settings(deadline=None)
@given(near_changes, st.sets(places, min_size=1, max_size=6))
def test_no_slot_comes_twice_and_none_is_missed(near, week):
    (zone, change), minutes = near
    begin, end = change - timedelta(days=8, minutes=minutes), change + timedelta(days=8)
    found = list(itertools.takewhile(lambda moment: moment <= end, weekly.moments(week, zone, begin)))
    assert all(first < second for first, second in itertools.pairwise(found))
    days = [wall.shown(begin, zone).date() + timedelta(days=day) for day in range(-1, 19)]
    named = [datetime.combine(day, place.time) for day in days for place in week if place.day == day.weekday()]
    assert set(found) == {moment for naive in named if begin < (moment := clocks.first_shown(naive, zone)) <= end}


@settings(deadline=None)
@given(near_changes, st.sampled_from(["DAILY", "WEEKLY;BYDAY=SA,SU,MO", "DAILY;BYHOUR=0,1,2,3;BYMINUTE=0,30"]), times)
def test_no_repeat_comes_twice_and_none_is_missed(near, frequency, shown):
    (zone, change), minutes = near
    day = wall.shown(change + timedelta(minutes=minutes), zone).date() - timedelta(days=9)
    begins = wall.moment(datetime.combine(day, shown), zone)
    rule = rules.checked(f"FREQ={frequency}")
    until = change + timedelta(days=9)
    found = list(rules.moments(rule, zone, begins=begins, until=until))
    assert all(first < second for first, second in itertools.pairwise(found))
    paper = rrule.rrulestr(rule, dtstart=wall.shown(begins, zone))
    named = paper.between(datetime.combine(day, time()), datetime.combine(day, time()) + timedelta(days=22), inc=True)
    assert set(found) == {moment for naive in named if (moment := clocks.first_shown(naive, zone)) <= until}


@settings(deadline=None)
@given(
    near_changes,
    st.sampled_from(["DAILY", "DAILY;COUNT=12", "WEEKLY;BYDAY=SA,SU,MO", "DAILY;BYHOUR=0,1,2,3;BYMINUTE=0,30"]),
    times,
    st.integers(-15 * 24 * 60, 12 * 24 * 60),
)
def test_what_comes_after_a_moment_is_what_comes_anyway(near, frequency, shown, later):
    (zone, change), minutes = near
    day = wall.shown(change, zone).date() - timedelta(days=9)
    begins, until = wall.moment(datetime.combine(day, shown), zone), change + timedelta(days=9)
    after, rule = change + timedelta(minutes=minutes + later), rules.checked(f"FREQ={frequency}")
    every = list(rules.moments(rule, zone, begins=begins, until=until))
    found = list(rules.moments(rule, zone, begins=begins, until=until, after=after))
    assert found == [moment for moment in every if moment > after]


@settings(deadline=None)
@given(near_changes, times, times)
def test_quiet_hours_end_where_the_clock_says_and_hold_nothing_afterwards(near, begins, ends):
    (zone, change), minutes = near
    if begins == ends:
        return
    quiet, moment = Quiet(begins, ends), change + timedelta(minutes=minutes)
    end = quiet.end(moment, zone)
    assert end >= moment
    assert quiet.end(end, zone) == end
    if end > moment:
        day = wall.shown(end, zone).date()
        near_days = [day + timedelta(days=step) for step in (-1, 0, 1)]
        assert end in {clocks.first_shown(datetime.combine(near_day, ends), zone) for near_day in near_days}


@pytest.mark.parametrize("zone", ["Africa/Casablanca", "Asia/Jakarta", "Pacific/Chatham", "UTC"])
def test_what_is_shown_and_what_is_meant_are_each_others_mirror(zone):
    there = ZoneInfo(zone)
    for hours in range(0, 24 * 366, 7):
        moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
        assert wall.moment(wall.shown(moment, there), there) in (moment, moment - timedelta(hours=1))
