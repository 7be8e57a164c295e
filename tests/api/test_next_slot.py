"""publish_at "next-slot", zones of accounts, and GET slots, as generators see them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from social_queue.models import PlatformAccount, Post, QueueItem
from social_queue.reading import moments
from tests import factories
from tests.factories import make_account

GOOD = {"title": "The weather of tomorrow", "link": "https://example.com/weather"}
JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.fixture(autouse=True)
def _between_slots():
    """Half an hour from the next one: what is said of it holds whenever this runs."""
    with time_machine.travel(factories.NOW):
        yield


@pytest.fixture
def slotted(desk_accounts):
    page, channel = desk_accounts
    PlatformAccount.objects.filter(pk=page.pk).update(slots="mon-sun 09:00 19:30", zone="Asia/Jakarta")
    return page, channel


def _rows(answer) -> dict:
    return {post["account"]: post for post in answer.json()["posts"]}


def test_each_item_takes_the_next_slot_in_order_of_arrival(bot, slotted):
    offered = [row["at"] for row in bot.get("slots?account=fb-page&n=3").json()["results"]]
    answers = [bot.post("ingest", GOOD | {"publish_at": "next-slot", "channels": ["fb-page"]}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert [_rows(answer)["fb-page"]["not_before"] for answer in answers] == offered
    assert {_rows(answer)["fb-page"]["waits_for"] for answer in answers} == {"slot"}
    assert answers[0].json()["publish_at"] == offered[0]
    shown = [moments.parse(moment).astimezone(JAKARTA).strftime("%H:%M") for moment in offered]
    assert set(shown) == {"09:00", "19:30"}
    assert bot.get("slots?account=fb-page&n=1").json()["results"][0]["at"] > offered[-1]


@pytest.mark.parametrize("change", [{}, {"channels": ["fb-page", "tg-news"]}], ids=["alone", "with other channels"])
@pytest.mark.parametrize("word", ["next-slot", " next-slot "])
def test_an_item_goes_to_the_next_slot_later_on(bot, slotted, word, change):
    """On a database with row locks, those of its accounts are there however the word is written."""
    made = bot.post("ingest", GOOD | {"publish_at": "2026-12-20T10:00:00Z", "channels": ["tg-news"]}).json()
    PlatformAccount.objects.update(slots="mon-sun 09:00", zone="Asia/Jakarta")
    answer = bot.patch(f"queue/{made['id']}", {"publish_at": word} | change)
    assert answer.status_code == 200, answer.content
    assert {row["waits_for"] for row in _rows(answer).values()} == {"slot"}


def test_a_cancelled_post_frees_its_slot(bot, slotted):
    first, second = (bot.post("ingest", GOOD | {"publish_at": "next-slot", "channels": ["fb-page"]}) for _ in "ab")
    bot.post(f"queue/{first.json()['id']}/cancel")
    third = bot.post("ingest", GOOD | {"publish_at": "next-slot", "channels": ["fb-page"]})
    assert _rows(third)["fb-page"]["not_before"] == _rows(first)["fb-page"]["not_before"]
    assert _rows(second)["fb-page"]["not_before"] != _rows(first)["fb-page"]["not_before"]


def test_an_account_without_slots_goes_at_once_and_the_answer_says_so(bot, slotted):
    answer = bot.post("ingest", GOOD | {"publish_at": "next-slot"})
    rows = _rows(answer)
    assert rows["tg-news"]["waits_for"] is None
    assert moments.parse(rows["tg-news"]["not_before"]) <= timezone.now()
    assert rows["fb-page"]["waits_for"] == "slot"
    assert answer.json()["notes"] == ["Without slots, so at once: tg-news."]
    assert answer.json()["publish_at"] == rows["tg-news"]["not_before"]


def test_what_expires_before_its_slot_is_refused(bot, slotted):
    soon = (timezone.now() + timedelta(seconds=20)).isoformat()
    body = GOOD | {"publish_at": "next-slot", "channels": ["fb-page"], "expires_at": soon}
    answer = bot.post("ingest", body)
    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == ["expires_at"]
    assert not QueueItem.objects.exists()


def test_an_item_can_be_moved_to_the_next_slot_and_away_from_it(bot, slotted):
    made = bot.post("ingest", GOOD | {"publish_at": "2036-01-01T00:00:00Z", "channels": ["fb-page"]}).json()
    free = bot.get("slots?account=fb-page&n=1").json()["results"][0]["at"]
    moved = bot.patch(f"queue/{made['id']}", {"publish_at": "next-slot"}).json()
    assert (moved["posts"][0]["not_before"], moved["posts"][0]["waits_for"]) == (free, "slot")
    assert moved["publish_at"] == free
    away = bot.patch(f"queue/{made['id']}", {"publish_at": "2036-01-01T00:00:00Z"}).json()
    assert away["posts"][0]["waits_for"] is None
    assert Post.objects.get().slot_at is None


def test_slots_inside_quiet_hours_are_none(bot, slotted):
    PlatformAccount.objects.filter(slug="fb-page").update(quiet_hours="08:00-10:00")
    found = bot.get("slots?account=fb-page&n=4").json()["results"]
    assert {moments.parse(row["at"]).astimezone(JAKARTA).strftime("%H:%M") for row in found} == {"19:30"}


def test_slots_are_told_of_every_account_that_has_some(bot, slotted):
    assert [row["account"] for row in bot.get("slots").json()["results"]] == ["fb-page"] * 5


@pytest.mark.parametrize(("query", "field"), [("account=nobody", "account"), ("n=0", "n"), ("n=x", "n"), ("x=1", "x")])
def test_what_cannot_be_asked_for_is_named(bot, slotted, query, field):
    answer = bot.get(f"slots?{query}")
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (400, [field])


def test_a_time_without_an_offset_is_read_by_the_clock_all_accounts_share(bot, slotted):
    answer = bot.post("ingest", GOOD | {"publish_at": "2036-12-01T19:00", "channels": ["fb-page"]})
    assert answer.json()["publish_at"] == "2036-12-01T12:00:00Z"
    assert answer.json()["notes"] == ["Read by the clock of Asia/Jakarta: publish_at."]


def test_where_accounts_share_no_clock_it_is_the_sites(bot, slotted):
    answer = bot.post("ingest", GOOD | {"publish_at": "2036-12-01T19:00"})
    assert answer.json()["publish_at"] == "2036-12-01T19:00:00Z"
    assert answer.json()["notes"] == ["Read by the clock of UTC: publish_at."]


def test_a_change_reads_times_by_the_same_clock(bot, slotted):
    made = bot.post("ingest", GOOD | {"publish_at": "2036-12-01T19:00", "channels": ["fb-page"]}).json()
    changed = bot.patch(f"queue/{made['id']}", {"publish_at": "2036-12-01T20:00"}).json()
    assert changed["publish_at"] == "2036-12-01T13:00:00Z"


def test_a_post_for_quiet_hours_waits_until_they_end(bot, desk_accounts):
    make_account("telegram", slug="night", zone="Asia/Jakarta", quiet_hours="22:00-07:00")
    answer = bot.post("ingest", GOOD | {"publish_at": "2036-12-01T23:00", "channels": ["night"]})
    row = _rows(answer)["night"]
    assert row["waits_for"] == "quiet_hours"
    assert moments.parse(row["not_before"]) == datetime(2036, 12, 2, 0, 0, tzinfo=UTC)
    told = bot.get(f"posts/{row['id']}").json()
    assert (told["not_before"], told["waits_for"]) == (row["not_before"], "quiet_hours")


def test_an_account_tells_its_zone_and_its_next_slots(bot, slotted):
    told = bot.get("accounts/fb-page").json()
    assert told["zone"] == "Asia/Jakarta"
    assert told["next_slots"] == [row["at"] for row in bot.get("slots?account=fb-page&n=5").json()["results"]]
    assert bot.get("accounts/tg-news").json()["next_slots"] == []


def test_a_slot_at_which_something_is_scheduled_anyway_is_not_free(bot, slotted):
    first, second = (row["at"] for row in bot.get("slots?account=fb-page&n=2").json()["results"])
    made = bot.post("ingest", GOOD | {"publish_at": first, "channels": ["fb-page"]}).json()
    assert bot.get("slots?account=fb-page&n=1").json()["results"][0]["at"] == second
    answer = bot.post("ingest", GOOD | {"publish_at": "next-slot", "channels": ["fb-page"]})
    assert _rows(answer)["fb-page"]["not_before"] == second
    # What holds the place itself may have it as its slot.
    assert bot.patch(f"queue/{made['id']}", {"publish_at": "next-slot"}).json()["publish_at"] == first
    bot.post(f"queue/{made['id']}/cancel")
    assert bot.get("slots?account=fb-page&n=1").json()["results"][0]["at"] == first


def test_out_of_its_slots_an_item_goes_to_one_moment_even_if_that_was_a_slot(bot, slotted):
    PlatformAccount.objects.filter(slug="tg-news").update(slots="mon-sun 12:00", zone="Asia/Jakarta")
    made = bot.post("ingest", GOOD | {"publish_at": "next-slot"}).json()
    assert len({row["not_before"] for row in made["posts"]}) == 2
    changed = bot.patch(f"queue/{made['id']}", {"publish_at": made["publish_at"]}).json()
    assert {row["not_before"] for row in changed["posts"]} == {made["publish_at"]}
    assert set(Post.objects.values_list("slot_at", flat=True)) == {None}
