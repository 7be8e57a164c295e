"""A rule of a field map that leads to nothing is said before it is saved, with what stands there instead."""

import json

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from social_queue.models import WebhookLog, WebhookSource
from social_queue.webhooks import json_paths
from social_queue.webhooks.trying import nowhere, samples
from tests import factories

OFFER = {"name": "Gates", "url": "https://e.example/", "game": {"title": "Gates of Olympus", "rtp": 96.5}}
BODY = {"action": "published", "site": {"url": "https://e.example"}, "data": {"offers": [OFFER, {"name": "Sugar"}]}}


def told(field_map, *bodies, among="the sample"):
    return [str(one) for one in nowhere.sentences(field_map, bodies, among=among)]


@pytest.mark.parametrize(
    ("field_map", "sentences"),
    [
        ({"title": "action", "link": "site.url"}, []),
        ({"title": "=Here", "link": {"const": "https://e.example"}}, []),
        ({"items": "data.offers", "title": "name", "link": "url", "summary": "game.title"}, []),
        ({"items": "data.offers", "title": "name", "link": {"join": ["$root.site.url", "=/", "name"]}}, []),
        (
            {"title": "Action", "link": "site.url"},
            [
                "“Action”, for title in the field map, leads to nothing in the sample. Did you mean “action”? "
                "There is: action, site, data."
            ],
        ),
        (
            {"title": "action", "link": "site.link"},
            ["“site.link”, for link in the field map, leads to nothing in the sample. “site” has url."],
        ),
        (
            {"items": "data.offer", "title": "name", "link": "url"},
            [
                "“data.offer”, for items in the field map, leads to nothing in the sample. "
                "Did you mean “data.offers”? “data” has offers."
            ],
        ),
        (
            {"items": "data.offers", "title": "titel", "link": "url"},
            [
                "“titel”, for title in the field map, leads to nothing in the sample. Did you mean “game.title”? "
                "There is: name, url, game."
            ],
        ),
        (
            {"items": "data.offers", "title": "name", "link": "site.url"},
            [
                "“site.url”, for link in the field map, leads to nothing in the sample. Did you mean “$root.site.url”? "
                "There is: name, url, game."
            ],
        ),
        (
            {"title": "data.offers.name", "link": "site.url"},
            [
                "“data.offers.name”, for title in the field map, leads to nothing in the sample. "
                "Did you mean “data.offers.*.name”? “data.offers” is a list: a number or * goes on from it."
            ],
        ),
        (
            {"title": "action.name", "link": "site.url"},
            [
                "“action.name”, for title in the field map, leads to nothing in the sample. "
                "Did you mean “data.offers.*.name”? “action” goes no further."
            ],
        ),
        (
            {"title": "action", "link": "site.url", "data": {"rtp": "rtp"}, "meta.utm_term": {"path": "term"}},
            [
                "“rtp”, for data in the field map, leads to nothing in the sample. "
                "Did you mean “data.offers.*.game.rtp”? There is: action, site, data.",
                "“term”, for meta.utm_term in the field map, leads to nothing in the sample. "
                "There is: action, site, data.",
            ],
        ),
        (
            {"when": {"event": "published"}},
            ["“event”, for when in the field map, leads to nothing in the sample. There is: action, site, data."],
        ),
        (
            {"when": {"action": ["created", "edited"]}},
            [
                "“action”, for when in the field map, has none of the values asked for in the sample; "
                "it has: “published”."
            ],
        ),
    ],
)
def test_what_leads_nowhere_is_named_with_what_is_near_it(field_map, sentences):
    assert told(field_map, BODY) == sentences


def test_one_body_in_which_it_leads_somewhere_is_enough():
    rules = {"title": "name", "link": "url"}
    assert told(rules, {"name": "x"}, {"url": "https://e.example"}) == []
    assert len(told(rules, {"name": "x"}, {"url": None})) == 1
    assert told(rules) == [] and told({}, BODY) == []


def test_bodies_that_when_leaves_out_do_not_count_for_the_other_rules():
    rules = {"when": {"action": "published"}, "title": "name", "link": "url"}
    other = {"action": "deleted", "name": "x", "url": "https://e.example"}
    assert told(rules, other, {"action": "published", "name": "y", "url": "https://e.example"}) == []
    assert "“name”" in told(rules, other, {"action": "published", "url": "https://e.example"})[0]
    both = {"when": {"action": "published", "kind": "game"}, "title": "name", "link": "url"}
    bodies = {"action": "published", "kind": "news"} | OFFER, {"action": "deleted", "kind": "game"} | OFFER
    assert told(both, *bodies) == ["“when” in the field map fits nothing in the sample."]


