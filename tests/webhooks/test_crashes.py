"""A delivery whose worker died at any step of it: finished once, by the next pass or by the sender."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from social_queue.models import QueueItem, WebhookLog
from social_queue.webhooks import inbox, signing_secrets
from tests.support import children
from tests.webhooks import sender as signing
from tests.webhooks.sender import BODY, packed

#: In a process of its own: take one delivery in and die of SIGKILL around one step of it.
_DIE = """
import json, sys
from datetime import datetime
import django
django.setup()
from social_queue.webhooks import inbox
from social_queue.webhooks.received import Body, Delivery
from tests.support.die_at import _lay_trap
moment, place, headers, body, now = sys.argv[1:]
_lay_trap(moment, place)
delivery = Delivery("shop", json.loads(headers), Body.of(body.encode()), "")
inbox.receive(delivery, now=datetime.fromisoformat(now))
"""


def _statuses() -> list[str]:
    return list(WebhookLog.objects.order_by("pk").values_list("status", flat=True))


_STEPS = [
    ("after", "social_queue.webhooks.received:write"),
    ("after", "social_queue.webhooks.log:claim"),
    ("before", "social_queue.intake.ingest:receive"),
    ("after", "social_queue.intake.ingest:receive"),
    ("before", "social_queue.webhooks.log:accept"),
]


def _crash(shop, moment: str, place: str, *, now: datetime) -> dict[str, str]:
    """A worker dies at that step of a delivery of two items; returns the headers."""
    headers = _die(shop, moment, place, now=now)
    assert _statuses() == ["received"]
    return headers


def _die(shop, moment: str, place: str, *, now: datetime) -> dict[str, str]:
    body = packed([BODY, BODY | {"title": "Second"}])
    headers = signing.standard(signing_secrets.current(shop), body, name="msg_a", at=now)
    child = children.run("-c", _DIE, moment, place, json.dumps(headers), body.decode(), now.isoformat())
    assert child.returncode == -9, child.stderr
    return headers


def test_a_worker_that_dies_before_it_knows_who_sent_it_leaves_the_senders_next_try_the_first(sender, shop):
    headers = _die(shop, "after", "social_queue.webhooks.signatures:check", now=datetime.now(UTC))
    assert not WebhookLog.objects.exists()
    assert sender.post("shop", packed([BODY, BODY | {"title": "Second"}]), headers).status == 202


@pytest.mark.parametrize(("moment", "place"), _STEPS)
def test_what_a_dead_worker_left_is_finished_by_the_next_pass(sender, shop, moment, place):
    now = datetime.now(UTC)
    _crash(shop, moment, place, now=now - timedelta(minutes=10))
    assert inbox.pick_up(now) == 1
    log = WebhookLog.objects.get()
    assert (log.status, log.signature_ok, log.http_status) == ("accepted", True, 202)
    assert sorted(QueueItem.objects.values_list("title", flat=True)) == [BODY["title"], "Second"]
    assert inbox.pick_up(now) == 0


@pytest.mark.parametrize(("moment", "place"), [_STEPS[1], _STEPS[3], _STEPS[4]])
def test_what_a_dead_worker_left_is_finished_by_the_senders_next_try(sender, shop, moment, place):
    headers = _crash(shop, moment, place, now=datetime.now(UTC))
    reply = sender.post("shop", packed([BODY, BODY | {"title": "Second"}]), headers)
    assert reply.status == 200
    assert QueueItem.objects.count() == 2
    assert _statuses() == ["accepted", "duplicate"]


def test_a_map_changed_between_crash_and_pass_makes_no_second_item(sender, shop):
    now = datetime.now(UTC)
    _crash(shop, "before", "social_queue.webhooks.log:accept", now=now - timedelta(minutes=10))
    shop.default_channels = ["tg-news"]
    shop.save()
    inbox.pick_up(now)
    assert (_statuses(), QueueItem.objects.count()) == (["accepted"], 2)
