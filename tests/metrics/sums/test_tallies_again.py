"""Counters that only grow: of floods each delivery, and all though the clock once ran ahead."""

from datetime import timedelta

import pytest
from django.db.models import Sum

from metrics import watermarks
from metrics.models import Tally, Watermark
from metrics.sums import tallies
from social_queue.models import QueueItem, WebhookLog
from social_queue.webhooks import floods
from social_queue.workings import heartbeat
from tests import factories

SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)

pytestmark = pytest.mark.django_db


def delivery(at, **fields) -> None:
    WebhookLog.objects.create(**{"received_at": at, "source": "shop", "body": b"", "status": "accepted"} | fields)


def counted(of: str = Tally.Of.WEBHOOKS) -> int:
    return Tally.objects.filter(of=of).aggregate(Sum("count"))["count__sum"] or 0


def test_a_round_by_a_clock_ahead_passes_over_no_more_than_what_comes_until_the_next(now):
    delivery(now)
    tallies.add_up(now + DAY)
    tallies.add_up(now + 5 * MINUTE)
    for minutes in (6, 20):
        delivery(now + minutes * MINUTE)
        tallies.add_up(now + (minutes + 4) * MINUTE)
    assert counted() == 3


def test_what_comes_once_the_clock_is_set_right_counts_once(now):
    delivery(now)
    tallies.add_up(now + 3 * MINUTE)
    for minutes in (1, 2):
        delivery(now + DAY + minutes * MINUTE)
    tallies.add_up(now + DAY + 9 * MINUTE)
    assert counted() == 3

    for minutes in (11, 12, 20):  # the clock is right again, and nobody adds up for a while
        delivery(now + minutes * MINUTE)
    for minutes in (30, 31, 36):
        tallies.add_up(now + minutes * MINUTE)
    assert counted() == 6
    delivery(now + 40 * MINUTE)
    tallies.add_up(now + 45 * MINUTE)
    assert counted() == 7


def test_attempts_and_items_go_on_too(now, facebook_account):
    post = factories.make_post(account=facebook_account)
    QueueItem.objects.update(created_at=now + DAY)
    factories.make_attempt(post, started_at=now + DAY, ended_at=now + DAY, outcome="published")
    tallies.add_up(now + DAY + 5 * MINUTE)
    assert (counted(Tally.Of.ATTEMPTS), counted(Tally.Of.ITEMS)) == (1, 1)

    later = now + 10 * MINUTE
    item = factories.make_item(facebook_account)
    QueueItem.objects.filter(pk=item.pk).update(created_at=later)
    factories.make_attempt(item.posts.get(), started_at=later, ended_at=later, outcome="published")
    tallies.add_up(later + 5 * MINUTE)
    assert (counted(Tally.Of.ATTEMPTS), counted(Tally.Of.ITEMS)) == (2, 2)


def test_while_another_host_lives_ahead_nothing_is_counted_over_and_over(now, settings):
    delivery(now + DAY)
    settings.WORKER_NAME = "ahead"
    heartbeat.beat(heartbeat.cluster_name(), now=now + DAY + 5 * MINUTE)
    settings.WORKER_NAME = "right"
    for minutes in (5, 10):
        tallies.add_up(now + DAY + minutes * MINUTE)
        tallies.add_up(now + minutes * MINUTE)
    assert counted() == 1


def test_a_mark_that_an_older_version_left_ahead_is_set_back(now):
    watermarks.lay(tallies.WEBHOOKS)
    watermarks.move(watermarks.hold(tallies.WEBHOOKS), now + DAY)
    tallies.add_up(now)
    delivery(now + MINUTE)
    tallies.add_up(now + 5 * MINUTE)
    assert counted() == 1


def test_where_nothing_comes_the_counters_are_up_to_now_all_the_same(now):
    """An alert rings for those that stand still."""
    for moment in (now, now + 60 * MINUTE):
        tallies.add_up(moment)
    marks = (Tally.Of.ATTEMPTS, Tally.Of.WEBHOOKS, Tally.Of.ITEMS)
    reached = Watermark.objects.filter(name__in=marks).values_list("added_until", flat=True)
    assert [*reached] == [now + 60 * MINUTE - tallies.SETTLED_AFTER] * 3


def test_each_delivery_of_a_flood_counts_once_when_its_minute_is_over(now):
    begins = now.replace(second=0, microsecond=0)
    for _ in range(3):
        delivery(begins, status="rejected", http_status=401)
    for second in range(60):
        for _ in range(2):
            floods.count("192.0.2.1", now=begins + second * SECOND)
        tallies.add_up(begins + second * SECOND)
    floods.count("192.0.2.1", now=begins + 60 * SECOND)
    for minutes in (1, 2, 2.5, 3):
        tallies.add_up(begins + minutes * MINUTE)
    assert counted() == 3 + 120
    tallies.add_up(begins + 4 * MINUTE)
    assert counted() == 3 + 121
    assert set(Tally.objects.values_list("of", "result")) == {("webhooks", "rejected")}
