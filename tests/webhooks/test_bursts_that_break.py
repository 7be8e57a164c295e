"""A group of deliveries whose process dies, or whose database goes: each is finished once, whoever comes next."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError

from social_queue.alerts import ledger
from social_queue.models import QueueItem, WebhookLog
from social_queue.webhooks import bursts, inbox
from tests import factories
from tests.support import children
from tests.webhooks.gathered import Door, delivery, numbered
from tests.webhooks.sender import make_source

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop():
    factories.make_account("telegram", slug="tg-news")
    return make_source("shop")


def test_a_database_that_goes_in_between_is_answered_to_all_and_every_row_is_finished_once(shop, monkeypatch):
    door, now = Door(), datetime.now(UTC)

    def away(*_arguments, **_named):
        raise OperationalError("server has gone away")

    deliveries = [delivery(shop, body, now=now) for body in numbered(4)]
    with monkeypatch.context() as broken:
        broken.setattr(ledger, "resolve", away)
        with pytest.raises(OperationalError):
            door.take(deliveries, now=now)
    assert set(WebhookLog.objects.filter(signature_ok=True).values_list("status", flat=True)) == {"received"}
    answers = door.take(deliveries, now=now)
    assert [status for status, _ in answers] == [200] * 4
    assert inbox.pick_up(now + timedelta(minutes=5)) == 0
    assert QueueItem.objects.count() == 4


#: In a process of its own: take three deliveries as one group and die of SIGKILL around one step.
_DIE = """
import json, sys
from datetime import datetime
import django
django.setup()
from social_queue.webhooks import bursts
from social_queue.webhooks.received import Body, Delivery
from tests.support.die_at import _lay_trap
moment, place, deliveries, now = sys.argv[1:]
_lay_trap(moment, place)
when = datetime.fromisoformat(now)
parts = [Delivery("shop", headers, Body.of(body.encode()), "") for headers, body in json.loads(deliveries)]
bursts._take([bursts.Arrived(part, when) for part in parts])
"""


@pytest.mark.parametrize(
    ("moment", "place", "left"),
    [
        ("before", "social_queue.webhooks.bursts:_insert", []),
        ("after", "social_queue.webhooks.bursts:_insert", ["received"] * 3),
        ("before", "social_queue.intake.together.taking:lay_down", ["received"] * 3),
        ("after", "social_queue.intake.together.taking:lay_down", ["received"] * 3),
        ("after", "social_queue.webhooks.log:accept_together", ["received"] * 3),
        ("after", "social_queue.webhooks.bursts:_laid", ["accepted"] * 3),
    ],
)
def test_a_group_whose_process_dies_is_sent_again_or_picked_up_and_made_once(shop, moment, place, left):
    now = datetime.now(UTC) - timedelta(minutes=4)
    deliveries = [delivery(shop, body, now=now) for body in numbered(3)]
    given = json.dumps([(one.headers, one.body.data.decode()) for one in deliveries])
    child = children.run("-c", _DIE, moment, place, given, now.isoformat())
    assert child.returncode == -9, child.stderr
    assert list(WebhookLog.objects.values_list("status", flat=True)) == left
    inbox.pick_up(now + timedelta(minutes=3))
    answers = [bursts.receive(one, now=now) for one in deliveries]
    assert {status for status, _ in answers} == ({200} if left else {202})
    assert sorted(QueueItem.objects.values_list("title", flat=True)) == [body["title"] for body in numbered(3)]
    assert inbox.pick_up(now + timedelta(hours=1)) == 0
