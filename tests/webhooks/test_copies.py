"""The same delivery again, many at once, and by the wish of an operator: one item each."""

import importlib
from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.db import OperationalError

from social_queue.alerts import ledger
from social_queue.models import Alert, QueueItem, WebhookLog
from social_queue.webhooks import inbox, signing_secrets
from tests.support.crowd import at_once
from tests.support.environment import ROOT
from tests.webhooks import sender as signing
from tests.webhooks.sender import BODY, make_source, packed

RAW = packed(BODY)


def _statuses() -> list[str]:
    return list(WebhookLog.objects.order_by("pk").values_list("status", flat=True))


def test_the_same_delivery_again_gets_the_first_answer_and_makes_nothing(sender, shop):
    first, second = sender.send(shop, name="msg_a"), sender.send(shop, name="msg_a")
    assert (first.status, second.status) == (202, 200)
    assert first.body == second.body
    assert QueueItem.objects.count() == 1
    assert _statuses() == ["accepted", "duplicate"]
    assert WebhookLog.objects.last().item == QueueItem.objects.get()


def test_the_first_answer_is_given_even_when_the_copy_says_something_else(sender, shop):
    first = sender.send(shop, name="msg_a")
    assert sender.send(shop, BODY | {"title": "Other"}, name="msg_a").body == first.body
    assert QueueItem.objects.get().title == BODY["title"]


@pytest.mark.parametrize("other", ["MSG_A", "msg_á", "msg_a2"])
def test_another_id_is_another_delivery_where_bodies_repeat_on_purpose(sender, other):
    forge = make_source("forge", scheme="hmac", same_bytes_once=False)
    sender.send(forge, **{"X-Delivery-Id": "msg_a"})
    assert sender.send(forge, **{"X-Delivery-Id": other.encode().decode("latin-1")}).status == 202
    assert QueueItem.objects.count() == 2


@pytest.mark.parametrize("header", ["X-Delivery-Id", "X-GitHub-Delivery"])
def test_under_plain_hmac_the_same_signed_bytes_are_one_delivery_whatever_the_id_says(sender, forge, header):
    """The id is outside the signature: whoever has read one delivery could send it again and again."""
    first = sender.send(forge, **{header: "a1"})
    again = [sender.send(forge, **{header: name}) for name in ("a2", "a3", "viewer-1")]
    again += [sender.send(forge)]
    assert [reply.status for reply in (first, *again)] == [202, 200, 200, 200, 200]
    assert {reply.body["id"] for reply in again} == {first.body["id"]}
    assert QueueItem.objects.count() == 1
    assert _statuses() == ["accepted"] + ["duplicate"] * 4


def test_copies_of_one_captured_delivery_do_not_fill_the_disk(sender, forge):
    """Its signature stays good for ever, so whoever has one could send it as often as the line is fast."""
    large = RAW + b" " * 500_000
    sender.send(forge, large)
    for name in ("a2", "a3"):
        assert sender.send(forge, large, **{"X-Delivery-Id": name}).status == 200
    sender.send(forge, **{"X-Delivery-Id": "b"})
    first, *copies, other = WebhookLog.objects.order_by("pk")
    assert [bytes(row.body) for row in (first, other)] == [large, RAW]
    assert [(bytes(copy.body), copy.body_size, copy.body_sha256) for copy in copies] == [
        (b"", len(large), first.body_sha256)
    ] * 2


def test_of_a_copy_with_other_bytes_the_beginning_is_kept(sender, shop):
    sender.send(shop, name="msg_a")
    other = packed(BODY | {"title": "Other"}) + b" " * 500_000
    sender.send(shop, other, name="msg_a")
    copy = WebhookLog.objects.latest("pk")
    assert (copy.status, bytes(copy.body), copy.body_size) == ("duplicate", other[: 8 * 1024], len(other))


def test_the_same_id_with_other_bytes_is_still_the_first_delivery(sender, forge):
    first = sender.send(forge, **{"X-Delivery-Id": "a1"})
    other = sender.send(forge, BODY | {"title": "Other"}, **{"X-Delivery-Id": "a1"})
    assert (other.status, other.body) == (200, first.body)


def test_signed_bytes_that_come_again_when_their_row_is_long_gone_make_nothing(sender, forge):
    first = sender.send(forge, **{"X-Delivery-Id": "a1"})
    WebhookLog.objects.all().delete()
    assert sender.send(forge, **{"X-Delivery-Id": "a2"}).body["id"] == first.body["id"]
    assert QueueItem.objects.count() == 1


def test_a_delivery_that_an_older_release_named_after_its_id_is_replayed_as_the_same_item(sender, forge):
    sender.send(forge, **{"X-Delivery-Id": "a1"})
    QueueItem.objects.update(idempotency_key="webhook:a1:0")
    status, answer = inbox.replay(WebhookLog.objects.get(), now=datetime.now(UTC))
    assert (status, answer["id"]) == (202, QueueItem.objects.get().pk)


