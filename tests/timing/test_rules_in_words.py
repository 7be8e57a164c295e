"""Repeats as sentences: every part is named, and what has no words keeps its rule."""

import itertools
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from social_queue.timing import patterns, rules, rules_in_words

JAKARTA = ZoneInfo("Asia/Jakarta")
#: A Tuesday.
BEGINS = datetime(2026, 12, 1, 9, 0, tzinfo=JAKARTA)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _words(rule: str, **more) -> str:
    return rules_in_words.words(rules.checked(rule), "Asia/Jakarta", **({"begins": BEGINS} | more))


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("FREQ=DAILY", "every day at 09:00 (Asia/Jakarta)"),
        ("FREQ=DAILY;INTERVAL=3", "every 3 days at 09:00 (Asia/Jakarta)"),
        ("FREQ=DAILY;BYDAY=SA,SU", "every Saturday and Sunday at 09:00 (Asia/Jakarta)"),
        ("FREQ=DAILY;BYHOUR=9,12,19;BYMINUTE=30", "every day at 09:30, 12:30 and 19:30 (Asia/Jakarta)"),
        ("FREQ=WEEKLY;BYDAY=WE,MO", "every Monday and Wednesday at 09:00 (Asia/Jakarta)"),
        ("FREQ=WEEKLY", "every Tuesday at 09:00 (Asia/Jakarta)"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "every Monday to Friday at 09:00 (Asia/Jakarta)"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU", "every day at 09:00 (Asia/Jakarta)"),
        ("FREQ=WEEKLY;BYDAY=MO;WKST=SU", "every Monday at 09:00 (Asia/Jakarta)"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "every 2 weeks on Friday at 09:00 (Asia/Jakarta)"),
        ("FREQ=MONTHLY", "every month on day 1 at 09:00 (Asia/Jakarta)"),
        (
            "FREQ=MONTHLY;BYMONTHDAY=15,-1,1",
            "every month on day 1, day 15 and the last day at 09:00 (Asia/Jakarta)",
        ),
        ("FREQ=MONTHLY;BYMONTHDAY=31", "every month on day 31 (if there is one) at 09:00 (Asia/Jakarta)"),
        ("FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR", "every 3 months on the last Friday at 09:00 (Asia/Jakarta)"),
        ("FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1", "every month on the last Friday at 09:00 (Asia/Jakarta)"),
        ("FREQ=MONTHLY;BYDAY=5MO", "every month on the fifth Monday (if there is one) at 09:00 (Asia/Jakarta)"),
        ("FREQ=MONTHLY;BYDAY=MO", "every Monday at 09:00 (Asia/Jakarta)"),
        ("FREQ=WEEKLY;BYDAY=MO;BYMONTH=6,7", "every Monday at 09:00 (Asia/Jakarta), only in June and July"),
        ("FREQ=YEARLY", "every year on 1 December at 09:00 (Asia/Jakarta)"),
        ("FREQ=YEARLY;BYMONTH=8;BYMONTHDAY=17", "every year on 17 August at 09:00 (Asia/Jakarta)"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "every year on 29 February (if there is one) at 09:00 (Asia/Jakarta)"),
        ("FREQ=YEARLY;INTERVAL=2;BYMONTH=11;BYDAY=4TH",
         "every 2 years on the fourth Thursday of November at 09:00 (Asia/Jakarta)"),
        ("FREQ=DAILY;COUNT=1", "every day at 09:00 (Asia/Jakarta), 1 time"),
        ("FREQ=DAILY;COUNT=20", "every day at 09:00 (Asia/Jakarta), 20 times"),
        ("FREQ=DAILY;UNTIL=20261231", "every day at 09:00 (Asia/Jakarta), until 31 December 2026"),
        ("FREQ=DAILY;UNTIL=20261231T020000Z", "every day at 09:00 (Asia/Jakarta), until 31 December 2026"),
        ("FREQ=DAILY;UNTIL=20261231T015900Z", "every day at 09:00 (Asia/Jakarta), until 30 December 2026"),
        ("FREQ=DAILY;BYHOUR=9,12;UNTIL=20261231T030000Z",
         "every day at 09:00 and 12:00 (Asia/Jakarta), until 31 December 2026 at 10:00"),
    ],
)  # fmt: skip
def test_a_rule_reads_as_a_sentence(rule, said):
    assert _words(rule) == said


