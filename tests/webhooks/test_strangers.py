"""What nobody signed: kept in part, counted by the minute, gone after a week; it keeps no good delivery out."""

import hashlib
from datetime import timedelta

import pytest

from social_queue.models import QueueItem, WebhookLog
from social_queue.upkeep import prune
from social_queue.webhooks import floods, inbox
from social_queue.webhooks.received import Body, Delivery
from tests import factories
from tests.factories import NOW
from tests.support.clock import within_a_minute
from tests.webhooks import sender as signing
from tests.webhooks.sender import BODY, make_source, packed

RAW = packed(BODY)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def somewhere_to_post(db):
    factories.make_account("telegram")


def _arrives(slug="nobody", *, raw=RAW, headers=None, ip="203.0.113.7", now=NOW):
    return inbox.receive(Delivery(slug, headers or {}, Body.of(raw), ip), now=now)


def _rows(**fields):
    return WebhookLog.objects.filter(**fields)


@pytest.mark.parametrize("slug", ["nobody", "shop"])
def test_of_a_large_body_the_beginning_is_kept_with_its_length_and_its_hash(slug):
    make_source("shop")
    raw = b"\x00\xff" * 300_000
    status, _body = _arrives(slug, raw=raw, headers={f"X-Filler-{number}": "x" * 2000 for number in range(90)})
    log = WebhookLog.objects.get()
    assert status in (401, 404)
    assert (bytes(log.body), log.body_size, log.body_sha256) == (raw[:8192], 600_000, hashlib.sha256(raw).hexdigest())
    assert len(str(log.headers)) < 9000
    with pytest.raises(inbox.CannotReplay, match="not kept whole|no source"):
        inbox.replay(log, now=NOW, trust_unsigned=True)


def test_above_sixty_in_a_minute_they_are_counted_in_one_row_until_the_next():
    make_source("shop")
    inside = NOW + timedelta(seconds=20)
    statuses = [_arrives(slug, now=inside)[0] for slug in ["nobody", "shop"] * 30]
    assert set(statuses) == {401, 404}
    over = [_arrives(slug, now=inside) for slug in ("nobody", "shop", "third")]
    assert [(status, body["error"]["code"]) for status, body in over] == [(429, "throttled")] * 3
    assert _rows().count() == 61
    counted = _rows(http_status=429).get()
    assert (counted.repeats, counted.remote_ip, counted.status) == (3, "203.0.113.7", "rejected")
    assert _arrives(now=NOW + timedelta(seconds=60))[0] == 404


def test_another_address_and_a_good_signature_are_heard_all_the_same():
    shop = make_source("shop", scheme="hmac")
    for _ in range(62):
        _arrives()
    assert _arrives(ip="203.0.113.8")[0] == 404
    signed = signing.plain(signing.signing_secrets.current(shop), RAW)
    assert _arrives("shop", headers=signed)[0] == 202
    assert QueueItem.objects.count() == 1
    assert _arrives()[0] == 429


def test_whoever_has_an_ipv6_network_counts_as_one_and_an_unreadable_address_too():
    statuses = [_arrives(ip=f"2001:db8:1:2::{number:x}")[0] for number in range(61)]
    assert statuses == [404] * 60 + [429]
    assert _arrives(ip="2001:db8:1:3::1")[0] == 404
    statuses = [_arrives(ip=words)[0] for words in ["", "unknown", "1.2.3"] * 20 + [""]]
    assert statuses == [404] * 60 + [429]


def test_signed_deliveries_that_make_no_item_do_not_count():
    shop = make_source("shop", scheme="hmac")
    for number in range(61):
        raw = packed({"number": number})
        signed = signing.plain(signing.signing_secrets.current(shop), raw)
        assert _arrives("shop", raw=raw, headers=signed)[0] == 422
    assert _arrives()[0] == 404


def test_what_was_refused_goes_after_a_week_and_what_was_signed_stays(media_root):
    shop = make_source("shop", scheme="hmac")
    for raw in (RAW, b"rubbish"):
        signed = signing.plain(signing.signing_secrets.current(shop), raw)
        _arrives("shop", raw=raw, headers=signed)
    for _ in range(61):
        _arrives()
    _arrives(now=NOW + timedelta(days=1))
    later = NOW + floods.KEPT + timedelta(minutes=1)
    assert prune.prune(later)["webhook_deliveries"] == 61
    assert sorted(_rows().values_list("http_status", flat=True)) == [202, 404, 422]


def test_all_that_is_kept_of_strangers_is_bounded(monkeypatch):
    monkeypatch.setattr(floods, "MOST_IN_ALL", 30)
    monkeypatch.setattr(floods, "_LOOK_EVERY", 10)
    good = WebhookLog.objects.create(source="shop", received_at=NOW - timedelta(days=5), body=RAW, signature_ok=True)
    for number in range(100):
        _arrives(ip=f"203.0.113.{number}", now=NOW + timedelta(seconds=number))
    assert _rows(http_status=404).count() <= 40
    assert _rows(pk=good.pk).exists()
    assert _rows(remote_ip="203.0.113.99").exists(), "the oldest make way, not the newest"


def test_over_a_socket_the_answer_says_when_to_come_again(sender, shop):
    with within_a_minute():
        replies = [sender.post("nobody", RAW, {}) for _ in range(61)]
    assert [reply.status for reply in replies] == [404] * 60 + [429]
    assert replies[-1].headers["Retry-After"] == "30"