def test_eight_copies_under_eight_ids_at_the_same_moment_make_one_item(sender, forge):
    replies = at_once(lambda number: sender.send(forge, **{"X-Delivery-Id": f"a{number}"}), 8)
    assert sorted(reply.status for reply in replies) == [200] * 7 + [202]
    assert QueueItem.objects.count() == 1


@pytest.mark.parametrize(("length", "kept"), [(150, True), (151, False)])
def test_an_id_is_kept_up_to_the_end_of_its_column_and_beyond_that_its_hash(sender, forge, length, kept):
    sender.send(forge, **{"X-Delivery-Id": "n" * length})
    assert (WebhookLog.objects.get().delivery_id == "n" * length) is kept


def test_two_sources_may_use_the_same_id(sender, shop):
    assert sender.send(shop, name="msg_a").status == 202
    assert sender.send(make_source("other"), name="msg_a").status == 202


def test_without_an_id_the_same_bytes_are_the_same_delivery(sender, forge):
    first = sender.send(forge)
    assert (sender.send(forge).status, sender.send(forge).body) == (200, first.body)
    assert sender.send(forge, BODY | {"title": "Other"}).status == 202


def test_a_very_long_id_is_an_id_too(sender, forge):
    name = "d" * 4000
    assert sender.send(forge, **{"X-Delivery-Id": name}).status == 202
    assert sender.send(forge, **{"X-Delivery-Id": name}).status == 200


def test_a_refused_delivery_does_not_use_up_its_id(sender, shop):
    raw, secret = packed(BODY), signing_secrets.current(shop)
    assert sender.post("shop", raw, signing.standard("whsec_" + "A" * 43 + "=", raw, name="msg_a")).status == 401
    assert sender.send(shop, b"{", name="msg_a").status == 422
    assert sender.post("shop", raw, signing.standard(secret, raw, name="msg_a")).status == 202
    assert sender.send(shop, b"{", name="msg_a").status == 200


def test_eight_copies_at_the_same_moment_make_one_item(sender, shop):
    replies = at_once(lambda number: sender.send(shop, name="msg_a"), 8)
    item = QueueItem.objects.get()
    assert sorted(reply.status for reply in replies) == [200] * 7 + [202]
    assert {reply.body["id"] for reply in replies} == {item.pk}
    assert len({str(reply.body) for reply in replies}) == 1
    assert sorted(_statuses()) == ["accepted"] + ["duplicate"] * 7


def test_eight_copies_of_rubbish_are_each_refused_and_told_of_once(sender, shop):
    replies = at_once(lambda number: sender.send(shop, b"{", name="msg_a"), 8)
    assert [reply.status for reply in replies] == [422] * 8
    assert set(_statuses()) == {"rejected"}
    assert Alert.objects.get().occurrences >= 8


def test_a_pass_leaves_alone_what_is_under_way_and_what_a_pause_holds(sender, shop):
    now = datetime.now(UTC)
    young = {"source": "shop", "received_at": now - timedelta(seconds=90), "body": RAW, "signature_ok": True}
    WebhookLog.objects.create(**young)
    assert inbox.pick_up(now) == 0
    shop.paused = True
    shop.save()
    assert inbox.pick_up(now + timedelta(hours=1)) == 0
    shop.paused = False
    shop.save()
    assert inbox.pick_up(now + timedelta(hours=1)) == 1


def test_a_delivery_nobody_signed_is_not_slipped_in_by_a_pass(sender, shop):
    now = datetime.now(UTC)
    WebhookLog.objects.create(source="shop", received_at=now - timedelta(minutes=10), body=RAW)
    inbox.pick_up(now)
    assert _statuses() == ["rejected"]
    assert not QueueItem.objects.exists()


def test_our_own_fault_is_logged_answered_and_told_and_the_delivery_can_be_sent_again(sender, shop):
    shop.field_map = {"title": "$", "link": 5, "data": {"path": 7}}  # past the checks, as by hand in the database
    shop.save()
    reply = sender.send(shop, name="msg_a")
    assert (reply.status, reply.body["error"]["code"]) == (500, "error")
    log = WebhookLog.objects.get()
    assert (log.status, log.http_status, log.delivery_id) == ("error", 500, None)
    assert "ValueError" in log.detail
    assert Alert.objects.get().kind == "webhook_rubbish"
    shop.field_map = {}
    shop.save()
    assert sender.send(shop, name="msg_a").status == 202


def test_a_replay_runs_todays_map_on_an_old_body(sender, shop):
    foreign = {"offer": {"name": "Sugar Rush", "url": "https://example.com/s"}}
    assert sender.send(shop, foreign, name="msg_a").status == 422
    shop.field_map = {"title": "offer.name", "link": "offer.url"}
    shop.save()
    status, answer = inbox.replay(WebhookLog.objects.get(), now=datetime.now(UTC))
    item = QueueItem.objects.get()
    assert (status, answer["id"], item.title) == (202, item.pk, "Sugar Rush")
    log = WebhookLog.objects.get()
    assert (log.status, log.item, log.delivery_id) == ("accepted", item, "msg_a")
    assert not Alert.objects.filter(resolved_at=None).exists()
    assert sender.send(shop, foreign, name="msg_a").status == 200