def test_a_name_that_no_path_can_spell_is_not_proposed():
    body = {"a.title": 1, "*": {"title": 2}, "$x": {"title": 3}, "": {"title": 4}, "line\nbreak": {"title": 5}}
    sentence = told({"title": "titel", "link": "=https://e.example"}, body)[0]
    assert "Did you mean" not in sentence and "\n" not in sentence


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(st.lists(JSON, max_size=4), st.lists(st.sampled_from(["a", "0", "*", "title", "$root"]), min_size=1, max_size=4))
def test_a_path_is_named_exactly_when_it_leads_to_nothing_and_what_is_proposed_leads_somewhere(bodies, steps):
    path = ".".join(steps)
    try:
        json_paths.steps_of(path)
    except ValueError:
        return
    found = [json_paths.find(path, body, body) for body in bodies]
    empty = all(one is json_paths.NOTHING or one is None or one == [] for one in found)
    sentences = told({"title": path}, *bodies)
    assert bool(sentences) == (empty and bool(bodies))
    if sentences and "Did you mean “" in sentences[0]:
        near = sentences[0].split("Did you mean “")[1].split("”? ")[0]
        values = [json_paths.find(near, body, body) for body in bodies]
        assert any(value is not json_paths.NOTHING and value not in (None, []) for value in values)


def deliver(body, *, source="shop", **fields):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    told = {"signature_ok": True, "status": "rejected", "http_status": 422, "body_size": len(raw)} | fields
    return WebhookLog.objects.create(received_at=factories.NOW, source=source, body=raw, **told)


@pytest.mark.django_db
def test_the_last_signed_bodies_are_what_a_map_is_tried_on():
    for number in range(25):
        deliver({"n": number})
    deliver({"n": "unsigned"}, signature_ok=False)
    deliver({"n": "another"}, source="shop2")
    deliver(b"no json")
    deliver({"zen": "Hello."}, headers={"X-GitHub-Event": "ping"})
    deliver(b'{"cut": ', body_size=5_000_000)
    deliver(b"", status="duplicate")
    assert [body["n"] for body in samples.recent("shop")] == list(range(24, 24 - samples.MOST, -1))


@pytest.mark.django_db
def test_large_bodies_are_read_up_to_a_bound():
    for _ in range(6):
        deliver({"n": "x" * 1_000_000})
    assert len(samples.recent("shop")) == 4


FIELDS = {"slug": "shop", "scheme": "standard", "header": "X-Hub-Signature-256", "same_bytes_once": "on"}
SOURCES = "/admin/queue/webhooksource/"
WRONG, RIGHT = '{"title": "titel", "link": "url"}', '{"title": "name", "link": "url"}'
SENTENCE = "“titel”, for title in the field map, leads to nothing in"


@pytest.fixture
def shop(db):
    return WebhookSource.objects.create(slug="shop", field_map={"title": "name", "link": "url"})


def change(client, source, **fields):
    return client.post(f"{SOURCES}{source.pk}/change/", FIELDS | fields, follow=True).content.decode()


def test_the_form_says_it_beside_the_map_and_saves_nothing(admin_client, shop):
    deliver(OFFER)
    deliver(OFFER)
    page = change(admin_client, shop, field_map=WRONG)
    assert f"{SENTENCE} any of its last 2 deliveries." in page
    assert "There is: name, url, game." in page and 'name="save_unmatched"' in page
    shop.refresh_from_db()
    assert shop.field_map["title"] == "name"


def test_a_tick_saves_it_all_the_same(admin_client, shop):
    deliver(OFFER)
    page = change(admin_client, shop, field_map=WRONG, save_unmatched="on")
    shop.refresh_from_db()
    assert shop.field_map["title"] == "titel"
    assert f"{SENTENCE} its last delivery." in page
    # What is not touched is not judged again.
    typed = json.dumps(json.loads(WRONG), indent=2).replace("\n", "\r\n")
    assert "leads to nothing" not in change(admin_client, shop, field_map=typed, arrives_as_draft="on")
    shop.refresh_from_db()
    assert shop.arrives_as_draft