def test_the_earlier_of_two_ends_and_a_number_of_times_beside_an_end_are_said():
    earlier = datetime(2026, 12, 24, 23, 59, tzinfo=JAKARTA)
    assert _words("FREQ=DAILY;UNTIL=20261231", until=earlier).endswith("until 24 December 2026")
    assert _words("FREQ=DAILY;UNTIL=20261220", until=earlier).endswith("until 20 December 2026")
    both = _words("FREQ=DAILY;COUNT=20", until=earlier)
    assert both.endswith(", 20 times or until 24 December 2026, whichever comes first")


def test_the_clock_is_that_of_the_zone_in_brackets():
    said = rules_in_words.words("FREQ=DAILY", "Europe/Berlin", begins=datetime(2026, 12, 1, 22, 30, tzinfo=UTC))
    assert said == "every day at 23:30 (Europe/Berlin)"
    weekly = rules_in_words.words("FREQ=WEEKLY", "Asia/Jakarta", begins=datetime(2026, 12, 1, 22, 30, tzinfo=UTC))
    assert weekly == "every Wednesday at 05:30 (Asia/Jakarta)"


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=MONTHLY;BYDAY=FR;BYSETPOS=2;BYHOUR=9,10",
        "FREQ=MONTHLY;BYMONTHDAY=-2",
        "FREQ=MONTHLY;BYDAY=-2FR",
        "FREQ=MONTHLY;BYDAY=MO,-1FR",
        "FREQ=MONTHLY;INTERVAL=2;BYDAY=MO",
        "FREQ=MONTHLY;INTERVAL=2;BYMONTH=6",
        "FREQ=WEEKLY;BYMONTHDAY=1",
        "FREQ=WEEKLY;BYDAY=2MO",
        "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=1",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU",
        "FREQ=DAILY;INTERVAL=2;BYDAY=MO",
        "FREQ=DAILY;BYMONTHDAY=1",
        "FREQ=DAILY;BYSECOND=30",
        "FREQ=YEARLY;BYMONTHDAY=5",
        "FREQ=YEARLY;BYDAY=-1FR",
        "FREQ=YEARLY;BYDAY=MO",
        "FREQ=YEARLY;BYMONTH=6,7;BYMONTHDAY=1",
        "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
        "FREQ=YEARLY;BYYEARDAY=100",
    ],
)
def test_what_there_are_no_words_for_has_none(rule):
    assert _words(rule) == ""


def test_a_zone_that_this_machine_does_not_know_has_no_words():
    assert rules_in_words.words("FREQ=DAILY", "Mars/Olympus", begins=BEGINS) == ""


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("FREQ=DAILY;COUNT=20", "setiap hari pukul 09:00 (Asia/Jakarta), 20 kali"),
        ("FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20261231",
         "setiap Senin dan Rabu pukul 09:00 (Asia/Jakarta), sampai 31 Desember 2026"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,FR",
         "setiap 2 pekan pada hari Senin, Rabu, dan Jumat pukul 09:00 (Asia/Jakarta)"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "setiap bulan pada Jumat terakhir pukul 09:00 (Asia/Jakarta)"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,31",
         "setiap bulan pada tanggal 1 dan tanggal 31 (jika ada) pukul 09:00 (Asia/Jakarta)"),
        ("FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=2", "setiap tahun pada 2 Mei pukul 09:00 (Asia/Jakarta)"),
    ],
)  # fmt: skip
def test_it_reads_as_an_indonesian_sentence(rule, said):
    with translation.override("id"):
        assert _words(rule) == said


_UNITS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
_BYDAYS = ("", "MO", "SU,MO", "MO,TU,WE,TH", "TU,WE,TH,FR", "1MO", "-1SU", "5FR", "1MO,3MO", "MO,TU,WE,TH,FR,SA,SU")
_SMALL = [
    (f"FREQ={freq};INTERVAL={every};BYDAY={byday};BYMONTHDAY={dates};BYMONTH={months};BYHOUR={hours}", place)
    for freq, every, byday, dates, months, hours in itertools.product(
        _UNITS, (1, 2), _BYDAYS, ("", "1", "31", "-1", "1,15"), ("", "2", "6,12"), ("", "7")
    )
    for place in (("", "1", "-1") if byday and not dates else ("",))
]


def test_two_rules_that_read_alike_come_at_the_same_moments():
    """So no sentence is wrong for one of them; the table above says which is right."""
    alike: dict[str, list[tuple[datetime, ...]]] = defaultdict(list)
    reach = BEGINS + timedelta(days=1200)
    for text, place in _SMALL:
        whole = ";".join(part for part in f"{text};BYSETPOS={place}".split(";") if not part.endswith("="))
        if said := _words(whole):
            found = rules.moments(rules.checked(whole), JAKARTA, begins=BEGINS, reach=reach)
            alike[said].append(tuple(itertools.islice(found, 40)))
    assert len(alike) > 100
    assert sum(len(several) > 1 for several in alike.values()) > 10, "nothing was compared"
    assert [said for said, several in alike.items() if len(set(several)) > 1] == []


