"""Slots, quiet hours, zones and rules as people write them, and what they hear when they can't be read."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_queue.reading import wall
from social_queue.timing import plans, quiet, rules, weekly, zones

BEGINS = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
places = st.builds(weekly.Place, st.integers(0, 6), st.builds(time, st.integers(0, 23), st.integers(0, 59)))


@given(st.sets(places, max_size=30))
def test_slots_that_are_written_are_read_back(week):
    assert set(weekly.parse(weekly.written(week))) == week


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("mon-fri 09:00 19:30; sat 10:00", "mon-fri 09:00 19:30; sat 10:00"),
        ("Mon,Wed,FRIDAY 9:05", "mon,wed,fri 09:05"),
        ("daily 12:00;", "mon-sun 12:00"),
        ("sat-mon 08.30, 09:00", "mon,sat-sun 08:30 09:00"),
        ("sun 10:00; mon 10:00; mon 10:00", "mon,sun 10:00"),
        ("none", ""),
        ("", ""),
    ],
)
def test_slots_are_kept_in_their_shortest_form(text, kept):
    assert plans.slots(text) == kept


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("mon-fri 09:00; moon 10:00", "“moon”"),
        ("mon 25:00", "“25:00”"),
        ("mon 09:00 noon", "“noon”"),
        ("09:00", "“09:00” names no day"),
        ("mon 09:00; sat", "“sat” names no time"),
        ("mon-fri 09:00 19:60", "“19:60”"),
        ("mon-fre 9:00", "“mon-fre”"),
        ("; ".join(f"{day} " + " ".join(f"{hour:02d}:{place:02d}" for hour in range(24))
                   for place, day in enumerate(weekly.DAYS)) + " 23:59", "too many"),
    ],
)  # fmt: skip
def test_a_slot_text_that_cannot_be_read_names_its_part(text, named):
    with pytest.raises(ValueError, match=named):
        plans.slots(text)


@given(st.text(max_size=40))
def test_no_text_upsets_the_readers(text):
    for read in plans.READERS.values():
        try:
            assert read(text) is not None
        except ValueError:
            continue


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("Asia/Djakarta", "Asia/Jakarta"),
        ("asia/jakarta", "Asia/Jakarta"),
        ("Jakarta", "Asia/Jakarta"),
        ("Europe/Berln", "Europe/Berlin"),
        ("America/New York", "America/New_York"),
        ("Berlin", "Europe/Berlin"),
    ],
)
def test_a_zone_that_does_not_exist_names_the_nearest(wrong, right):
    with pytest.raises(ValueError, match=f"did you mean {right}"):
        zones.named(wrong)


def test_a_zone_like_none_other_is_shown_how_one_is_called():
    with pytest.raises(ValueError, match="zone"):
        zones.named("§")


@pytest.mark.parametrize(
    ("text", "kept"), [("22:00-07:00", "22:00-07:00"), ("9:00 – 9:30", "09:00-09:30"), ("none", "")]
)
def test_quiet_hours_are_read(text, kept):
    assert plans.quiet_hours(text) == kept


@pytest.mark.parametrize("text", ["22-7", "22:00", "24:00-07:00", "07:00-07:00", "ten to six"])
def test_quiet_hours_that_cannot_be_read_are_refused(text):
    with pytest.raises(ValueError, match="."):
        quiet.parse(text)


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("FREQ=HOURLY", "FREQ"),
        ("FREQ=SECONDLY;COUNT=3", "FREQ"),
        ("BYDAY=MO", "FREQ"),
        ("every monday", "must be text such as"),
        ("", "must be text such as"),
        ("FREQ=DAILY;FREQ=WEEKLY", "no part twice"),
        ("FREQ=DAILY;COUNT=1001", "COUNT of at most 1000"),
        ("FREQ=DAILY;COUNT=0", "COUNT=0"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL=0"),
        ("FREQ=WEEKLY;BYDAY=MONDAY", "BYDAY=MONDAY"),
        ("FREQ=DAILY;BYEASTER=1", "BYEASTER=1"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20270101", "not both"),
        ("FREQ=DAILY;UNTIL=20271399", "UNTIL=20271399"),
        ("FREQ=DAILY;BYHOUR=1,2,3,4,5;BYMINUTE=0,10,20,30,40", "more than 24 times a day"),
        ("FREQ=DAILY;" + "BYDAY=" + ",".join(["MO"] * 200), "at most 500"),
    ],
)
def test_a_rule_that_cannot_be_used_is_refused_with_the_reason(rule, reason):
    with pytest.raises(ValueError, match=reason):
        rules.checked(rule)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=5",
        "FREQ=DAILY;UNTIL=20201231",
        "FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1",
    ],
)
def test_a_rule_that_yields_nothing_is_refused_soon(rule):
    with pytest.raises(ValueError, match="yields nothing"):
        rules.first(rules.checked(rule), ZoneInfo("Asia/Jakarta"), begins=BEGINS)


def test_a_count_is_counted_and_an_end_is_the_last_possible():
    zone = ZoneInfo("Asia/Jakarta")
    assert len(list(rules.moments(rules.checked("FREQ=DAILY;COUNT=3"), zone, begins=BEGINS))) == 3
    until = list(rules.moments(rules.checked("FREQ=DAILY;UNTIL=20261203"), zone, begins=BEGINS))
    assert [moment.day for moment in until] == [1, 2, 3]
    given_moment = list(rules.moments(rules.checked("FREQ=DAILY;UNTIL=20261202T120000Z"), zone, begins=BEGINS))
    assert [moment.day for moment in given_moment] == [1, 2]
    third = list(rules.moments("FREQ=DAILY", zone, begins=BEGINS, until=datetime(2026, 12, 3, 11, 59, tzinfo=UTC)))
    assert [moment.day for moment in third] == [1, 2]


def test_what_follows_is_found_after_years_and_ends_with_the_rule():
    zone = ZoneInfo("Europe/Berlin")
    later = datetime(2036, 5, 1, tzinfo=UTC)
    assert rules.following("FREQ=MONTHLY;BYMONTHDAY=31", zone, begins=BEGINS, until=None, after=later).month == 5
    assert rules.following("FREQ=DAILY;COUNT=4", zone, begins=BEGINS, until=None, after=later) is None


def test_years_that_are_over_are_not_gone_through_by_the_clock_again(monkeypatch):
    """A repeat of two years is asked for its next times on every page that shows it."""
    asked = []
    on_the_clock = wall.moment
    monkeypatch.setattr(wall, "moment", lambda *given: asked.append(given) or on_the_clock(*given))
    rule, zone = rules.checked("FREQ=DAILY;BYHOUR=9,18"), ZoneInfo("Asia/Jakarta")
    later = BEGINS + timedelta(days=730)
    assert rules.following(rule, zone, begins=BEGINS, until=None, after=later) > later
    assert len(asked) < 10
