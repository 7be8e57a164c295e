"""What Prometheus hears of the machinery: who lives, what waits, how much room is left."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from metrics.clicks import spool
from metrics.sums import tallies
from social_queue.upkeep import disks
from social_queue.workings import heartbeat
from tests import factories
from tests.metrics.test_prometheus import own_spool, scraped, token  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db


def test_each_host_and_reconcile_show_when_they_last_lived(client, token, settings):  # noqa: F811
    now = timezone.now()
    for name, age in (("one", 5), ("two", 400)):
        settings.WORKER_NAME = name
        heartbeat.beat(heartbeat.cluster_name(), now=now - timedelta(seconds=age))
    heartbeat.beat("reconcile", now=now - timedelta(seconds=120))
    found = scraped(client, token)
    assert 5 <= found["autopost_worker_age_seconds", "one"] < 60
    assert 400 <= found["autopost_worker_age_seconds", "two"] < 460
    assert 120 <= found["autopost_reconcile_age_seconds",] < 180


def test_items_are_counted_once_and_stay_counted(client, token, facebook_account):  # noqa: F811
    now = timezone.now()
    items = [factories.make_item(facebook_account) for _ in range(3)]
    for later in (3, 4):
        tallies.add_up(now + timedelta(minutes=later))
    for item in items:
        item.posts.all().delete()
        item.delete()
    tallies.add_up(now + timedelta(minutes=9))
    assert scraped(client, token)["autopost_items_total",] == 3


def test_clicks_that_wait_are_weighed_those_being_brought_in_too(client, token, settings):  # noqa: F811
    assert scraped(client, token)["autopost_click_spool_bytes",] == 0
    spool.path().write_bytes(b"x" * 100)
    spool.path().with_suffix(".1-2.taken").write_bytes(b"y" * 11)
    assert scraped(client, token)["autopost_click_spool_bytes",] == 111


def test_the_disks_that_are_written_show_their_room(client, token, monkeypatch):  # noqa: F811
    monkeypatch.setattr(disks, "_left", lambda folder: 12345)
    found = {key: value for key, value in scraped(client, token).items() if key[0] == "autopost_disk_free_bytes"}
    assert {name for _, name in found} == {str(folder) for folder in disks.folders()}
    assert set(found.values()) == {12345}


def test_tasks_in_the_database_are_counted(client, token):  # noqa: F811
    from django_q.tasks import async_task

    before = scraped(client, token)["autopost_broker_tasks",]
    async_task("builtins.print", "never run")
    found = scraped(client, token)
    assert (found["autopost_broker_tasks",] - before, found["autopost_broker_up",]) == (1, 1)


def test_a_broker_that_is_away_costs_two_seconds_and_not_the_page(client, token, settings):  # noqa: F811
    settings.Q_BROKER = "redis://127.0.0.1:9/0"
    started = time.monotonic()
    found = scraped(client, token)
    assert found["autopost_broker_up",] == 0 and ("autopost_broker_tasks",) not in found
    assert time.monotonic() - started < 60
