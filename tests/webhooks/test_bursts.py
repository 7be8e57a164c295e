"""Deliveries that come at the same moment: one transaction for all of them, and to each what it would get alone."""

import json
from collections import Counter
from datetime import UTC, datetime

import pytest

from social_queue.intake import ingest
from social_queue.models import CooldownRule, Post, QueueItem, VariantCounter, WebhookLog
from social_queue.webhooks import bursts, inbox, signing_secrets
from social_queue.webhooks.received import Body, Delivery
from tests import factories
from tests.support.crowd import at_once
from tests.webhooks import sender as signing
from tests.webhooks.gathered import Door, delivery, numbered
from tests.webhooks.sender import BODY, make_source, packed

pytestmark = pytest.mark.django_db(transaction=True)
LATER = "2030-01-01T10:00:00+07:00"


@pytest.fixture
def now():
    return datetime.now(UTC)


@pytest.fixture
def account():
    return factories.make_account("telegram", slug="tg-news")


@pytest.fixture
def shop(account):
    return make_source("shop")


@pytest.fixture
def door():
    return Door()


def stored_items(door: Door) -> int:
    return sum('INTO "social_queue"' in sql.replace("`", '"') for sql in door.statements)


def test_what_comes_while_another_is_taken_is_stored_by_one_statement(door, shop, now):
    answers = door.take([delivery(shop, body, now=now) for body in numbered(9)], now=now)
    assert [status for status, _ in answers] == [202] * 9
    titles = {item.pk: item.title for item in QueueItem.objects.all()}
    assert [titles[answer["id"]] for _, answer in answers] == [body["title"] for body in numbered(9)]
    logs = {log.pk: log for log in WebhookLog.objects.filter(signature_ok=True)}
    assert [logs[answer["log"]].answer for _, answer in answers] == [answer for _, answer in answers]
    assert {(log.status, log.http_status, log.item_id == log.answer["id"]) for log in logs.values()} == {
        ("accepted", 202, True)
    }
    assert Post.objects.count() == len(logs) == 9
    assert stored_items(door) == 1


#: What a generator may send, plain or not; each is taken as it would be alone.
_BODIES = [
    BODY,
    BODY | {"title": "At an hour", "publish_at": LATER, "expires_at": "2031-01-01T00:00:00Z"},
    BODY | {"title": "By the clock", "publish_at": "2030-01-01T10:00:00"},
    BODY | {"title": "Named", "reference": "r-1", "channels": ["tg-news"], "hashtags": ["a", "b"]},
    BODY | {"title": "Pictured", "image_url": "https://example.com/a.jpg", "alt_text": "A", "focus": "50,30"},
    BODY | {"title": "Data", "data": {"game": "Gates", "window": "19", "rtp": 97.2}, "meta": {"utm_term": "x"}},
    BODY | {"title": "The same", "data": {"game": "GATES ", "window": "19"}},
    BODY | {"title": "Own words", "captions": {"telegram": "Own words {link}"}, "ai": {"generated": True}},
    BODY | {"title": "Own key", "idempotency_key": "k-1"},
    BODY | {"title": "Wording", "meta": {"variant": "A"}},
    BODY | {"title": "Split", "meta": {"variant": "split"}},
    BODY | {"title": "Slot", "publish_at": "next-slot"},
    BODY | {"title": "Album", "media": [{"url": "https://e.com/1.jpg"}, {"url": "https://e.com/2.jpg"}]},
    BODY | {"title": "Thread", "follow_ups": [{"text": "And more"}]},
    [BODY | {"title": "First of two"}, BODY | {"title": "Second of two"}],
    BODY | {"title": "", "link": "nowhere"},
    BODY | {"title": "Nobody", "channels": ["nobody"]},
    b"{",
    {"nothing": "of ours"},
]


def _seen(answers) -> list[object]:
    """What each delivery was answered and left behind, without what differs from row to row."""
    items = {item.pk: item for item in QueueItem.objects.all()}
    seen = []
    for status, answer in answers:
        rows = [items[one["id"]] for one in answer.get("items", [answer]) if one.get("id")]
        seen.append((status, _bare(answer), [_columns(item) for item in rows]))
        seen[-1] += tuple([_columns(post) for post in item.posts.order_by("account")] for item in rows)
    return seen


#: Whose turn a wording is depends on who was first of those that went on alone.
_OF_ITS_OWN = {"id", "log", "item_id", "code", "created_at", "updated_at", "duplicate_of", "duplicate_of_id", "link"}
_OF_ITS_OWN |= {"variant"}


