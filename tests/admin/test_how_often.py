"""How often an item repeats, from its page: the common ways as fields, seen in words first; what is wrong, by field."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from social_queue.admin.repeats.form import RepeatForm
from social_queue.calendar.repeating import Rule
from social_queue.models import QueueItem, Series
from social_queue.timing import patterns, rules, rules_in_words
from tests import factories

pytestmark = pytest.mark.django_db
JAKARTA = ZoneInfo("Asia/Jakarta")
BEGINS = datetime(2026, 12, 1, 9, 0, tzinfo=JAKARTA)
ENDLESS = {"ends": "endless", "zone": "Asia/Jakarta"}


@pytest.fixture
def item():
    """It goes out tomorrow."""
    account = factories.make_account("telegram", slug="tg", zone="Asia/Jakarta")
    return factories.make_item(account, title="Weather", publish_at=timezone.now() + timedelta(days=1))


def _form(data: dict, held: Rule | None = None, begins: datetime = BEGINS) -> RepeatForm:
    return RepeatForm(data, begins=begins, zone="Asia/Jakarta", held=held)  # type: ignore[arg-type]


def _push(desk, item, **fields) -> str:
    name = "repeat-draft" if item.status == "draft" else "repeat"
    return desk.text(desk.push(item, name, **fields))


def test_it_is_seen_in_words_with_its_next_times_and_then_done(desk, item):
    page = _push(desk, item)
    assert "How often it repeats" in page and "Repeat it so" not in page and not Series.objects.exists()
    asked = {"way": "day", "every": "2", **ENDLESS}
    page = _push(desk, item, step="look", **asked)
    clock = f"{item.publish_at.astimezone(JAKARTA):%H:%M}"
    assert f"every 2 days at {clock} (Asia/Jakarta)" in page and "Repeat it so" in page
    assert f"{clock} WIB" in page
    assert not Series.objects.exists()
    told = _push(desk, item, step="do", **asked)
    assert (
        f"It repeats: every 2 days at {clock} (Asia/Jakarta)." in told and "6 items that follow are laid down" in told
    )
    series = Series.objects.get()
    assert (series.rule, series.zone, series.until) == ("FREQ=DAILY;INTERVAL=2", "Asia/Jakarta", None)
    assert QueueItem.objects.filter(series=series).count() == 7
    assert "“Repeat”" in desk.page(series) and "The next item" in desk.page(series)


def test_another_way_takes_the_place_of_the_first_and_it_ends_when_it_is_to(desk, item):
    _push(desk, item, step="do", way="day", every="1", **ENDLESS)
    item.refresh_from_db()
    page = _push(desk, item)
    assert "It repeats now: every day at" in page and "Not any more after this one" in page
    page = _push(desk, item, step="look", way="week", every="1", weekdays=["0", "3"], **ENDLESS)
    assert "every Monday and Thursday at" in page and "items that follow now are laid down anew" in page
    _push(desk, item, step="do", way="week", every="1", weekdays=["0", "3"], **ENDLESS)
    item.refresh_from_db()
    assert item.series.rule == "FREQ=WEEKLY;BYDAY=MO,TH"
    assert item.publish_at.astimezone(JAKARTA).weekday() in (0, 3)
    page = _push(desk, item, step="look", way="never")
    assert "It does not repeat any more" in page and "End it after this one" in page
    assert "It does not repeat any more" in _push(desk, item, step="do", way="never")
    assert not QueueItem.objects.filter(status="ready").exclude(pk=item.pk).exists()


def test_a_draft_repeats_as_drafts(desk):
    factories.make_account("telegram", slug="tg")
    draft = factories.make_item(status="draft", publish_at=timezone.now() + timedelta(days=1))
    _push(desk, draft, step="do", way="day", every="1", ends="times", count="5", zone="UTC")
    assert Series.objects.get().draft and QueueItem.objects.filter(status="draft").count() == 5


def test_only_who_may_let_go_multiplies_what_was_let_go(client, django_user_model, grant, item):
    person = django_user_model.objects.create_user("w", is_staff=True)
    grant(person, "queue.view_queueitem", "queue.change_queueitem")
    client.force_login(person)
    address = reverse("admin:queue_queueitem_press", args=[item.pk, "repeat"])
    assert client.post(address, {"step": "do", "way": "day", "every": "1", **ENDLESS}).status_code == 403
    assert not Series.objects.exists()


def test_what_is_over_or_waits_for_a_slot_has_no_such_button(desk, item):
    assert "repeat/" in desk.client.get(reverse("admin:queue_queueitem_change", args=[item.pk])).content.decode()
    for changes in ({"next_slot": True}, {"next_slot": False, "publish_at": timezone.now() - timedelta(hours=1)}):
        QueueItem.objects.filter(pk=item.pk).update(**changes)
        page = desk.client.get(reverse("admin:queue_queueitem_change", args=[item.pk])).content.decode()
        assert "/press/repeat/" not in page


@pytest.mark.parametrize(
    ("data", "field", "said"),
    [
        ({"way": "week", "every": "1"}, "weekdays", "Choose at least one weekday."),
        ({"way": "week", "weekdays": ["0"]}, "every", "Write a number: 1 for each, 2 for every second."),
        ({"way": "week", "weekdays": ["0"], "every": "0"}, "every", "greater than or equal to 1"),
        ({"way": "week", "weekdays": ["0"], "every": "1001"}, "every", "less than or equal to 1000"),
        ({"way": "date", "every": "1"}, "dates", "Write at least one day, or choose the last day of the month."),
        ({"way": "date", "every": "1", "dates": "1, 32"}, "dates", "Write numbers from 1 to 31"),
        ({"way": "date", "every": "1", "dates": "first"}, "dates", "Write numbers from 1 to 31"),
        ({"way": "place", "every": "1", "weekday": "0"}, "place", "Choose one."),
        ({"way": "place", "every": "1", "place": "1"}, "weekday", "Choose one."),
        ({"way": "text"}, "rrule", "Write the rule."),
        ({"way": "text", "rrule": "every monday"}, "rrule", "must be text such as"),
        ({"way": "text", "rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "rrule", "yields nothing"),
        ({"way": "text", "rrule": "FREQ=DAILY;COUNT=3", "ends": "times", "count": "4"}, "rrule", "no part twice"),
        ({"way": "day", "every": "1", "ends": "times"}, "count", "Write after how many times it ends."),
        ({"way": "day", "every": "1", "ends": "times", "count": "1001"}, "count", "less than or equal to 1000"),
        ({"way": "day", "every": "1", "ends": "until"}, "until", "Choose its last day."),
        ({"way": "day", "every": "1", "ends": "until", "until": "2026-11-30"}, "until", "must not be before the first"),
        ({"way": "week", "every": "1", "weekdays": ["0"], "ends": "until", "until": "2026-12-02"}, "until",
         "None of its days comes before its end."),
        ({"way": "day", "every": "1", "zone": "Asia/Djakarta"}, "zone", "did you mean Asia/Jakarta?"),
        ({"way": "sometimes"}, "way", "not one of the available choices"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(data, field, said):
    form = _form(ENDLESS | data)
    assert not form.is_valid() and form.rule is None
    assert list(form.errors) == [field] and said in str(form.errors[field])


def test_what_is_wrong_in_fields_of_other_ways_stops_nobody():
    form = _form(ENDLESS | {"way": "day", "every": "3", "dates": "nonsense", "count": "-1", "until": "x"})
    assert form.is_valid() and form.rule == Rule("FREQ=DAILY;INTERVAL=3", "Asia/Jakarta", None)


_every = st.integers(1, 1000).map(str)
_ways = st.one_of(
    st.fixed_dictionaries({"way": st.just("day"), "every": _every}),
    st.fixed_dictionaries(
        {"way": st.just("week"), "every": _every, "weekdays": st.sets(st.integers(0, 6).map(str), min_size=1).map(list)}
    ),
    st.fixed_dictionaries(
        {
            "way": st.just("date"),
            "every": st.integers(1, 11).map(str),
            "dates": st.sets(st.integers(1, 28), min_size=1).map(lambda days: ", ".join(map(str, days))),
        },
        optional={"last_day": st.just("on")},
    ),
    st.fixed_dictionaries(
        {
            "way": st.just("place"),
            "every": st.integers(1, 11).map(str),
            "place": st.sampled_from([str(place) for place in patterns.PLACES]),
            "weekday": st.integers(0, 6).map(str),
        }
    ),
)
#: A thousand weeks are nineteen years: an end before the first day is refused.
_ends = st.one_of(
    st.just({"ends": "endless"}),
    st.integers(1, 1000).map(lambda count: {"ends": "times", "count": str(count)}),
    st.dates(datetime(2050, 1, 1, tzinfo=JAKARTA).date(), datetime(2060, 1, 1, tzinfo=JAKARTA).date()).map(
        lambda day: {"ends": "until", "until": day.isoformat()}
    ),
)


@given(_ways, _ends)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_every_rule_the_form_makes_has_words_and_fills_the_form_again(way, end):
    form = _form({"zone": "Asia/Jakarta"} | way | end)
    assert form.is_valid(), form.errors
    made = form.rule
    assert made is not None
    assert rules_in_words.words(made.text, made.zone, begins=BEGINS, until=made.until).startswith("every ")
    first = rules.first(made.text, JAKARTA, begins=BEGINS, until=made.until)
    again = _form({}, held=made, begins=first).initial
    told = {name: again[name] for name in {**way, **end} if again[name] not in ("", None) and again[name] is not False}
    filled = _form({"zone": "Asia/Jakarta"} | told, held=made, begins=first)
    assert filled.is_valid(), filled.errors
    assert filled.rule == made


@pytest.mark.parametrize(
    ("held", "filled"),
    [
        (Rule("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "Asia/Jakarta", None), {"way": "text", "ends": "endless"}),
        (Rule("FREQ=DAILY;BYHOUR=9,12", "Asia/Jakarta", None), {"way": "text"}),
        (Rule("FREQ=DAILY;BYHOUR=9", "Asia/Jakarta", None), {"way": "day"}),
        (Rule("FREQ=WEEKLY;BYDAY=MO;BYMONTH=6", "Asia/Jakarta", None), {"way": "text"}),
        (Rule("FREQ=YEARLY", "Asia/Jakarta", None), {"way": "text"}),
        (Rule("FREQ=MONTHLY;BYDAY=1MO,3MO", "Asia/Jakarta", None), {"way": "text"}),
        (Rule("FREQ=DAILY;COUNT=5", "Asia/Jakarta", BEGINS + timedelta(days=9)), {"way": "text", "ends": "until"}),
        (Rule("FREQ=DAILY;UNTIL=20261210T010000Z", "Asia/Jakarta", None), {"way": "day", "ends": "until"}),
    ],
)
def test_what_has_no_fields_is_kept_as_its_text(held, filled):
    form = _form({}, held=held)
    assert {name: form.initial[name] for name in filled} == filled
    if filled["way"] == "text":
        assert form.initial["rrule"] == held.text
        given = {
            name: form.initial[name] for name in ("way", "rrule", "ends", "until", "zone") if form.initial.get(name)
        }
        again = _form(given, held=held)
        assert again.is_valid() and again.rule == held
