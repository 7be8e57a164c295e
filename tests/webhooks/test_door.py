"""Deliveries over a real socket: what is taken, what is refused, and the row that each leaves."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from social_queue.models import Alert, Post, QueueItem, WebhookLog
from social_queue.webhooks import signing_secrets
from tests.webhooks import sender as signing
from tests.webhooks.sender import BODY, make_source, packed

RAW = packed(BODY)


def _last() -> WebhookLog:
    return WebhookLog.objects.latest("pk")


def test_a_delivery_signed_by_the_published_library_becomes_an_item_with_posts(sender, shop):
    reply = sender.send(shop, name="msg_a")
    item = QueueItem.objects.get()
    assert (reply.status, reply.body) == (202, {"log": _last().pk, "id": item.pk, "status": "ready"})
    assert (item.title, item.source, item.idempotency_key) == (BODY["title"], "shop", "webhook:msg_a:0")
    assert Post.objects.filter(item=item).count() == 1


def test_a_delivery_signed_by_hand_after_the_specification_is_taken(sender, shop):
    headers = signing.standard_by_hand(signing_secrets.current(shop), RAW, name="msg_b", at=datetime.now(UTC))
    assert sender.post("shop", RAW, headers).status == 202


def test_a_plain_hmac_in_the_header_of_the_sources_choice_is_taken(sender):
    forge = make_source("forge", scheme="hmac", header="X-Forge-Signature")
    assert sender.send(forge, **{"X-Delivery-Id": "d-1"}).status == 202
    assert _last().delivery_id == "d-1"


def test_the_row_keeps_the_very_bytes_and_who_sent_them(sender, forge):
    raw = b'{ "title":"\\u2728 Gates",\n\t"link" : "https://example.com/p?x=1"}'
    sender.send(forge, raw, **{"X-GitHub-Delivery": "d-2"})
    log = _last()
    assert (bytes(log.body), log.remote_ip, log.status, log.signature_ok) == (raw, "127.0.0.1", "accepted", True)
    assert (log.http_status, log.item.title, log.delivery_id) == (202, "✨ Gates", "d-2")


def test_log_ins_in_headers_are_not_kept_but_the_signature_is(sender, forge):
    sender.send(forge, **{"Authorization": "Bearer geheim", "Cookie": "a=geheim", "X-Gitlab-Token": "geheim"})
    kept = _last().headers
    assert "geheim" not in str(kept)
    assert kept["X-Hub-Signature-256"].startswith("sha256=")


@pytest.mark.parametrize("scheme", ["standard", "hmac"])
@pytest.mark.parametrize("how", ["other secret", "other bytes", "no signature", "nonsense"])
def test_what_the_source_did_not_sign_is_refused_and_logged(sender, scheme, how):
    source = make_source("shop", scheme=scheme)
    secret = signing_secrets.fresh(scheme) if how == "other secret" else signing_secrets.current(source)
    sign = signing.standard if scheme == "standard" else signing.plain
    headers = sign(secret, RAW + b" " if how == "other bytes" else RAW)
    name = "webhook-signature" if scheme == "standard" else "X-Hub-Signature-256"
    if how == "no signature":
        del headers[name]
    if how == "nonsense":
        headers[name] = "v1,=== v1 ,, v2,\xe9 sha256="
    reply = sender.post("shop", RAW, headers)
    assert (reply.status, reply.body["error"]["code"]) == (401, "bad_signature")
    log = _last()
    assert (bytes(log.body), log.status, log.signature_ok, log.delivery_id) == (RAW, "rejected", False, None)
    assert log.http_status == 401 and log.detail
    assert not QueueItem.objects.exists()


def test_no_answer_tells_the_right_signature(sender, forge):
    right = signing.plain(signing_secrets.current(forge), RAW)["X-Hub-Signature-256"]
    reply = sender.post("forge", RAW, {"X-Hub-Signature-256": "sha256=" + "0" * 64})
    assert right.removeprefix("sha256=") not in str(reply.body) + _last().detail


@pytest.mark.parametrize(("seconds", "status"), [(-330, 401), (-270, 202), (270, 202), (330, 401)])
def test_five_minutes_either_way_are_allowed(sender, shop, seconds, status):
    assert sender.send(shop, at=datetime.now(UTC) + timedelta(seconds=seconds)).status == status


def test_a_good_signature_among_unreadable_ones_is_found(sender, shop):
    headers = signing.standard(signing_secrets.current(shop), RAW)
    headers["webhook-signature"] = f"v1a,xyz rubbish v1,short {headers['webhook-signature']}"
    assert sender.post("shop", RAW, headers).status == 202


def test_an_unknown_source_is_answered_404_and_leaves_a_row(sender):
    reply = sender.post("nobody", RAW, {"X-Hub-Signature-256": "sha256=" + "0" * 64})
    assert (reply.status, reply.body["error"]["code"]) == (404, "unknown_source")
    assert (_last().source, _last().status, bytes(_last().body)) == ("nobody", "rejected", RAW)


def test_a_source_is_found_by_its_exact_slug_only(sender, shop):
    raw, secret = RAW, signing_secrets.current(shop)
    assert sender.post("SHOP", raw, signing.standard(secret, raw)).status == 404


def test_a_paused_source_is_told_to_come_again_and_then_may(sender, shop):
    shop.paused = True
    shop.save()
    reply = sender.send(shop, name="msg_p")
    assert (reply.status, reply.headers["Retry-After"]) == (503, "300")
    assert (_last().signature_ok, _last().delivery_id) == (True, None)
    shop.paused = False
    shop.save()
    assert sender.send(shop, name="msg_p").status == 202


def test_a_body_over_a_mebibyte_is_refused_and_its_beginning_kept(sender, shop):
    raw = packed(BODY | {"summary": "x" * 3 * 1024 * 1024})
    reply = sender.send(shop, raw)
    assert (reply.status, reply.body["error"]["code"]) == (413, "too_large")
    log = _last()
    assert (log.http_status, bytes(log.body), log.body_size) == (413, raw[:8192], len(raw))
    assert log.body_sha256 == hashlib.sha256(raw).hexdigest()


def test_a_body_of_a_mebibyte_is_judged_whole(sender, shop):
    raw = packed(BODY)
    raw += b" " * (1024 * 1024 - len(raw))
    assert sender.send(shop, raw).status == 202
    assert (bytes(_last().body), _last().body_size) == (raw, len(raw))
    assert sender.send(shop, raw + b" ").status == 413


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        (b"", "malformed", None),
        (b"{", "malformed", None),
        (b"[]", "invalid", "body"),
        (b"5", "invalid", "body"),
        (b'{"title": "\\ud800", "link": "https://example.com"}', "invalid", "title"),
        (b'{"title": "a", "link": "https://example.com", "data": {"a": NaN}}', "invalid", "data"),
        ({"title": "Without a link"}, "invalid", "link"),
        (BODY | {"publishat": "2026"}, "invalid", "publishat"),
        (BODY | {"channels": ["nowhere"]}, "invalid", "channels"),
    ],
)
def test_a_signed_body_that_makes_no_item_is_named_field_by_field(sender, shop, body, code, field):
    reply = sender.send(shop, body)
    assert (reply.status, reply.body["error"]["code"]) == (422, code)
    assert field is None or field in reply.body["error"]["fields"]
    assert (_last().status, _last().signature_ok, _last().http_status) == ("rejected", True, 422)
    assert not QueueItem.objects.exists()


@pytest.mark.parametrize("scheme", ["standard", "hmac"])
@pytest.mark.parametrize("raw", [b"\xff\xfe" + RAW, RAW.replace(b"Gates", b"Gat\xe9s"), "{".encode("utf-16")])
def test_signed_bytes_that_are_no_utf_8_are_the_bodys_fault_and_not_the_signatures(sender, scheme, raw):
    source = make_source("shop", scheme=scheme)
    secret, at = signing_secrets.current(source), datetime.now(UTC)
    signed = signing.plain(secret, raw)
    if scheme == "standard":
        signed = signing.standard_by_hand(secret, raw, name="msg_a", at=at)
    reply = sender.post("shop", raw, signed)
    assert (reply.status, reply.body["error"]["code"]) == (422, "malformed")
    assert "UTF-8" in reply.body["error"]["message"] and _last().signature_ok


@pytest.mark.parametrize("moment", ["", "0", "-1", "NaN", "9" * 400, "1_700_000_000", "1700000000.5", "²"])
def test_a_timestamp_that_is_none_is_refused_whatever_signed_it(sender, shop, moment):
    key = base64.b64decode(signing_secrets.current(shop).removeprefix("whsec_"))
    digest = hmac.new(key, f"msg_a.{moment}.".encode() + RAW, hashlib.sha256).digest()
    headers = {
        "webhook-id": "msg_a",
        "webhook-timestamp": moment.encode().decode("latin-1"),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
    assert sender.post("shop", RAW, headers).status == 401


@pytest.mark.parametrize("how", [str.upper, str.lower, lambda text: f" {text} "])
def test_a_digest_is_read_in_any_case(sender, forge, how):
    signed = signing.plain(signing_secrets.current(forge), RAW)["X-Hub-Signature-256"]
    assert sender.post("forge", RAW, {"X-Hub-Signature-256": how(signed)}).status == 202


@pytest.mark.parametrize("scheme", ["standard", "hmac"])
@pytest.mark.parametrize("held", [{}, {"current": ""}, {"previous": "old"}])
def test_a_source_without_a_valid_secret_accepts_nothing(sender, scheme, held):
    source = make_source("shop", scheme=scheme)
    source.secrets, source.previous_valid_until = held, datetime.now(UTC) - timedelta(seconds=1)
    source.save()
    for secret in ("", "old", "whsec_"):
        signed = signing.plain(secret, RAW)
        if scheme == "standard":
            signed = signing.standard_by_hand("", RAW, name="msg_a", at=datetime.now(UTC))
        assert sender.post("shop", RAW, signed).status == 401


def test_other_methods_are_refused_in_the_same_shape(sender, shop):
    reply = sender.post("shop", b"", {}, method="GET")
    assert (reply.status, reply.body["error"]["code"]) == (405, "method_not_allowed")


def test_drafts_wait_for_an_editor(sender):
    reply = sender.send(make_source("desk", arrives_as_draft=True))
    assert (reply.status, reply.body["status"]) == (202, "draft")
    assert not Post.objects.exists()


def test_default_channels_hold_unless_the_delivery_names_its_own(sender, account_factory):
    account_factory("facebook", slug="fb-page")
    source = make_source("shop", default_channels=["tg-news"])
    sender.send(source)
    assert QueueItem.objects.latest("pk").channels == ["tg-news"]
    sender.send(source, BODY | {"channels": ["fb-page"]})
    assert QueueItem.objects.latest("pk").channels == ["fb-page"]


def test_an_array_makes_several_items_each_judged_alone(sender, shop):
    reply = sender.send(shop, [BODY, {"title": "No link"}, BODY | {"title": "Third"}])
    assert reply.status == 202
    first, second, third = reply.body["items"]
    assert (first["id"], reply.body["id"]) == (first["id"], first["id"])
    assert second["error"]["fields"] == {"link": ["is required."]}
    assert QueueItem.objects.get(pk=third["id"]).title == "Third"
    assert (_last().status, _last().item_id) == ("accepted", first["id"])
    assert "1.link is required." in _last().detail


def test_a_source_that_sends_rubbish_is_told_of_once_and_stops_nobody(sender, shop, forge):
    for _ in range(3):
        assert sender.send(shop, b"rubbish").status == 422
    alert = Alert.objects.get()
    assert (alert.kind, alert.occurrences, alert.resolved_at) == ("webhook_rubbish", 3, None)
    assert "shop" in alert.text and "Not JSON" in alert.text
    assert sender.send(forge).status == 202
    assert sender.send(shop).status == 202
    assert Alert.objects.get().resolved_at is not None


def test_strangers_without_a_signature_ring_no_bell_while_good_deliveries_come(sender, shop):
    sender.send(shop)
    for _ in range(7):
        assert sender.post("shop", RAW, {}).status == 401
    assert not Alert.objects.exists()


def test_a_source_of_which_nothing_is_signed_well_is_told_of_at_the_fifth_time_in_an_hour(sender, shop):
    for _ in range(4):
        assert sender.post("shop", RAW, {}).status == 401
    assert not Alert.objects.exists()
    WebhookLog.objects.update(received_at=datetime.now(UTC) - timedelta(minutes=61))
    assert sender.post("shop", RAW, {}).status == 401
    assert not Alert.objects.exists()
    for _ in range(5):
        assert sender.post("shop", RAW, {}).status == 401
    assert Alert.objects.get().occurrences == 2
    sender.send(shop)
    assert Alert.objects.get().resolved_at is not None


def test_an_unknown_source_is_nobodys_trouble(sender, shop):
    for _ in range(7):
        assert sender.post("nobody", RAW, {}).status == 404
    assert not Alert.objects.exists()
