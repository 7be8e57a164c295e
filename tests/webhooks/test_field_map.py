"""Foreign bodies become ingest bodies: paths, constants, lists, several items; and maps are judged when saved."""

import json
import tracemalloc
from datetime import UTC, datetime

import pytest

from social_queue.models import QueueItem
from social_queue.webhooks import field_map, map_rules
from tests.webhooks.sender import make_source

CMS = {
    "event": "published",
    "site": {"url": "https://shop.example", "lang": "id"},
    "offers": [
        {
            "id": 41,
            "name": "Gates of Olympus",
            "slug": "gates",
            "pics": [{"url": "https://shop.example/1.jpg"}],
            "tags": [{"label": "slot"}, {"label": "gacor"}],
            "game": {"name": "Gates of Olympus", "rtp": 97.2},
        },
        {"id": 42, "name": "Sugar Rush", "slug": "sugar", "pics": [], "tags": [], "game": {"name": "Sugar Rush"}},
    ],
}
MAP = {
    "items": "offers",
    "title": "name",
    "link": {"join": ["$root.site.url", "=/p/", "slug"]},
    "image_url": {"path": "pics[0].url", "default": "https://shop.example/none.jpg"},
    "reference": "$.id",
    "hashtags": "tags.*.label",
    "channels": "=tg-news",
    "data": {"game": "game.name", "rtp": "game.rtp", "theme": "=night"},
    "meta.utm_campaign": "$root.event",
}


def test_one_delivery_makes_several_items_field_by_field(sender):
    reply = sender.send(make_source("cms", field_map=MAP), CMS)
    assert reply.status == 202
    gates, sugar = (QueueItem.objects.get(pk=item["id"]) for item in reply.body["items"])
    assert (gates.title, gates.link, gates.reference) == ("Gates of Olympus", "https://shop.example/p/gates", "41")
    assert (gates.image_url, gates.hashtags) == ("https://shop.example/1.jpg", ["slot", "gacor"])
    assert gates.data == {"game": "Gates of Olympus", "rtp": 97.2, "theme": "night"}
    assert (gates.meta, gates.channels) == ({"utm_campaign": "published"}, ["tg-news"])
    assert (sugar.image_url, sugar.hashtags) == ("https://shop.example/none.jpg", [])
    assert sugar.data == {"game": "Sugar Rush", "theme": "night"}


def test_one_bad_element_does_not_stop_the_others_and_its_path_is_named(sender):
    body = CMS | {"offers": [CMS["offers"][0], {"id": 43, "slug": "nameless", "pics": []}]}
    reply = sender.send(make_source("cms", field_map=MAP), body)
    assert (reply.status, QueueItem.objects.count()) == (202, 1)
    title = reply.body["items"][1]["error"]["fields"]["title"]
    assert title == ["is required. Its place in the field map: “name”."]


def test_a_body_that_fits_no_path_is_refused_with_field_and_path(sender):
    reply = sender.send(
        make_source("cms", field_map={"title": "a.b", "link": {"join": ["=https://x/", "c"]}}), {"a": 5}
    )
    assert reply.status == 422
    assert reply.body["error"]["fields"] == {
        "title": ["is required. Its place in the field map: “a.b”."],
        "link": ["is required. Its place in the field map: “c”."],
    }


@pytest.mark.parametrize("body", [{"offers": {"name": "x"}}, {"offers": []}, {}, [], "text", 7, None])
def test_a_list_that_is_none_or_empty_makes_no_item(sender, body):
    reply = sender.send(make_source("cms", field_map=MAP), body)
    assert (reply.status, list(reply.body["error"]["fields"])) == (422, ["items"])


def test_more_items_than_ingest_takes_at_once_are_refused(sender):
    body = CMS | {"offers": [CMS["offers"][0] | {"id": number} for number in range(101)]}
    assert sender.send(make_source("cms", field_map=MAP), body).status == 422
    assert not QueueItem.objects.exists()


@pytest.mark.parametrize(
    ("rule", "body", "expected"),
    [
        ("a", {"a": "x"}, "x"),
        ("$.a", {"a": "x"}, "x"),
        ("$root.a", {"a": "x"}, "x"),
        ("a.0.b", {"a": [{"b": "x"}]}, "x"),
        ("a[1]", {"a": ["x", "y"]}, "y"),
        ("a.7", {"a": {"7": "x"}}, "x"),
        ("=a", {"a": "x"}, "a"),
        ("=", {}, ""),
        ("a", {"a": 7}, "7"),
        ("a", {"a": True}, True),
        ({"const": "x"}, {}, "x"),
        ({"path": "a", "default": "y"}, {"a": None}, "y"),
        ({"join": ["a", "b"], "with": " – "}, {"a": "x", "b": 2}, "x – 2"),
    ],
)
def test_a_rule_gives_its_value(rule, body, expected):
    assert field_map.payloads({"title": rule}, body) == [{"title": expected}]


@pytest.mark.parametrize("rule", ["b", "a.b", "a.0", "a.*", "a[0]", {"join": ["a", "b"]}, {"path": "b"}])
def test_a_path_that_leads_nowhere_leaves_the_field_out(rule):
    assert field_map.payloads({"title": rule}, {"a": "x"}) == [{}]


