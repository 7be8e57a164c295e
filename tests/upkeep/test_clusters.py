"""One host of two whose workers fell silent is seen by everybody, once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from metrics import prometheus
from social_queue.models import Alert
from social_queue.upkeep import doctor, health_report, prune
from social_queue.workings import heartbeat

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def moment():
    return timezone.now()


@pytest.fixture
def hosts(settings, moment):
    """``hosts(name=minutes ago)``: their workers' last signs; the site itself ticks."""

    def beat(**ago: int) -> None:
        heartbeat.beat("tick", now=moment)
        for name, minutes in ago.items():
            settings.WORKER_NAME = name
            heartbeat.beat(heartbeat.cluster_name(), now=moment - minutes * MINUTE)

    return beat


def test_health_names_it_and_stays_well_since_the_other_publishes(hosts, moment):
    hosts(one=0, two=5)
    told = health_report.report(moment)
    assert told["ok"] is True
    assert [(row["name"], row["silent"]) for row in told["worker"]["clusters"]] == [("one", False), ("two", True)]


def test_doctor_the_first_page_and_prometheus_say_so(hosts, moment, admin_client):
    hosts(one=0, two=5)
    assert any("two" in words and "silent since" in words for words in doctor.problems(moment))
    assert "The workers of two show no sign of life" in admin_client.get("/admin/").content.decode()
    [family] = [one for one in prometheus.Desk(moment).collect() if one.name == "autopost_worker_age_seconds"]
    assert {sample.labels["worker"]: sample.value for sample in family.samples} == {"one": 0, "two": 300}


def test_it_is_told_once_and_so_is_its_end(hosts, moment):
    hosts(one=0, two=5)
    for _ in range(3):
        health_report.watch_clusters(moment)
    alert = Alert.objects.get()
    assert (alert.kind, "two" in alert.text, alert.resolved_at) == ("no_tick", True, None)
    hosts(two=0)
    health_report.watch_clusters(moment)
    alert.refresh_from_db()
    assert alert.resolved_at == moment


def test_one_that_was_told_to_stop_is_missed_by_nobody(hosts, moment):
    hosts(one=0, two=5)
    health_report.watch_clusters(moment)
    heartbeat.retire(heartbeat.cluster_name())
    health_report.watch_clusters(moment)
    assert Alert.objects.get().resolved_at == moment
    assert list(heartbeat.clusters()) == ["one"]


def test_one_that_never_came_back_is_forgotten_after_a_day(hosts, moment):
    hosts(one=0, two=25 * 60)
    prune.prune(moment)
    assert list(heartbeat.clusters()) == ["one"]


def test_a_site_that_is_silent_as_a_whole_is_told_as_such(hosts, moment):
    health_report.watch(moment + 10 * MINUTE)
    assert "No worker has shown a sign of life" in Alert.objects.get().text
