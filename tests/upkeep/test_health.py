"""How the desk is doing is judged in one place: whoever asks is told the same."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from metrics import prometheus
from social_queue.accounts import standing
from social_queue.models import Alert, PlatformAccount, PlatformState
from social_queue.upkeep import doctor, health, watchdog
from social_queue.upkeep import health_report as door
from social_queue.workings import heartbeat
from tests import factories

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def moment():
    """Now: the first page looks at the real clock."""
    return timezone.now()


@pytest.fixture
def told(admin_client):
    """{who was asked: how many posts are late, as far as it says}"""

    def ask(now) -> dict[str, int]:
        said = " ".join(doctor.problems(now))
        page = admin_client.get("/admin/").context["tiles"]
        family = next(one for one in prometheus.Desk(now)._queue() if one.name == "autopost_queue_due")
        return {
            "function": health.late(now).count(),
            "health": door.report(now)["queue"]["due"],
            "prometheus": int(family.samples[0].value),
            "doctor": int((re.search(r"(\d+) posts are over ten minutes late", said) or [0, 0])[1]),
            "first page": next(tile["count"] for tile in page if tile["label"] == "overdue"),
        }

    return ask


def late(account, moment):
    return factories.make_post(factories.make_item(publish_at=moment - 20 * MINUTE), account)


def test_a_limit_that_ended_an_hour_ago_hides_no_late_post_from_anybody(told, moment):
    late(factories.make_account("facebook", paused_until=moment - timedelta(hours=1)), moment)
    assert set(told(moment).values()) == {1}


@pytest.mark.parametrize(
    "fields",
    [
        {"paused_until": timedelta(hours=1)},
        {"resting_until": timedelta(minutes=1)},
        {"status": "paused"},
        {"status": "needs_token"},
        {"status": "blocked"},
    ],
)
def test_what_waits_for_its_account_is_late_for_nobody(told, moment, fields):
    fields = {name: moment + value if isinstance(value, timedelta) else value for name, value in fields.items()}
    late(factories.make_account("facebook", **fields), moment)
    assert set(told(moment).values()) == {0}


def test_what_waits_for_its_platform_is_late_for_nobody(told, moment):
    late(factories.make_account("facebook"), moment)
    PlatformState.objects.create(platform="facebook", state="probing", kind="platform_down", since_at=moment)
    assert set(told(moment).values()) == {0}


def test_a_post_behind_one_in_flight_is_late_for_everybody(told, moment):
    account = factories.make_account("facebook")
    late(account, moment)
    held = late(account, moment)
    type(held).objects.filter(pk=held.pk).update(
        status="publishing", in_flight_account=account.pk, lease_until=moment + 5 * MINUTE
    )
    assert set(told(moment).values()) == {1}


@pytest.mark.parametrize(("minutes", "silent"), [(2, False), (4, True)])
def test_silence_is_the_same_for_all(admin_client, moment, minutes, silent):
    factories.make_account("facebook")
    heartbeat.beat("tick", now=moment - minutes * MINUTE)
    assert health.silent(moment) is silent
    assert door.report(moment)["ok"] is not silent
    assert any("last sign of a worker" in sentence for sentence in doctor.problems(moment)) is silent
    assert bool(admin_client.get("/admin/").context["silence"]) is silent
    watchdog.look()
    assert Alert.objects.filter(kind="no_tick").exists() is silent


def test_undecided_posts_are_counted_alike(admin_client, moment, facebook_account):
    factories.make_post(account=facebook_account, status="unknown", not_before=moment - 31 * MINUTE)
    factories.make_post(account=facebook_account, status="unknown", not_before=moment)
    tiles = {tile["label"]: tile["count"] for tile in admin_client.get("/admin/").context["tiles"]}
    assert (health.undecided().count(), door.queue(moment)["unknown"], tiles["undecided"]) == (2, 2, 2)
    assert any(sentence.startswith("1 undecided posts were not asked") for sentence in doctor.problems(moment))


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({}, "unchecked"),
        ({"token_checked_at": timedelta(0)}, "valid"),
        ({"token_checked_at": timedelta(0), "token_expires_at": timedelta(hours=23)}, "expiring"),
        ({"token_checked_at": timedelta(0), "data_access_expires_at": timedelta(hours=23)}, "expiring"),
        ({"token_checked_at": timedelta(0), "token_expires_at": timedelta(seconds=-1)}, "invalid"),
    ],
)
def test_a_token_is_called_by_the_worst_that_is_known_of_it(moment, fields, word):
    account = factories.make_account("facebook", **{name: moment + value for name, value in fields.items()})
    assert health.token(account, moment) == word
    assert door.report(moment)["tokens"]["fb"] == word
    standing.stop(account.pk, PlatformAccount.Status.NEEDS_TOKEN, "dead")
    assert door.report(moment)["tokens"]["fb"] == "invalid"