def _columns(row) -> dict:
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    shown = json.loads(json.dumps(values, default=str))
    shown["idempotency_key"] = (shown.get("idempotency_key") or "").count(":")
    return _bare(shown) | {"link": row.link if isinstance(row, QueueItem) else ""}


def _bare(value: object) -> object:
    if isinstance(value, list):
        return [_bare(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {name: _bare(one) for name, one in value.items() if name not in _OF_ITS_OWN}


def test_each_gets_what_it_would_get_alone(door, shop, account, now):
    account.slots = "mon-sun 09:00"
    account.save()
    deliveries = [delivery(shop, body, now=now) for body in _BODIES]
    together = _seen(door.take(deliveries, now=now))
    logs = list(WebhookLog.objects.filter(signature_ok=True).values_list("status", "http_status", "detail"))
    for model in (WebhookLog, Post, QueueItem, VariantCounter):
        model.objects.all().delete()
    alone = _seen([inbox.receive(one, now=now) for one in deliveries])
    assert together == alone
    assert Counter(logs) == Counter(WebhookLog.objects.values_list("status", "http_status", "detail"))
    assert {status for status, *_ in alone} == {202, 422}
    assert {item.status for item in QueueItem.objects.all()} == {"ready", "skipped"}


def test_copies_in_a_group_and_of_what_came_before_make_nothing(door, shop, now):
    body = packed(BODY)
    before = inbox.receive(delivery(shop, body, now=now, name="msg_old"), now=now)
    names = ["msg_a", "msg_old", "msg_b", "msg_a", "msg_a"]
    answers = door.take([delivery(shop, body, now=now, name=name) for name in names], now=now)
    assert [status for status, _ in answers] == [202, 200, 202, 200, 200]
    assert answers[1][1] == before[1]
    assert answers[0][1] == answers[3][1] == answers[4][1]
    assert QueueItem.objects.count() == 3


def test_what_comes_again_after_its_row_was_pruned_is_the_same_item_and_spoils_nobodys(door, shop, now):
    first = delivery(shop, BODY, now=now, name="msg_old")
    ((status, old),) = door.take([first], now=now)
    WebhookLog.objects.all().delete()
    others = [delivery(shop, body, now=now) for body in numbered(4)]
    answers = door.take([others[0], first, *others[1:]], now=now)
    assert (status, [status for status, _ in answers]) == (202, [202] * 5)
    assert answers[1][1]["id"] == old["id"]
    assert len({answer["id"] for _, answer in answers}) == QueueItem.objects.count() == 5


def test_under_plain_hmac_the_same_bytes_are_one_delivery_in_a_group_too(door, account, now):
    forge = make_source("forge", scheme="hmac")
    first = inbox.receive(delivery(forge, BODY, now=now, **{"X-Delivery-Id": "d-0"}), now=now)
    WebhookLog.objects.all().delete()
    QueueItem.objects.update(idempotency_key="webhook:d-4:0")  # as an older release named it
    bodies = [BODY | {"title": "One"}, BODY | {"title": "One"}, BODY | {"title": "Two"}, BODY]
    named = enumerate(bodies, 1)
    answers = door.take([delivery(forge, body, now=now, **{"X-Delivery-Id": f"d-{n}"}) for n, body in named], now=now)
    assert [status for status, _ in answers] == [202, 200, 202, 202]
    assert answers[0][1]["id"] == answers[1][1]["id"]
    assert answers[3][1]["id"] == first[1]["id"]
    assert QueueItem.objects.count() == 3


def test_a_key_and_a_reference_that_came_before_are_the_same_item_or_a_fault(door, shop, now):
    keyed, referred = BODY | {"idempotency_key": "k-1"}, BODY | {"reference": "r-1"}
    first = [ingest.receive(body, source="shop", now=now).item.pk for body in (keyed, referred)]
    bodies = [keyed, referred, keyed | {"title": "Other"}, referred | {"title": "Other"}, BODY]
    answers = door.take([delivery(shop, body, now=now) for body in bodies], now=now)
    assert [status for status, _ in answers] == [202, 202, 422, 422, 202]
    assert [answer["id"] for _, answer in answers[:2]] == first
    assert (QueueItem.objects.count(), stored_items(door)) == (3, 1)


def test_a_rule_account_by_account_is_kept_in_a_group(door, shop, now):
    CooldownRule.objects.create(name="r", fields=["game"], minutes=60, per_account=True)
    bodies = [BODY | {"title": f"N{number}", "data": {"game": "Gates"}} for number in range(3)]
    answers = door.take([delivery(shop, body, now=now) for body in bodies], now=now)
    assert Counter(answer["status"] for _, answer in answers) == {"ready": 1, "skipped": 2}


def test_a_group_heeds_the_cooldown(door, shop, now):
    said = BODY | {"data": {"game": "Gates", "window": "19"}}
    ingest.receive(said, source="other", now=now)
    answers = door.take([delivery(shop, body, now=now) for body in [*numbered(2), said]], now=now)
    assert [answer["status"] for _, answer in answers] == ["ready", "ready", "skipped"]


def test_wordings_take_turns_within_a_group_and_after_it(door, now):
    account = factories.make_account("facebook")  # its platform has two wordings
    shop = make_source("shop")
    door.take([delivery(shop, body, now=now) for body in numbered(5)], now=now)
    assert Counter(Post.objects.values_list("variant", flat=True)) == {"A": 3, "B": 2}
    assert VariantCounter.objects.get(key=f"rotate:{account.pk}").value == 5
    ingest.receive(BODY, source="shop", now=now)
    assert Post.objects.latest("pk").variant == "B"


def test_a_fault_of_ours_meets_only_whoever_brought_it(door, shop, now):
    cms = make_source("cms")
    cms.field_map = {"title": "$", "link": 5, "data": {"path": 7}}  # past the checks, as by hand in the database
    cms.save()
    deliveries = [delivery(shop, body, now=now) for body in numbered(4)]
    answers = door.take([*deliveries[:2], delivery(cms, BODY, now=now), *deliveries[2:]], now=now)
    assert [status for status, _ in answers] == [202, 202, 500, 202, 202]
    assert QueueItem.objects.count() == 4


def test_a_letter_that_the_columns_can_not_hold_meets_only_whoever_brought_it(door, shop, now):
    bodies = [*numbered(2), BODY | {"title": "a\x00b"}, BODY | {"data": {"a": "\ud800"}}]
    answers = door.take([delivery(shop, json.dumps(body).encode(), now=now) for body in bodies], now=now)
    assert [status for status, _ in answers] == [202, 202, 422, 422]


def test_strangers_paused_sources_and_pings_get_their_own_answers(door, shop, now):
    paused = make_source("paused", paused=True)
    forge = make_source("forge", scheme="hmac")
    deliveries = [
        delivery(shop, BODY, now=now),
        Delivery("shop", delivery(paused, BODY, now=now).headers, Body.of(packed(BODY)), "192.0.2.3"),
        Delivery("nobody", {}, Body.of(b"{}"), "192.0.2.3"),
        delivery(paused, BODY, now=now),
        delivery(forge, {"zen": "x"}, now=now, **{"X-GitHub-Event": "ping"}),
    ]
    answers = door.take(deliveries, now=now)
    assert [(status, body.get("status")) for status, body in answers] == [
        (202, "ready"),
        (401, None),
        (404, None),
        (503, None),
        (202, "ignored"),
    ]


def test_a_source_whose_items_wait_for_an_editor_keeps_them_waiting(door, account, now):
    desk = make_source("desk", arrives_as_draft=True)
    answers = door.take([delivery(desk, body, now=now) for body in numbered(3)], now=now)
    assert [answer["status"] for _, answer in answers] == ["draft"] * 3
    assert not Post.objects.exists()


def test_a_storm_with_copies_over_several_connections_makes_each_item_once(shop, now):
    """Every delivery three times, in an order of its own for each of twelve threads."""
    secret = signing_secrets.current(shop)
    bodies = [packed(BODY | {"title": f"N{number}", "data": {"game": f"g{number % 3}"}}) for number in range(12)]
    signed = [(body, signing.standard(secret, body, name=f"msg_{n}", at=now)) for n, body in enumerate(bodies)]

    def push(number: int) -> list[tuple[int, int]]:
        mine = [(number + step * 5) % 12 for step in range(6)]
        given = [Delivery("shop", signed[n][1], Body.of(signed[n][0]), "") for n in mine]
        return [(n, bursts.receive(one, now=now)[1]["id"]) for n, one in zip(mine, given, strict=True)]

    told = {pair for pairs in at_once(push, 12) for pair in pairs}
    assert len(told) == len({n for n, _ in told}) == QueueItem.objects.count()
    assert Post.objects.count() == QueueItem.objects.count()
    assert not WebhookLog.objects.filter(status="received").exists()


def test_twenty_cost_hardly_more_statements_than_one(door, shop, now):
    door.take([delivery(shop, BODY, now=now)], now=now)
    one = len(door.statements)
    door.take([delivery(shop, body, now=now) for body in numbered(20)], now=now)
    assert len(door.statements) <= one + 2
