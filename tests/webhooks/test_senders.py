"""What real senders do: hello pings, events we do not want, forms, compressed bodies, other names of headers."""

import gzip
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from social_queue.models import Alert, QueueItem, WebhookLog
from social_queue.webhooks import field_map, inbox, map_rules, signing_secrets
from tests.webhooks import sender as signing
from tests.webhooks.sender import BODY, make_source, packed

RAW = packed(BODY)
RELEASES = {
    "when": {"action": "published", "release.draft": False},
    "title": "release.name",
    "link": "release.html_url",
}


def _release(action: str, *, draft: bool = False) -> dict:
    return {"action": action, "release": {"name": "1.0", "html_url": "https://example.com/1.0", "draft": draft}}


@pytest.mark.parametrize("scheme", ["standard", "hmac"])
def test_a_ping_is_taken_logged_and_makes_nothing(sender, scheme):
    source = make_source("forge", scheme=scheme)
    raw, secret = packed({"zen": "Keep it logically awesome.", "hook_id": 1}), signing_secrets.current(source)
    signed = signing.plain(secret, raw) if scheme == "hmac" else signing.standard(secret, raw)
    reply = sender.post("forge", raw, signed | {"X-GitHub-Event": "ping", "X-GitHub-Delivery": "d-1"})
    assert (reply.status, reply.body) == (202, {"status": "ignored"})
    log = WebhookLog.objects.get()
    assert (log.status, log.http_status, log.signature_ok, log.delivery_id) == ("ignored", 202, True, None)
    assert not QueueItem.objects.exists() and not Alert.objects.exists()


def test_a_ping_that_nobody_signed_is_refused(sender, forge):
    assert sender.post("forge", RAW, {"X-GitHub-Event": "ping"}).status == 401


@pytest.mark.parametrize(
    ("body", "status", "made"),
    [
        (_release("published"), {"ready"}, 1),
        (_release("created"), {"ignored"}, 0),
        (_release("published", draft=True), {"ignored"}, 0),
        ({"starred_at": "2026-11-01"}, {"ignored"}, 0),
        ([], {"ignored"}, 0),
    ],
)
def test_what_the_map_does_not_want_is_ignored_and_rings_no_bell(sender, body, status, made):
    reply = sender.send(make_source("forge", scheme="hmac", field_map=RELEASES), body)
    assert (reply.status, {reply.body["status"]}) == (202, status)
    assert (QueueItem.objects.count(), Alert.objects.count()) == (made, 0)


def test_an_ignored_delivery_does_not_use_up_its_id_and_can_be_replayed_under_another_map(sender):
    source = make_source("forge", scheme="hmac", field_map=RELEASES)
    for _ in range(2):
        assert sender.send(source, _release("created"), **{"X-Delivery-Id": "d-1"}).body == {"status": "ignored"}
    source.field_map = RELEASES | {"when": {"action": ["published", "created"]}}
    source.save()
    status, answer = inbox.replay(WebhookLog.objects.earliest("pk"), now=datetime.now(UTC))
    assert (status, answer["status"]) == (202, "ready")
    assert sender.send(source, _release("created"), **{"X-Delivery-Id": "d-1"}).status == 200
    assert QueueItem.objects.count() == 1


def test_a_map_of_conditions_alone_leaves_bodies_as_they_are(sender):
    source = make_source("shop", field_map={"when": {"meta.variant": ["A", "B"]}})
    assert sender.send(source, BODY | {"meta": {"variant": "A"}}).body["status"] == "ready"
    assert sender.send(source, BODY).body == {"status": "ignored"}