def test_a_replay_with_the_same_outcome_is_the_same_item_and_another_outcome_another(sender, shop):
    sender.send(shop, BODY | {"title": "First"})
    log = WebhookLog.objects.get()
    inbox.replay(log, now=datetime.now(UTC))
    assert QueueItem.objects.count() == 1
    shop.field_map = {"title": "link", "link": "link"}
    shop.save()
    for _ in range(2):
        _, answer = inbox.replay(WebhookLog.objects.get(), now=datetime.now(UTC))
    assert QueueItem.objects.count() == 2
    assert QueueItem.objects.get(pk=answer["id"]).title == BODY["link"]


def test_a_delivery_whose_reference_was_known_is_replayed_like_the_one_that_made_the_item(sender, shop):
    sender.send(shop, BODY | {"reference": "offer-9"}, name="msg_a")
    sender.send(shop, BODY | {"reference": "offer-9"}, name="msg_b")
    second = WebhookLog.objects.latest("pk")
    assert inbox.replay(second, now=datetime.now(UTC))[1]["id"] == QueueItem.objects.get().pk
    shop.field_map = {"title": "link", "link": "link"}
    shop.save()
    status, answer = inbox.replay(WebhookLog.objects.latest("pk"), now=datetime.now(UTC))
    assert (status, QueueItem.objects.get(pk=answer["id"]).title) == (202, BODY["link"])


def test_a_replay_that_fails_leaves_an_accepted_delivery_as_it_was(sender, shop):
    sender.send(shop, name="msg_a")
    shop.field_map = {"title": "nothing.here", "link": "link"}
    shop.save()
    status, answer = inbox.replay(WebhookLog.objects.get(), now=datetime.now(UTC))
    assert (status, list(answer["error"]["fields"])) == (422, ["title"])
    log = WebhookLog.objects.get()
    assert (log.status, log.item, log.delivery_id) == ("accepted", QueueItem.objects.get(), "msg_a")


def test_what_nobody_signed_is_replayed_only_when_somebody_says_so(sender, shop):
    sender.post("shop", RAW, {"webhook-id": "msg_a"})
    log = WebhookLog.objects.get()
    with pytest.raises(inbox.CannotReplay, match="signature"):
        inbox.replay(log, now=datetime.now(UTC))
    status, _ = inbox.replay(log, now=datetime.now(UTC), trust_unsigned=True)
    log.refresh_from_db()
    assert (status, log.status, log.signature_ok, log.delivery_id) == (202, "accepted", False, None)
    assert sender.send(shop, name="msg_a").status == 202, "the true delivery of that id still counts"


def test_a_copy_an_unknown_source_and_half_a_body_cannot_be_replayed(sender, shop):
    now = datetime.now(UTC)
    sender.send(shop, name="msg_a")
    sender.send(shop, name="msg_a")
    sender.post("nobody", RAW, {})
    sender.send(shop, b"x" * (1024 * 1024 + 1))
    for log in WebhookLog.objects.order_by("pk")[1:]:
        with pytest.raises(inbox.CannotReplay):
            inbox.replay(log, now=now, trust_unsigned=True)


def test_a_delivery_refused_by_a_pause_and_sent_again_is_one_item_whoever_replays_it(sender, shop):
    shop.paused = True
    shop.save()
    sender.send(shop, name="msg_a")
    shop.paused = False
    shop.save()
    sender.send(shop, name="msg_a")
    status, answer = inbox.replay(WebhookLog.objects.earliest("pk"), now=datetime.now(UTC))
    assert (status, answer["id"]) == (202, QueueItem.objects.get().pk)


def test_a_database_that_is_away_lets_the_sender_come_again_and_loses_nothing(sender, shop, monkeypatch):
    def away(*_arguments, **_named):
        raise OperationalError("server has gone away")

    with monkeypatch.context() as broken:
        broken.setattr(ledger, "resolve", away)
        assert sender.send(shop, name="msg_a").status == 503
    assert _statuses() == ["received"]
    assert inbox.pick_up(datetime.now(UTC) + timedelta(minutes=5)) == 1
    assert (_statuses(), QueueItem.objects.count()) == (["accepted"], 1)


@pytest.mark.django_db
def test_deliveries_of_an_older_release_cannot_be_sent_again_under_another_id_either(sender, forge):
    [path] = (ROOT / "social_queue" / "migrations").glob("*_doors.py")
    migration = importlib.import_module(f"social_queue.migrations.{path.stem}")
    first = sender.send(forge, **{"X-Delivery-Id": "a1"})
    QueueItem.objects.update(idempotency_key="webhook:a1:0")
    WebhookLog.objects.update(content_id=None)
    again = WebhookLog.objects.get()
    again.pk, again.delivery_id = None, "a2"
    again.save()
    migration.remember_contents(apps, None)
    assert WebhookLog.objects.exclude(content_id=None).get().delivery_id == "a1"
    assert sender.send(forge, **{"X-Delivery-Id": "a3"}).body["id"] == first.body["id"]
    assert QueueItem.objects.count() == 1
