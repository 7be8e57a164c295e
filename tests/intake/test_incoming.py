"""What a generator may send, and how every bad field is named at once."""

import dataclasses
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from social_queue.intake.incoming import Malformed, fingerprint, normalise
from social_queue.models import QueueItem

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
GOOD = {"title": "Gates of Olympus", "link": "https://example.com/p?x=1"}


@pytest.fixture(autouse=True)
def _accounts(account_factory):
    account_factory("facebook", slug="fb-page")
    account_factory("telegram", slug="tg-news")


def read(**fields):
    return normalise(GOOD | fields, now=NOW, source="tests")


def faults(**fields) -> dict:
    with pytest.raises(Malformed) as caught:
        normalise(GOOD | fields, now=NOW, source="tests")
    return caught.value.fields


def test_the_documented_example_is_taken_as_it_is():
    incoming = read(
        summary="…",
        image_url="https://example.com/a.jpg",
        data={"game": "Gates", "rtp": 97.2, "window": "19:00-21:00", "pattern": "A", "jam": "19:00"},
        channels=["facebook", "tg", "tg-news"],
        publish_at="2026-12-01T19:00:00+07:00",
        expires_at=None,
        hashtags=["slot", "#rtp"],
        meta={"variant": "auto", "utm_campaign": "december"},
    )
    assert incoming.publish_at == NOW
    assert incoming.channels == ["facebook", "tg", "tg-news"]
    assert incoming.expires_at is None
    assert incoming.source == "tests"


def test_every_bad_field_is_named_at_once():
    found = faults(
        title="",
        link="ftp://example.com",
        summary=5,
        image_url="nope",
        data=[],
        meta="x",
        channels=["nowhere"],
        hashtags="a b",
        reference=7,
        idempotency_key=[],
        publish_at="soon",
        expires_at=1,
        colour="red",
    )
    assert list(found) == [
        "title", "link", "summary", "image_url", "data", "meta", "channels", "hashtags", "reference",
        "idempotency_key", "publish_at", "expires_at", "colour",
    ]  # fmt: skip


def test_title_and_link_are_required():
    with pytest.raises(Malformed) as caught:
        normalise({}, now=NOW, source="tests")
    assert caught.value.fields == {"title": ["is required."], "link": ["is required."]}


@pytest.mark.parametrize("body", [None, [], "text", 5, True])
def test_a_body_that_is_no_object_is_refused(body):
    with pytest.raises(Malformed):
        normalise(body, now=NOW, source="tests")


@pytest.mark.parametrize("name", ["title", "link"])
def test_null_where_a_value_is_required_is_an_error(name):
    assert faults(**{name: None}) == {name: ["must not be null."]}


@pytest.mark.parametrize(
    "name",
    ["summary", "image_url", "data", "meta", "channels", "hashtags", "reference", "publish_at", "expires_at"],
)
def test_null_in_an_optional_field_means_left_out(name):
    body_hash = fingerprint(GOOD | {name: None})
    assert read(**{name: None}) == dataclasses.replace(read(), body_hash=body_hash)


@pytest.mark.parametrize("length", [1, 300])
def test_a_title_of_1_to_300_characters_is_taken(length):
    assert read(title="ö" * length).title == "ö" * length


@pytest.mark.parametrize("title", ["", "   ", "\n", "x" * 301, 5, True, ["x"], {"x": 1}])
def test_any_other_title_is_refused(title):
    assert list(faults(title=title)) == ["title"]


def test_a_link_that_is_no_address_is_named():
    assert list(faults(link="https://user@example.com")) == ["link"]
    assert list(faults(link=5)) == ["link"]


def test_a_picture_address_follows_the_rules_of_links_but_may_be_empty():
    assert read(image_url="").image_url == ""
    assert list(faults(image_url="https://user@example.com/a.jpg")) == ["image_url"]


def test_data_and_meta_may_take_32_kibibytes_together():
    room = 32 * 1024 - len('{"x":""}') - len("{}")
    assert read(data={"x": "a" * room}).data
    assert list(faults(data={"x": "a" * (room + 1)})) == ["data"]
    assert list(faults(data={"x": "a" * 10_000}, meta={"x": "ü" * 12_000})) == ["meta"]


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        -float("inf"),
        "null \x00 byte",
        "half \ud83d a character",
        {"key \x00": 1},
        {"half \udc00": 1},
        [{"deep": ["\ud800"]}],
        10**19,
    ],
)
@pytest.mark.parametrize("name", ["data", "meta"])
def test_what_no_database_can_hold_is_found_however_deep(name, value):
    assert list(faults(**{name: {"outer": [value]}})) == [name]


@pytest.mark.parametrize("name", ["title", "link", "summary", "reference", "idempotency_key", "image_url"])
@pytest.mark.parametrize("bad", ["\x00", "\ud800"])
def test_null_bytes_and_half_characters_are_refused_in_every_text(name, bad):
    assert list(faults(**{name: f"https://example.com/{bad}"})) == [name]


def test_nesting_is_bounded():
    bomb: dict = {}
    for _ in range(50):
        bomb = {"x": bomb}
    assert "nested" in faults(data=bomb)["data"][0]
    with pytest.raises(Malformed):
        normalise({"data": _endless()}, now=NOW, source="tests")


def _endless() -> dict:
    bomb: dict = {}
    for _ in range(5000):
        bomb = {"x": bomb}
    return bomb


