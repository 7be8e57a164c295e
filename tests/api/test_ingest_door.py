"""POST /api/autopost/ingest, as generators see it."""

import json

import pytest
from django.utils import timezone

from social_queue.models import QueueItem

GOOD = {"title": "Gates of Olympus", "link": "https://example.com/p?x=1"}
EXAMPLE = GOOD | {
    "summary": "…",
    "image_url": "https://example.com/a.jpg",
    "data": {"game": "Gates", "rtp": 97.2, "window": "19:00-21:00", "pattern": "A", "jam": "19:00"},
    "channels": ["facebook", "tg", "tg-news"],
    "publish_at": "2036-12-01T19:00:00+07:00",
    "expires_at": None,
    "hashtags": ["slot"],
    "meta": {"variant": "auto", "utm_campaign": "december"},
}


def test_the_contracts_example_is_queued(bot):
    answer = bot.post("ingest", EXAMPLE)
    assert answer.status_code == 201
    body = answer.json()
    assert set(body) == {"id", "status", "publish_at", "posts"}
    assert (body["status"], body["publish_at"]) == ("ready", "2036-12-01T12:00:00Z")
    assert [(post["account"], post["platform"], post["status"]) for post in body["posts"]] == [
        ("fb-page", "facebook", "pending"),
        ("tg-news", "telegram", "pending"),
    ]
    assert all(post["link"].startswith("http://autopost.test/go/") for post in body["posts"])


def test_the_keys_name_is_the_source(bot):
    bot.post("ingest", GOOD)
    assert QueueItem.objects.get().source == "bot-all"


def test_left_out_the_time_is_now(bot):
    before = timezone.now()
    bot.post("ingest", GOOD)
    assert before <= QueueItem.objects.get().publish_at <= timezone.now()


def test_the_same_key_and_body_get_the_first_answer_and_a_header(bot):
    first = bot.post("ingest", GOOD, Idempotency_Key="k1")
    again = bot.post("ingest", json.dumps(GOOD, indent=2), Idempotency_Key="k1")
    assert "Idempotent-Replay" not in first.headers
    assert (again.status_code, again.headers["Idempotent-Replay"]) == (200, "true")
    assert again.json() == first.json()
    assert QueueItem.objects.count() == 1


def test_the_same_key_with_another_body_is_422(bot):
    bot.post("ingest", GOOD, Idempotency_Key="k1")
    answer = bot.post("ingest", GOOD | {"title": "Other"}, Idempotency_Key="k1")
    assert answer.status_code == 422
    assert answer.json()["error"]["fields"]["idempotency_key"]


def test_keys_of_different_generators_do_not_meet(bot, caller):
    assert bot.post("ingest", GOOD, Idempotency_Key="k1").status_code == 201
    assert caller("ingest").post("ingest", GOOD, Idempotency_Key="k1").status_code == 201


def test_a_repeat_within_the_cooldown_is_200_and_skipped(bot):
    first = bot.post("ingest", EXAMPLE).json()
    answer = bot.post("ingest", EXAMPLE)
    assert answer.status_code == 200
    assert answer.json() == {
        "id": first["id"] + 1,
        "status": "skipped",
        "skip_reason": "cooldown",
        "duplicate_of": first["id"],
    }


def test_every_bad_field_is_named_at_once(bot):
    answer = bot.post("ingest", {"title": "", "link": "x", "hashtags": [5], "channels": ["nowhere"]})
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] == "invalid"
    assert list(error["fields"]) == ["title", "link", "channels", "hashtags"]
    assert "fb-page" in error["fields"]["channels"][0]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 400])
def test_numbers_that_are_none_are_named(bot, number):
    answer = bot.post("ingest", f'{{"title": "a", "link": "https://a.example", "data": {{"rtp": {number}}}}}')
    assert answer.status_code == 400
    assert answer.json()["error"]["fields"]["data"][0].startswith("rtp ")