def test_a_good_map_is_saved_without_a_word_and_the_tick_is_not_offered_before_it_is_needed(admin_client, shop):
    deliver(OFFER)
    assert "save_unmatched" not in admin_client.get(f"{SOURCES}{shop.pk}/change/").content.decode()
    page = change(admin_client, shop, field_map='{"title": "game.title", "link": "url"}')
    shop.refresh_from_db()
    assert shop.field_map["title"] == "game.title"
    assert "leads to nothing" not in page and "could not be tried" not in page


def test_without_any_delivery_it_is_saved_and_said_that_it_could_not_be_tried(admin_client, db):
    page = admin_client.post(f"{SOURCES}add/", FIELDS | {"field_map": WRONG}).content.decode()
    shop = WebhookSource.objects.get()
    assert shop.field_map["title"] == "titel"
    assert "could not be tried" in page


def test_a_new_source_is_tried_on_the_sample_that_was_pasted(admin_client, db):
    sample = json.dumps(OFFER)
    page = admin_client.post(f"{SOURCES}add/", FIELDS | {"field_map": WRONG, "sample": sample}).content.decode()
    assert f"{SENTENCE} the sample." in page and not WebhookSource.objects.exists()
    # The sample is still there, and goes with the form when it is sent again.
    assert "Gates of Olympus" in page and 'form="webhooksource_form"' in page
    page = admin_client.post(f"{SOURCES}add/", FIELDS | {"field_map": WRONG, "sample": "[" * 9}).content.decode()
    assert "The sample is not JSON" in page and not WebhookSource.objects.exists()
    admin_client.post(f"{SOURCES}add/", FIELDS | {"field_map": RIGHT, "sample": sample})
    assert WebhookSource.objects.get().field_map["title"] == "name"


def test_the_sample_and_the_deliveries_count_together(admin_client, shop):
    deliver({"name": "x", "url": "https://e.example"})
    page = change(admin_client, shop, field_map='{"title": "titel", "link": "link"}', sample='{"titel": "x"}')
    assert "“link”, for link in the field map, leads to nothing in the sample and its last delivery." in page
    assert "“titel”" not in page


def test_the_tester_says_it_of_the_sample(admin_client, db):
    factories.make_account("telegram")
    rules = {"title": "name", "link": "url", "summary": "text"}
    typed = {"field_map": json.dumps(rules), "sample": json.dumps(OFFER)}
    page = admin_client.post(f"{SOURCES}trial/", typed).content.decode()
    assert "“text”, for summary in the field map, leads to nothing in the sample." in page and "would go in" in page


def test_the_command_says_it_and_stores_nothing(db, tmp_path, capsys):
    rules, sample = tmp_path / "map.json", tmp_path / "sample.json"
    rules.write_text(WRONG)
    call_command("webhook_source", "shop", "--map", str(rules))
    assert "could not be tried" in capsys.readouterr().err
    rules.write_text('{"title": "headline", "link": "url"}')
    deliver(OFFER)
    with pytest.raises(CommandError, match=r"(?s)“headline”, for title .*in its last delivery.* add --unchecked"):
        call_command("webhook_source", "shop", "--map", str(rules))
    assert WebhookSource.objects.get().field_map["title"] == "titel"
    call_command("webhook_source", "shop", "--map", str(rules), "--unchecked")
    assert "“headline”, for title" in capsys.readouterr().err
    assert WebhookSource.objects.get().field_map["title"] == "headline"
    sample.write_text('{"headline": "x"}')
    call_command("webhook_source", "shop", "--map", str(rules), "--sample", str(sample))
    assert "leads to nothing" not in capsys.readouterr().err
    # Without --map nothing is tried: what is stored is not judged again.
    rows = WebhookLog.objects.count()
    call_command("webhook_source", "shop", "--draft")
    assert "leads to nothing" not in capsys.readouterr().err and WebhookLog.objects.count() == rows


def test_the_command_names_a_sample_that_is_none(db, tmp_path):
    rules, sample = tmp_path / "map.json", tmp_path / "sample.json"
    rules.write_text(RIGHT)
    sample.write_text("{")
    with pytest.raises(CommandError, match="--sample .*Not JSON"):
        call_command("webhook_source", "shop", "--map", str(rules), "--sample", str(sample))
    assert not WebhookSource.objects.exists()


def test_a_sample_without_a_map_is_not_passed_over_in_silence(db, tmp_path):
    (tmp_path / "sample.json").write_text("{}")
    with pytest.raises(CommandError, match="--map FILE"):
        call_command("webhook_source", "shop", "--sample", str(tmp_path / "sample.json"))
    assert not WebhookSource.objects.exists()