def test_hashtags_must_be_a_list_of_texts():
    assert read(hashtags=["a", "", " b ", "a"]).hashtags == ["a", "b"]
    for bad in ("a", {"a": 1}, ["a", 5], [None], [["a"]], ["x" * 101], ["x"] * 101):
        assert list(faults(hashtags=bad)) == ["hashtags"]


def test_an_unknown_channel_is_answered_with_the_known_ones():
    sentence = faults(channels=["facebook", "myspace"])["channels"][0]
    assert "myspace" in sentence
    assert "fb-page" in sentence
    assert "telegram" in sentence


def test_an_empty_list_of_channels_is_not_every_account():
    assert list(faults(channels=[])) == ["channels"]


def test_without_any_active_account_the_sentence_says_what_to_do(account_factory):
    from social_queue.models import PlatformAccount

    PlatformAccount.objects.update(status="paused")
    assert "add_account" in faults()["channels"][0]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-12-01T19:00:00+07:00", NOW),
        ("2026-12-01T12:00:00Z", NOW),
        ("2026-12-01 12:30", NOW + timedelta(minutes=30)),
        ("20261201T123000Z", NOW + timedelta(minutes=30)),
        ("2026-12-02", NOW + timedelta(hours=12)),
        ("2001-01-01T00:00:00Z", NOW),
        ("0001-01-01T00:00:00Z", NOW),
    ],
)
def test_publish_at_is_iso_8601_and_a_past_one_means_now(text, moment):
    assert read(publish_at=text).publish_at == moment


def test_a_moment_without_offset_is_in_the_sites_time_zone(settings):
    settings.TIME_ZONE = "Asia/Jakarta"
    assert read(publish_at="2026-12-01T20:00:00").publish_at == datetime(2026, 12, 1, 13, 0, tzinfo=UTC)


def test_an_item_must_not_expire_before_it_may_go_out():
    assert list(faults(publish_at="2026-12-02T00:00Z", expires_at="2026-12-01T23:00Z")) == ["expires_at"]
    assert list(faults(expires_at="2026-12-01T12:00Z")) == ["expires_at"]
    assert read(expires_at="2026-12-01T12:01Z").expires_at == NOW + timedelta(minutes=1)


def test_meta_is_checked_where_it_means_something_to_us():
    assert read(meta={"variant": "rotate", "utm_term": 5, "whatever": [1, {"x": None}]}).meta
    assert len(faults(meta={"variant": "C", "utm_source": ["a"], "utm_campaign": "a\nb"})["meta"]) == 3
    assert list(faults(meta={"variant": {"a": 1}})) == ["meta"]
    together = dict.fromkeys(("utm_source", "utm_campaign", "utm_term"), "x" * 190)
    assert "grow" in faults(meta=together)["meta"][0]


def test_a_misspelt_field_is_an_error_with_a_hint():
    assert "did you mean publish_at?" in faults(publishAt="2026-12-01")["publishAt"][0]


def test_what_is_known_begins_a_sentence_of_its_own():
    assert faults(oddly=1)["oddly"][0].startswith("is not a field here. Known are title, ")


def test_an_unknown_field_called_body_hides_nothing_else():
    assert set(faults(body="x", title="", expires_at="2026-12-01T11:00:00Z")) == {"body", "title", "expires_at"}


def test_a_body_full_of_unknown_names_is_answered_briefly():
    found = faults(**{f"name{number}": 1 for number in range(5000)})
    assert len(found) == 20


def test_names_in_answers_can_always_be_written():
    found = faults(**{"a\ud800\x00" + "b" * 500: 1})
    name = next(iter(found))
    name.encode()
    assert len(name) < 90


def test_the_order_of_fields_and_the_key_do_not_change_the_fingerprint():
    body = {"title": "a", "link": "b", "data": {"x": 1, "y": 2}}
    turned = {"data": {"y": 2, "x": 1}, "link": "b", "title": "a", "idempotency_key": "k"}
    assert fingerprint(body) == fingerprint(turned)
    assert fingerprint(body) != fingerprint(body | {"title": "A"})


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None, exclude_categories=())),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
_field = st.sampled_from([*GOOD, "summary", "image_url", "data", "meta", "channels", "hashtags", "publish_at", "x"])


@given(st.dictionaries(_field, _json | st.text(max_size=40), max_size=6))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_comes_is_either_clean_and_storable_or_malformed(body):
    try:
        incoming = normalise(GOOD | body, now=NOW, source="tests")
    except Malformed as caught:
        fault = caught
    else:
        fault = None
    if fault:
        assert fault.fields
        assert all(sentence.encode() for sentences in fault.fields.values() for sentence in sentences)
        return

    item = QueueItem(**incoming.columns())
    item.save()
    item.refresh_from_db()
    assert _digits(item.data) == _digits(incoming.data)
    assert item.title == incoming.title


def _digits(data):
    """PostgreSQL keeps the digits of a number, and gives a large one back without its exponent: as a whole number."""
    return json.loads(json.dumps(data), parse_float=Decimal, parse_int=Decimal)


@pytest.mark.parametrize("number", [4.24997649269729e16, 1e300, 0.1, 10**16, -2.5e17])
def test_a_number_keeps_its_digits(number):
    item = QueueItem(**read(data={"rtp": number}).columns())
    item.save()
    item.refresh_from_db()
    assert _digits(item.data) == {"rtp": Decimal(repr(number))}