_numbers = st.integers(1, 6)
_ends = st.one_of(st.none(), st.integers(1, 1000))
_weekdays = st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days)))
_dates = st.sets(st.integers(1, 31), min_size=1, max_size=4).map(lambda days: tuple(sorted(days)))
_nth = st.tuples(st.sampled_from(patterns.PLACES), st.integers(0, 6))
#: Every pattern that a form can make.
made = st.one_of(
    st.builds(patterns.Pattern, st.just("day"), _numbers, count=_ends),
    st.builds(patterns.Pattern, st.just("week"), _numbers, _weekdays, count=_ends),
    st.builds(patterns.Pattern, st.just("month"), _numbers, dates=_dates, count=_ends),
    st.builds(patterns.Pattern, st.just("month"), _numbers, nth=st.tuples(_nth), count=_ends),
)
untils = st.one_of(
    st.none(), st.integers(0, 1000).map(lambda days: datetime(2027, 1, 1, 7, tzinfo=UTC) + timedelta(days))
)


@given(made, untils)
def test_every_rule_that_a_form_makes_is_worded_with_all_its_parts(pattern, until):
    rule = patterns.written(pattern)
    said = _words(rule, until=until)
    assert "at 09:00" in said and "(Asia/Jakarta)" in said
    for day in pattern.dates:
        assert f"day {day}" in said
    assert all(DAYS[weekday] in said for _place, weekday in pattern.nth)
    if pattern.weekdays and "day at" not in said and " to " not in said:
        assert [name for name in DAYS if name in said] == [DAYS[day] for day in pattern.weekdays]
    assert pattern.every == 1 or f"every {pattern.every} " in said
    assert pattern.count is None or f"{pattern.count} time" in said
    assert until is None or f"{until.astimezone(JAKARTA):%-d %B %Y}" in said


@given(made)
def test_a_pattern_that_is_written_is_read_back(pattern):
    read = patterns.read(patterns.written(pattern), BEGINS.replace(tzinfo=None))
    assert read is not None
    assert (read.unit, read.every, read.weekdays, read.dates, read.nth, read.count) == (
        pattern.unit, pattern.every, pattern.weekdays, pattern.dates, pattern.nth, pattern.count
    )  # fmt: skip


@given(made)
def test_each_moment_falls_on_a_day_that_is_named(pattern):
    rule = patterns.written(pattern)
    said = _words(rule)
    reach = BEGINS + timedelta(days=900)
    for moment in itertools.islice(rules.moments(rule, JAKARTA, begins=BEGINS, reach=reach), 12):
        local = moment.astimezone(JAKARTA)
        assert f"{local:%H:%M}" == "09:00"
        if pattern.unit == "week" and " to " not in said and "every day" not in said:
            assert DAYS[local.weekday()] in said
        if pattern.dates:
            assert local.day in pattern.dates
        if pattern.nth:
            assert DAYS[local.weekday()] in said


_PARTS = st.fixed_dictionaries(
    {"FREQ": st.sampled_from(list(_UNITS))},
    optional={
        "INTERVAL": _numbers.map(str),
        "COUNT": _numbers.map(str),
        "WKST": st.sampled_from(patterns.WEEKDAYS),
        "BYDAY": st.lists(st.sampled_from(["MO", "TU", "1WE", "+2TH", "-1FR", "-53SA", "53SU"]), min_size=1).map(
            ",".join
        ),
        **{
            name: st.lists(st.integers(least, most).filter(bool).map(str), min_size=1, max_size=3).map(",".join)
            for name, (least, most) in {
                "BYMONTHDAY": (-31, 31), "BYMONTH": (1, 12), "BYYEARDAY": (-366, 366), "BYWEEKNO": (-53, 53),
                "BYSETPOS": (-366, 366), "BYHOUR": (0, 23), "BYMINUTE": (0, 59), "BYSECOND": (0, 59),
            }.items()
        },
    },
)  # fmt: skip


@given(_PARTS)
def test_whatever_is_a_rule_has_words_or_none_and_never_a_fault(parts):
    try:
        rule = rules.checked(";".join(f"{name}={value}" for name, value in parts.items()))
    except ValueError:
        return
    said = _words(rule)
    assert said == "" or said.startswith("every ")