@pytest.mark.parametrize("index", ["-1", "²", "1.5", "99999999999999999999", "١"])
def test_only_plain_numbers_within_a_list_are_its_places(index):
    assert field_map.payloads({"title": f"a.{index}"}, {"a": ["x", "y"]}) == [{}]


def test_a_whole_object_and_single_parts_of_it_go_together():
    body = {"all": {"game": "x", "rtp": 1}, "window": "19:00"}
    mapped = field_map.payloads({"data": "all", "data.window": "window", "data.rtp": {"const": 2}}, body)
    assert mapped == [{"data": {"game": "x", "rtp": 2, "window": "19:00"}}]
    assert body["all"] == {"game": "x", "rtp": 1}, "the body is left as it came"
    assert field_map.payloads({"data.rtp": {"const": 2}, "data": "all"}, body)[0]["data"]["rtp"] == 2


def test_a_lone_word_is_a_list_of_one_where_lists_belong():
    assert field_map.payloads({"channels": "to", "hashtags": ["tag", "=slot"]}, {"to": "fb", "tag": "a"}) == [
        {"channels": ["fb"], "hashtags": ["a", "slot"]}
    ]


@pytest.mark.parametrize("good", [{}, MAP, {"title": "a", "link": "b", "data": "$"}])
def test_a_good_map_has_no_faults(good):
    assert map_rules.faults_of(good) == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ([], "must be a JSON object"),
        ({"titel": "a"}, "titel is not a field here; did you mean title?"),
        ({"title": ""}, "title must be a path"),
        ({"title": "a..b"}, "empty step"),
        ({"title": "a.$root.b"}, "$root at the beginning"),
        ({"title": "$rot.a"}, "not “$rot”"),
        ({"title": None}, "title is null"),
        ({"title": {"pfad": "a"}}, "title must be a path, a constant, or an object with one of"),
        ({"title": {"path": "a", "other": 1}}, "title has other, which does not go with path"),
        ({"title": {"join": "a"}}, "title needs a list"),
        ({"title": {"join": [["a"]]}}, "title joins paths"),
        ({"title": {"join": ["a"], "with": 1}}, "title needs text in “with”"),
        ({"title": "="}, "title must not be empty"),
        ({"link": "=shop.example"}, "link must be an absolute address"),
        ({"channels": {"const": "fb"}}, "channels must be a list"),
        ({"title.x": "a"}, "title.x can't be"),
        ({"data": {"a": "b..c"}}, "data [a] has an empty step"),
        ({"items": 5}, "items must be a path"),
        ({"items": "a.*.b"}, "items must lead to one list"),
        ({"summary": "a"}, "title is missing"),
        ({"title": "a\x00"}, "null bytes"),
        ({"title": "a" * 301}, "too long a path"),
    ],
)
def test_a_bad_map_is_told_why_when_it_is_saved(wrong, sentence):
    given = {"title": "a", "link": "b"} | wrong if wrong and "summary" not in wrong else wrong
    assert any(sentence in fault for fault in map_rules.faults_of(given)), map_rules.faults_of(given)


@pytest.mark.django_db
def test_the_tester_shows_each_item_and_what_ingest_would_say(telegram_account):
    body = json.dumps(CMS | {"offers": [*CMS["offers"], {"name": "No address"}]})
    good, _, bad = field_map.try_on(MAP, body, now=datetime.now(UTC))
    assert (good.payload["title"], good.faults) == ("Gates of Olympus", {})
    assert list(bad.faults) == ["link"]
    assert "slug" in bad.faults["link"][0]
    assert not QueueItem.objects.exists()


@pytest.mark.parametrize(("body", "field"), [("{", "body"), (b"\xff", "body"), ("{}", "items")])
def test_the_tester_says_of_a_useless_sample_why(body, field, now):
    (trial,) = field_map.try_on(MAP, body, now=now)
    assert (trial.payload, list(trial.faults)) == (None, [field])


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ({"join": ["$root.pad"] * 50}, "5000 characters"),
        ({"join": ["=a"] * 2500, "with": "---"}, "5000 characters"),
        ({"join": [{"join": ["$root.pad"] * 50}]}, "5000 characters"),
        ("$root.pad", "4194304 letters together"),
        ("$root.list", "4194304 letters together"),
    ],
)
@pytest.mark.parametrize("name", ["summary", "data.text"])
def test_a_small_body_does_not_become_a_large_delivery(sender, rule, fault, name):
    body = {"offers": [{"n": n} for n in range(100)], "pad": "x" * 100_000, "list": [0] * 100_000}
    source = make_source("cms", field_map={"items": "offers", "title": "=a", "link": "=https://e.com/", name: rule})
    tracemalloc.start()
    try:
        reply = sender.send(source, body)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (reply.status, list(reply.body["error"]["fields"])) == (422, [name])
    assert fault in reply.body["error"]["fields"][name][0]
    assert peak < 40 * 1024 * 1024


def test_what_is_joined_may_be_as_long_as_a_summary(sender):
    source = make_source("cms", field_map={"title": "t", "link": "l", "summary": {"join": ["a", "b"], "with": "-"}})
    body = {"t": "T", "l": "https://e.com/", "a": "x" * 2500, "b": "y" * 2499}
    assert sender.send(source, body).status == 202
    assert sender.send(source, body | {"b": "y" * 2500}).status == 422
