"""What Prometheus reads: right figures, for those with the token only, and rules that load."""

import json
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from metrics import standing
from metrics.models import Tally
from metrics.sums import tallies, totals
from social_queue.alerts import ledger
from social_queue.models import Alert, WebhookLog
from social_queue.workings import heartbeat
from tests import factories
from tests.metrics.made_clicks import click, published
from tests.support.environment import ROOT

DASHBOARD = ROOT / "docs" / "grafana" / "autopost.json"
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def own_spool(settings, tmp_path):
    settings.CLICK_SPOOL = tmp_path / "clicks.jsonl"


@pytest.fixture
def token(settings):
    settings.METRICS_TOKEN = "só-secret"
    return settings.METRICS_TOKEN


def scraped(client, token: str) -> dict[tuple, float]:
    """{(name, sorted label values…): value}"""
    answer = client.get("/metrics", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {(one.name, *sorted(one.labels.values())): one.value for family in families for one in family.samples}


@pytest.mark.django_db
class TestTheDoor:
    def test_without_a_token_in_the_settings_there_is_no_page(self, client):
        assert client.get("/metrics").status_code == 404
        assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404

    @pytest.mark.parametrize(
        "header", ["", "Bearer", "Bearer nonsense", "Basic só-secret", "só-secret", "Bearer só-secretx"]
    )
    def test_whoever_does_not_know_it_stays_outside(self, client, token, header):
        answer = client.get("/metrics", headers={"authorization": header})
        assert answer.status_code == 401
        assert b"autopost_" not in answer.content

    def test_a_broken_database_is_no_page_of_zeroes(self, client, token, monkeypatch):
        from django.db import DatabaseError, connections

        def broken(*_arguments, **_named):
            raise DatabaseError("gone")

        monkeypatch.setattr(type(connections["default"]), "cursor", broken)
        answer = client.get("/metrics", headers={"authorization": f"Bearer {token}"})
        monkeypatch.undo()
        assert answer.status_code == 503


@pytest.mark.django_db
class TestTheFigures:
    def test_posts_queue_and_alerts_are_as_of_now(self, client, token, facebook_account, telegram_account):
        from django.utils import timezone

        now = timezone.now()
        published(facebook_account, at=now)
        published(facebook_account, at=now)
        factories.make_post(account=telegram_account, not_before=now - timedelta(seconds=90))
        ledger.raise_alert(Alert.Kind.NO_TICK, about="worker", reason="Nobody.", now=now)
        heartbeat.beat("tick", now=now - timedelta(seconds=30))

        found = scraped(client, token)

        assert found["autopost_posts", "facebook", "published"] == 2
        assert found["autopost_posts", "pending", "telegram"] == 1
        assert found["autopost_posts", "failed", "telegram"] == 0
        assert found["autopost_queue_due",] == 1
        assert 90 <= found["autopost_queue_oldest_overdue_seconds",] < 120
        assert 30 <= found["autopost_tick_age_seconds",] < 60
        assert (found["autopost_alerts_open", "no_tick"], found["autopost_alerts_open", "rejected"]) == (1, 0)

    def test_an_account_that_is_connected_meanwhile_costs_nobody_the_page(self, client, token, monkeypatch):
        counted = standing.posts

        def a_moment_later(*given, **named):
            factories.make_post(account=factories.make_account("telegram", slug="new"))
            return counted(*given, **named)

        monkeypatch.setattr(standing, "posts", a_moment_later)
        scraped(client, token)
        monkeypatch.undo()
        assert scraped(client, token)["autopost_posts", "pending", "telegram"] == 1

    def test_attempts_become_a_counter_and_a_histogram(self, client, token, facebook_account, now):
        post = factories.make_post(account=facebook_account)
        for seconds, outcome in ((0.05, "transient"), (0.2, "published"), (0.25, "published"), (300, "lease_ended")):
            started = now - timedelta(seconds=seconds)
            factories.make_attempt(post, started_at=started, ended_at=now, outcome=outcome)
        factories.make_attempt(post, started_at=now)
        tallies.add_up(now + 3 * MINUTE)
        tallies.add_up(now + 3 * MINUTE)

        found = scraped(client, token)

        assert found["autopost_attempts_total", "facebook", "published"] == 2
        assert found["autopost_attempts_total", "facebook", "lease_ended"] == 1
        name = "autopost_attempt_duration_seconds"
        assert [found[f"{name}_bucket", bound, "facebook"] for bound in ("0.1", "0.25", "120", "+Inf")] == [
            1,
            3,
            3,
            4,
        ]
        assert found[f"{name}_count", "facebook"] == 4
        assert found[f"{name}_sum", "facebook"] == pytest.approx(300.5)

    def test_an_attempt_is_counted_once_when_it_has_settled(self, facebook_account, now):
        post = factories.make_post(account=facebook_account)
        for number in range(6):
            ended = now + number * MINUTE
            factories.make_attempt(post, started_at=ended, ended_at=ended, outcome="published")
            tallies.add_up(ended)
        assert sum(Tally.objects.filter(of=Tally.Of.ATTEMPTS).values_list("count", flat=True)) == 3
        tallies.add_up(now + timedelta(hours=1))
        assert sum(Tally.objects.filter(of=Tally.Of.ATTEMPTS).values_list("count", flat=True)) == 6

    def test_many_attempts_are_counted_bit_by_bit(self, facebook_account, now, monkeypatch):
        monkeypatch.setattr(tallies, "_AT_ONCE", 3)
        post = factories.make_post(account=facebook_account)
        for number in range(10):
            ended = now + timedelta(seconds=number // 2)
            factories.make_attempt(post, started_at=ended, ended_at=ended, outcome="published")
        tallies.add_up(now + 5 * MINUTE)
        assert Tally.objects.get(of=Tally.Of.ATTEMPTS).count == 10

    def test_clicks_and_deliveries_are_counted(self, client, token, facebook_account, now):
        post = published(facebook_account, at=now)
        click(post, at=now, times=3)
        click(post, at=now, times=2, robot=True)
        for status in ("accepted", "accepted", "rejected"):
            WebhookLog.objects.create(received_at=now, source="shop", body=b"", status=status)
        totals.roll_up(now)
        tallies.add_up(now + 3 * MINUTE)

        found = scraped(client, token)

        assert found["autopost_clicks_total", "facebook", "human"] == 3
        assert found["autopost_clicks_total", "facebook", "robot"] == 2
        assert found["autopost_webhook_deliveries_total", "accepted"] == 2

    def test_pruning_takes_nothing_from_the_counters(self, client, token, facebook_account, now):
        click(published(facebook_account, at=now), at=now, times=3)
        totals.roll_up(now)
        assert totals.prune(now + timedelta(days=500)) == 3
        assert scraped(client, token)["autopost_clicks_total", "facebook", "human"] == 3

    def test_a_look_costs_few_questions(self, client, token, facebook_account, django_assert_max_num_queries):
        with django_assert_max_num_queries(16):
            scraped(client, token)


def test_the_dashboard_is_one_that_grafana_reads():
    told = json.loads(DASHBOARD.read_text())
    assert told["uid"] == "autopost" and len({panel["id"] for panel in told["panels"]}) == 16
    assert all(target["expr"] for panel in told["panels"] for target in panel["targets"])