@pytest.mark.parametrize(
    ("conditions", "body", "wanted"),
    [
        ({"a": 1}, {"a": 1}, True),
        ({"a": 1}, {"a": True}, False),
        ({"a": 1}, {"a": "1"}, False),
        ({"a": None}, {"a": None}, True),
        ({"a": None}, {}, False),
        ({"a": ["x", "y"]}, {"a": "y"}, True),
        ({"a": "x", "b": "y"}, {"a": "x"}, False),
        ({"tags.*.name": "x"}, {"tags": [{"name": "z"}, {"name": "x"}]}, True),
        ({"$root.a[0]": "x"}, {"a": ["x"]}, True),
        ({"a": "x"}, "x", False),
        ({}, {}, True),
    ],
)
def test_a_condition_is_met_when_its_path_leads_to_one_of_its_values(conditions, body, wanted):
    assert field_map.is_wanted(conditions, body) is wanted


@pytest.mark.parametrize(
    "conditions", ["published", {}, [], None, {"a..b": 1}, {"a": {}}, {"a": []}, {"a": [[1]]}, {"x.$root": 1}]
)
def test_a_condition_that_is_none_is_said_when_the_map_is_saved(conditions):
    assert map_rules.faults_of(RELEASES | {"when": conditions})


def test_good_conditions_are_saved_and_a_trial_says_what_they_leave_out(now):
    assert map_rules.faults_of(RELEASES) == map_rules.faults_of({"when": {"a": [1, True, None, "x"]}}) == []
    (trial,) = field_map.try_on(RELEASES, packed(_release("created")), now=now)
    assert "ignored" in trial.faults["when"][0]


@pytest.mark.parametrize("prefixes", [("svix",) * 3, ("svix", "webhook", "svix")])
def test_the_names_that_svix_gives_the_headers_count_as_well(sender, shop, prefixes):
    signed = signing.standard(signing_secrets.current(shop), RAW, name="msg_s")
    names = [f"{prefix}-{rest}" for prefix, rest in zip(prefixes, ("id", "timestamp", "signature"), strict=True)]
    headers = dict(zip(names, signed.values(), strict=True))
    assert [sender.post("shop", RAW, headers).status for _ in range(2)] == [202, 200]
    assert WebhookLog.objects.earliest("pk").delivery_id == "msg_s"
    assert sender.post("shop", RAW + b" ", headers).status == 401


def test_where_both_names_come_ours_counts(sender, shop):
    signed = signing.standard(signing_secrets.current(shop), RAW, name="msg_s")
    other = {name.replace("webhook", "svix"): "1" for name in signed}
    assert sender.post("shop", RAW, other | signed).status == 202


@pytest.mark.parametrize(
    ("raw", "headers", "status", "words"),
    [
        (urlencode({"payload": RAW}).encode(), {"Content-Type": "application/x-www-form-urlencoded"}, 415, "a form"),
        (gzip.compress(RAW), {"Content-Encoding": "gzip"}, 415, "compressed"),
        (b"rubbish", {}, 422, "Not JSON"),
        (RAW, {"Content-Type": "application/x-www-form-urlencoded"}, 202, ""),
    ],
    ids=["a form", "compressed", "rubbish", "JSON that is called a form"],
)
def test_a_form_or_a_compressed_body_is_told_what_to_change(sender, forge, raw, headers, status, words):
    reply = sender.send(forge, raw, **headers)
    assert reply.status == status
    assert words in str(reply.body)


@pytest.mark.parametrize("sent_as", ["utf-8", "latin-1"])
@pytest.mark.parametrize("name", ["köln-1", "msg_ÿ"])
def test_an_id_with_letters_outside_ascii_is_taken_however_it_travels(sender, sent_as, name):
    source = make_source("cafe", scheme="standard")
    secret = signing_secrets.current(source)
    signed = signing.standard_by_hand(secret, RAW, name=name, at=datetime.now(UTC))
    signed["webhook-id"] = name.encode(sent_as)
    assert sender.post("cafe", RAW, signed).status == 202
    assert sender.post("cafe", RAW, signed).status == 200
    assert QueueItem.objects.count() == 1
    signed["webhook-id"] = "köln-2".encode(sent_as)
    assert sender.post("cafe", RAW, signed).status == 401
