"""What repeats, as generators see it."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from social_queue.models import Alert, PlatformAccount, QueueItem, Series
from social_queue.operations import repeats
from social_queue.reading import moments
from tests.support.crowd import at_once

GOOD = {"title": "The weather of tomorrow", "link": "https://example.com/weather", "channels": ["tg-news"]}
BERLIN = ZoneInfo("Europe/Berlin")


def _soon(**by) -> str:
    return (timezone.now() + timedelta(**by)).isoformat()


def _daily(**more) -> dict:
    return GOOD | {"publish_at": _soon(hours=1), "repeat": {"rrule": "FREQ=DAILY"}} | more


def test_two_weeks_are_laid_down_as_ordinary_items(bot):
    answer = bot.post("ingest", _daily(reference="weather-1"))
    assert answer.status_code == 201
    series = answer.json()["series"]
    items = list(QueueItem.objects.order_by("publish_at"))
    assert len(items) == 14
    assert {item.series_id for item in items} == {series}
    assert [item.reference for item in items] == ["weather-1", *[None] * 13]
    steps = {later.publish_at - item.publish_at for item, later in zip(items, items[1:], strict=False)}
    assert steps == {timedelta(days=1)}
    assert all(item.posts.count() == 1 for item in items)
    row = bot.get(f"series/{series}").json()
    assert (row["rule"], row["zone"], row["until"], row["cancelled_at"]) == ("FREQ=DAILY", "UTC", None, None)
    assert row["next"] == answer.json()["publish_at"]
    assert row["in_words"] == f"every day at {items[0].publish_at:%H:%M} (UTC)"
    assert bot.get("series").json()["results"] == [row]


def test_the_rule_is_read_by_the_clock_of_its_zone(bot):
    body = _daily(publish_at="2036-03-28T09:00", repeat={"rrule": "FREQ=DAILY", "zone": "Europe/Berlin"})
    PlatformAccount.objects.update(zone="Europe/Berlin")
    row = Series.objects.get(pk=bot.post("ingest", body).json()["series"])
    repeats.lay_due(moments.parse("2036-03-28T00:00:00Z"))
    found = list(row.items.order_by("publish_at").values_list("publish_at", flat=True))
    assert {moment.astimezone(BERLIN).strftime("%H:%M") for moment in found} == {"09:00"}
    assert {moment.strftime("%H:%M") for moment in found} == {"08:00", "07:00"}


def test_the_same_request_again_makes_nothing_new(bot):
    body = _daily(idempotency_key="k1")
    first = bot.post("ingest", body)
    assert bot.post("ingest", body).json() == first.json()
    assert (Series.objects.count(), QueueItem.objects.count()) == (1, 14)


def test_what_comes_later_is_laid_down_when_its_time_is_near(bot):
    bot.post("ingest", _daily())
    assert repeats.lay_due(timezone.now()) == 0
    assert repeats.lay_due(timezone.now() + timedelta(days=3)) == 3
    assert QueueItem.objects.count() == 17


@pytest.mark.django_db(transaction=True)
def test_however_many_lay_at_once_each_time_is_laid_once(bot):
    bot.post("ingest", _daily())
    later = timezone.now() + timedelta(days=5)
    laid = at_once(lambda number: repeats.lay_due(later), 6)
    assert sum(laid) == 5
    assert QueueItem.objects.values("series_at").distinct().count() == QueueItem.objects.count() == 19


def test_a_rule_that_ends_ends(bot):
    bot.post("ingest", _daily(repeat={"rrule": "FREQ=DAILY;COUNT=3"}))
    bot.post("ingest", _daily(repeat={"rrule": "FREQ=DAILY", "until": _soon(days=1, hours=2)}))
    assert QueueItem.objects.count() == 5
    assert {row["next"] is None for row in bot.get("series").json()["results"]} == {False}
    assert repeats.lay_due(timezone.now() + timedelta(days=60)) == 0


def test_a_cancelled_series_takes_what_has_not_gone_with_it(bot):
    series = bot.post("ingest", _daily()).json()["series"]
    answer = bot.post(f"series/{series}/cancel")
    assert (answer.status_code, answer.json()["cancelled_items"], answer.json()["next"]) == (200, 14, None)
    assert answer.json()["cancelled_at"]
    assert set(QueueItem.objects.values_list("status", flat=True)) == {"cancelled"}
    assert repeats.lay_due(timezone.now() + timedelta(days=10)) == 0
    assert bot.post(f"series/{series}/cancel").status_code == 409


def test_a_key_ends_only_what_came_in_under_its_name(bot, caller):
    series = bot.post("ingest", _daily()).json()["series"]
    assert caller("ingest", "read").post(f"series/{series}/cancel").status_code == 404
    assert caller("manage").post(f"series/{series}/cancel").json() == {"id": series, "status": "cancelled"}
    assert bot.get("series/999").status_code == 404


def test_items_of_a_series_expire_as_long_after_their_moment_as_the_first(bot):
    bot.post("ingest", _daily(expires_at=_soon(hours=3)))
    lasts = {round((item.expires_at - item.publish_at).total_seconds()) for item in QueueItem.objects.all()}
    assert lasts <= {7199, 7200, 7201}


@pytest.mark.parametrize(
    ("repeat", "reason"),
    [
        ({"rrule": "FREQ=HOURLY"}, "FREQ"),
        ({"rrule": "FREQ=DAILY;BYHOUR=1,2,3,4,5;BYMINUTE=1,2,3,4,5"}, "more than 24"),
        ({"rrule": "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"}, "yields nothing"),
        ({"rrule": "FREQ=DAILY", "zone": "Asia/Djakarta"}, "did you mean Asia/Jakarta"),
        ({"rrule": "FREQ=DAILY", "until": "2020-01-01T00:00:00Z"}, "yields nothing"),
        ({"rrule": "FREQ=DAILY", "times": 3}, "has no times"),
        ({}, "must be text such as"),
        ("FREQ=DAILY", "must be an object"),
    ],
)
def test_a_repeat_that_cannot_be_used_is_refused_with_the_reason(bot, repeat, reason):
    answer = bot.post("ingest", _daily(repeat=repeat))
    assert answer.status_code == 400
    assert reason in answer.json()["error"]["fields"]["repeat"][0]
    assert not Series.objects.exists()


@pytest.mark.parametrize("publish_at", [None, "next-slot"])
def test_a_repeat_needs_a_moment(bot, publish_at):
    answer = bot.post("ingest", _daily(publish_at=publish_at))
    assert list(answer.json()["error"]["fields"]) == ["repeat"]


def test_a_time_that_cannot_be_laid_down_is_told_once_and_tried_again(bot, desk_accounts):
    series = Series.objects.get(pk=bot.post("ingest", _daily()).json()["series"])
    PlatformAccount.objects.filter(slug="tg-news").update(slug="tg-other")
    now = timezone.now() + timedelta(days=2)
    assert repeats.lay_due(now) == 0
    assert repeats.lay_due(now) == 0
    assert Alert.objects.filter(kind="repeat_stuck").count() == 1
    PlatformAccount.objects.filter(slug="tg-other").update(slug="tg-news")
    assert repeats.lay_due(now + timedelta(hours=1, minutes=1)) == 3
    series.refresh_from_db()
    assert series.laid_until > timezone.now() + timedelta(days=15)


def test_what_was_not_laid_in_time_keeps_its_time(bot):
    bot.post("ingest", _daily())
    now = timezone.now() + timedelta(days=20)
    repeats.lay_due(now)
    missed = QueueItem.objects.filter(series_at__lt=now, series_at__gt=now - timedelta(days=6))
    assert missed.count() == 6
    assert all(post.not_before == item.series_at for item in missed for post in item.posts.all())


def test_a_new_rule_holds_from_an_item_on_and_null_makes_it_the_last(bot):
    series = bot.post("ingest", _daily()).json()["series"]
    items = list(QueueItem.objects.order_by("publish_at"))
    answer = bot.patch(f"queue/{items[2].pk}", {"title": "Wind", "repeat": {"rrule": "FREQ=DAILY;INTERVAL=2"}})
    assert answer.status_code == 200 and answer.json()["series"] != series
    found = list(QueueItem.objects.filter(status="ready").order_by("publish_at"))
    assert [item.title for item in found] == ["The weather of tomorrow"] * 2 + ["Wind"] * 6
    assert bot.get(f"series/{series}").json()["next"] == moments.show(items[0].publish_at)
    last = bot.patch(f"queue/{found[3].pk}", {"repeat": None})
    assert last.status_code == 200
    assert QueueItem.objects.filter(status="ready").count() == 4
    assert bot.get(f"series/{answer.json()['series']}").json()["until"] is not None


def test_a_new_rule_that_is_none_is_refused_with_its_reason(bot):
    bot.post("ingest", _daily())
    item = QueueItem.objects.first()
    answer = bot.patch(f"queue/{item.pk}", {"repeat": {"rrule": "FREQ=HOURLY"}})
    assert answer.status_code == 400 and "FREQ" in answer.json()["error"]["fields"]["repeat"][0]
    assert QueueItem.objects.filter(status="ready").count() == 14


HALF = chr(0xD800)


@pytest.mark.parametrize(
    "repeat",
    [
        {"rrule": "FREQ=DAILY", "zone": HALF},
        {"rrule": "FREQ=DAILY", HALF: 1},
        {"rrule": f"FREQ=DAILY;X={HALF}"},
        {"rrule": "FREQ=DAILY", "until": HALF},
        {"rrule": "FREQ=DAILY\x00"},
    ],
)
def test_half_a_letter_in_a_rule_is_named_by_a_change_as_by_ingest(bot, repeat):
    made = bot.post("ingest", GOOD | {"publish_at": _soon(hours=1)}).json()
    answer = bot.patch(f"queue/{made['id']}", {"repeat": repeat})
    assert answer.status_code == 400
    fields = answer.json()["error"]["fields"]
    assert fields == bot.post("ingest", _daily(repeat=repeat)).json()["error"]["fields"]
    assert list(fields) == ["repeat"]


def test_a_bad_rule_is_named_beside_all_else_that_is_bad(bot):
    made = bot.post("ingest", GOOD | {"publish_at": _soon(hours=1)}).json()
    answer = bot.patch(f"queue/{made['id']}", {"title": 5, "repeat": {"rrule": "x"}})
    assert answer.status_code == 400 and list(answer.json()["error"]["fields"]) == ["title", "repeat"]
    assert bot.patch(f"queue/{made['id']}", {"title": "Wind", "repeat": {"rrule": "x"}}).status_code == 400
    assert QueueItem.objects.get().title == GOOD["title"]


def test_what_goes_to_the_next_slot_can_not_be_made_to_repeat(bot):
    made = bot.post("ingest", GOOD | {"publish_at": _soon(hours=1)}).json()
    answer = bot.patch(f"queue/{made['id']}", {"publish_at": " next-slot", "repeat": {"rrule": "FREQ=DAILY"}})
    assert answer.status_code == 400
    asked = bot.post("ingest", _daily(publish_at="next-slot")).json()["error"]["fields"]
    assert answer.json()["error"]["fields"] == asked


def test_what_is_made_to_repeat_from_a_past_moment_on_waits_for_its_next_time_as_by_ingest(bot):
    begun = {"publish_at": _soon(days=-3, hours=1)}
    asked = begun | {"repeat": {"rrule": "FREQ=WEEKLY;COUNT=3", "zone": "UTC"}}
    came_in = bot.post("ingest", GOOD | asked).json()
    made = bot.post("ingest", GOOD | {"publish_at": _soon(hours=1)}).json()
    changed = bot.patch(f"queue/{made['id']}", asked)
    assert changed.status_code == 200
    both = [
        list(QueueItem.objects.filter(series=one["series"]).order_by("publish_at").values_list("publish_at", flat=True))
        for one in (came_in, changed.json())
    ]
    assert both[0] == both[1] and len(both[0]) == 2

    over = begun | {"repeat": {"rrule": "FREQ=WEEKLY;COUNT=1", "zone": "UTC"}}
    refused = bot.patch(f"queue/{made['id']}", over)
    assert refused.status_code == 400
    assert refused.json()["error"]["fields"] == bot.post("ingest", GOOD | over).json()["error"]["fields"]
    assert QueueItem.objects.get(pk=made["id"]).publish_at == both[0][0]