@pytest.mark.parametrize(
    "body",
    [
        b"", b" ", b"{", b"title=a", b"{'title': 1}", b'{"title": "a",}', b'{"title": "\xff"}', b"\xff\xfe{\x00}\x00",
        b'{"a": 01}', b"[" * 100_000, b'{"a":' * 5000 + b"1" + b"}" * 5000, b"9" * 5000, b'"\x01"', b"[1] [2]",
    ],
)  # fmt: skip
def test_what_is_not_json_is_malformed(bot, body):
    answer = bot.post("ingest", body)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "malformed"
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize("body", ["null", "5", '"text"', "true"])
def test_json_that_is_no_object_is_invalid(bot, body):
    answer = bot.post("ingest", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid")


def test_of_two_equal_names_the_last_counts_and_a_byte_order_mark_does_not(bot):
    bot.post("ingest", '\ufeff{"title": "a", "title": "b", "link": "https://a.example"}'.encode())
    assert QueueItem.objects.get().title == "b"


class TestAnArray:
    def test_each_item_is_judged_alone(self, bot):
        answer = bot.post("ingest", [GOOD, {"title": "x"}, 5, EXAMPLE, EXAMPLE])
        assert answer.status_code == 200
        results = answer.json()["results"]
        assert [(result["index"], result["status_code"]) for result in results] == [
            (0, 201),
            (1, 400),
            (2, 400),
            (3, 201),
            (4, 200),
        ]
        assert results[0]["posts"]
        assert list(results[1]["error"]["fields"]) == ["link"]
        assert results[4]["duplicate_of"] == results[3]["id"]
        assert QueueItem.objects.count() == 3

    def test_a_key_stands_for_each_by_its_place(self, bot):
        things = [GOOD, GOOD | {"title": "b", "idempotency_key": "own"}]
        first = bot.post("ingest", things, Idempotency_Key="k").json()["results"]
        again = bot.post("ingest", [*things, GOOD], Idempotency_Key="k").json()["results"]
        assert [result["status_code"] for result in again] == [200, 200, 201]
        assert [result.pop("idempotent_replay", False) for result in again] == [True, True, False]
        assert [result["id"] for result in again[:2]] == [result["id"] for result in first]
        assert bot.post("ingest", things[1] | {"idempotency_key": "own"}).status_code == 200

    def test_a_hundred_is_the_most(self, bot):
        assert len(bot.post("ingest", [{}] * 100).json()["results"]) == 100
        assert bot.post("ingest", [GOOD] * 101).status_code == 400
        assert not QueueItem.objects.exists()

    def test_none_is_none(self, bot):
        assert bot.post("ingest", []).json() == {"results": []}


def test_preview_stores_nothing_and_sends_nothing(bot):
    answer = bot.post("preview", EXAMPLE | {"channels": ["fb-page"]})
    assert answer.status_code == 200
    (post,) = answer.json()["posts"]
    assert set(post) == {"account", "platform", "caption", "length", "limit", "problems"}
    assert (post["account"], post["platform"], post["limit"]) == ("fb-page", "facebook", 63206)
    assert EXAMPLE["title"] in post["caption"]
    assert not QueueItem.objects.exists()


def test_preview_says_what_would_go_wrong(bot):
    assert bot.post("preview", {"title": "a"}).json()["error"]["fields"]["link"]
    from tests.factories import make_account

    make_account("twitter", slug="x-news")
    (post,) = bot.post("preview", GOOD | {"title": "long " * 59, "channels": ["x"]}).json()["posts"]
    assert post["problems"][0]["code"] == "too_long"
    assert post["problems"][0]["message"]


def test_a_card_is_drawn_and_served(bot, media_root):
    answer = bot.post("cards", {"title": "Gates", "data": EXAMPLE["data"]})
    assert answer.status_code == 201
    body = answer.json()
    assert (body["width"], body["height"]) == (1080, 1080)
    path = media_root / body["file_url"].removeprefix("http://autopost.test/media/")
    assert path.read_bytes().startswith(b"\x89PNG")
    assert bot.post("cards", {"title": "Gates", "data": EXAMPLE["data"]}).json() == body


@pytest.mark.parametrize("body", [{}, {"title": ""}, {"title": "a", "data": 5}, {"title": "a", "link": "x"}, []])
def test_a_card_of_nothing_is_refused(bot, body):
    answer = bot.post("cards", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid")
