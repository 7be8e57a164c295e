"""This one and all that follow: cut at an item, gone on with its words, its time of day, or another rule."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from social_queue.calendar import repeating
from social_queue.intake import ingest, series
from social_queue.intake.incoming import Malformed
from social_queue.models import Post, QueueItem, Series
from social_queue.operations import editing, repeats
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def daily():
    """A daily repeat of two weeks, its items in order."""
    return _begun({"rrule": "FREQ=DAILY"})


def _begun(repeat):
    if not Post.objects.exists():
        factories.make_account("telegram", slug="tg")
    body = {"title": "Weather", "link": "https://example.com/w", "summary": "Rain.", "channels": ["tg"]}
    body |= {"publish_at": (NOW + HOUR).isoformat(), "repeat": repeat}
    assert ingest.receive(body, source="bot", now=NOW).status_code == 201
    return list(QueueItem.objects.order_by("publish_at"))


def _open(**more):
    return list(QueueItem.objects.filter(status="ready", **more).order_by("publish_at"))


def test_from_the_third_on_all_say_something_else_and_the_first_two_stay(daily):
    repeating.change(daily[2].pk, {"title": "Wind", "summary": None}, now=NOW)
    found = _open()
    assert [item.title for item in found] == ["Weather"] * 2 + ["Wind"] * 12
    assert [item.summary for item in found] == ["Rain."] * 2 + [""] * 12
    assert [item.publish_at for item in found] == [item.publish_at for item in daily]
    assert all(item.posts.count() == 1 for item in found)
    # What was laid down before is cancelled, not out twice.
    assert Post.objects.filter(status="pending").count() == 14
    # Whoever lays down what is due adds nothing, and later goes on with the new words alone.
    assert repeats.lay_due(NOW) == 0
    repeats.lay_due(NOW + DAY)
    assert [item.title for item in _open(publish_at__gte=NOW + 14 * DAY)] == ["Wind"]


def test_another_time_of_day_holds_for_all_that_follow(daily):
    later = daily[5].publish_at + 3 * HOUR
    repeating.change(daily[5].pk, {"publish_at": later.isoformat()}, now=NOW)
    assert [item.publish_at for item in _open()] == [
        *(item.publish_at for item in daily[:5]),
        *(item.publish_at + 3 * HOUR for item in daily[5:13]),
        # The last of the two weeks is past them now.
        *(item.publish_at + 3 * HOUR for item in daily[13:] if item.publish_at + 3 * HOUR <= NOW + series.AHEAD),
    ]


def test_from_the_first_on_the_old_repeat_is_over_altogether(daily):
    repeating.change(daily[0].pk, {"title": "Wind"}, now=NOW)
    old, new = Series.objects.order_by("pk")
    assert old.cancelled_at == NOW and new.cancelled_at is None and old.lay_not_before is None
    assert {item.title for item in _open()} == {"Wind"} and len(_open(series=new.pk)) == 14


def test_another_rule_begins_at_the_first_moment_it_names(daily):
    wanted = {"rrule": "FREQ=WEEKLY;BYDAY=MO", "zone": "UTC"}
    repeating.change(daily[1].pk, {}, repeat=wanted, now=NOW)
    new = Series.objects.latest("pk")
    assert [item.publish_at.strftime("%a %H:%M") for item in _open(series=new.pk)] == ["Mon 13:00"] * 2
    assert len(_open()) == 1 + 2


def test_no_rule_ends_it_after_this_one(daily):
    repeating.change(daily[3].pk, {"title": "The last"}, repeat=None, now=NOW)
    assert [item.title for item in _open()] == ["Weather"] * 3 + ["The last"]
    assert repeats.lay_due(NOW + 3 * DAY) == 0 and Series.objects.count() == 1


def test_an_item_that_did_not_repeat_begins_to():
    account = factories.make_account("telegram", slug="tg")
    item = factories.make_item(account, publish_at=NOW + HOUR, data={}, channels=["tg"], hashtags=["#a"])
    repeating.change(item.pk, {}, repeat={"rrule": "FREQ=DAILY;COUNT=3"}, now=NOW)
    found = _open()
    assert [row.publish_at for row in found] == [NOW + HOUR + n * DAY for n in range(3)]
    assert {(row.title, *row.hashtags) for row in found} == {(item.title, "#a")}


def test_what_is_over_of_a_count_does_not_come_again():
    items = _begun({"rrule": "FREQ=DAILY;COUNT=6"})
    repeating.change(items[2].pk, {"title": "Wind"}, now=NOW)
    assert [item.title for item in _open()] == ["Weather"] * 2 + ["Wind"] * 4
    assert Series.objects.latest("pk").rule == "FREQ=DAILY;COUNT=4"


def test_what_has_gone_changes_nothing_of_what_follows(daily):
    Post.objects.filter(item=daily[2]).update(attempts_made=1)
    with pytest.raises(editing.Gone):
        repeating.change(daily[2].pk, {"title": "Wind"}, now=NOW)
    assert {item.title for item in _open()} == {"Weather"} and Series.objects.get().cancelled_at is None


def test_what_was_claimed_of_what_follows_goes_and_the_rest_is_laid_down_anew(daily):
    Post.objects.filter(item=daily[4]).update(status="publishing", attempts_made=1)
    QueueItem.objects.filter(pk=daily[4].pk).update(status="posting")
    repeating.change(daily[2].pk, {"title": "Wind"}, now=NOW)
    assert QueueItem.objects.get(pk=daily[4].pk).status == "posting"


@pytest.mark.parametrize(
    "wrong",
    [
        {"rrule": "FREQ=HOURLY"},
        {"rrule": "FREQ=DAILY", "zone": "Mars/Base"},
        {"rrule": "FREQ=DAILY", "until": "yesterday"},
        {"rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"},
        {"rrule": "FREQ=DAILY", "until": "2020-01-01T00:00:00Z"},
        "daily",
    ],
)
def test_a_rule_that_is_none_is_refused_and_nothing_is_changed(daily, wrong):
    with pytest.raises(Malformed) as fault:
        repeating.change(daily[2].pk, {"title": "Wind"}, repeat=wrong, now=NOW)
    assert list(fault.value.fields) == ["repeat"] and fault.value.fields["repeat"][0]
    assert {item.title for item in _open()} == {"Weather"} and Series.objects.count() == 1


def test_the_clock_on_the_wall_is_kept_through_the_change_of_clocks():
    account = factories.make_account("telegram", slug="tg", zone="Europe/Berlin")
    zone = ZoneInfo("Europe/Berlin")
    now = NOW.replace(year=2036, month=3, day=20)
    item = factories.make_item(account, publish_at=now + HOUR, channels=["tg"], data={})
    repeating.change(item.pk, {}, repeat={"rrule": "FREQ=DAILY"}, now=now)
    assert {row.publish_at.astimezone(zone).strftime("%H:%M") for row in _open()} == {"14:00"}
    assert len({row.publish_at.strftime("%H:%M") for row in _open()}) == 2


def test_who_laid_down_with_an_old_view_of_a_series_that_was_cut_adds_nothing(daily):
    old = Series.objects.get()
    repeating.change(daily[2].pk, {"title": "Wind"}, now=NOW)
    # As a tick would that had read the row a moment before.
    assert series.lay(old, now=NOW + 3 * DAY, enqueue=ingest.enqueue) == 0
    assert {item.title for item in _open(publish_at__gte=daily[2].publish_at)} == {"Wind"}
