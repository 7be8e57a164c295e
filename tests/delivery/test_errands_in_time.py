"""Deletions of an account whose platform does not answer take no more time than there is, and nobody else's."""

from datetime import timedelta

import pytest
from django.utils import timezone

from connectors.errors import TransientError
from connectors.facebook import Facebook
from social_queue import tasks
from social_queue.delivery import dispatch
from social_queue.delivery.errands import run
from social_queue.models import Errand, Heartbeat, Post
from social_queue.operations.recalling import asking
from tests import factories
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)

#: How long a call takes that nobody answers.
CALL_S = 35.0
#: So many of the six are begun in the time of two: the last call of these may end between a look and a claim.
IN_TIME = (2, 3)


@pytest.fixture
def hanging(sandbox, settings, monkeypatch):
    """Six deletions on an account that hangs, and one on another, all due; the moment of the tests' own stopwatch."""
    settings.UNDO_SECONDS = 10
    hangs, works = factories.make_account(slug="hangs"), factories.make_account(slug="works")
    for account in (*[hangs] * 6, works):
        factories.make_post(factories.make_item(publish_at=timezone.now() - timedelta(minutes=1)), account)
    assert dispatch.drain(clock=timezone.now) == {"published": 7}
    asking.recall(Post.objects.order_by("pk"), now=timezone.now() - timedelta(seconds=11))
    passed, original = [0.0], Facebook.take_back

    def take_back(self, external_id):
        if self.address == hangs.address:
            passed[0] += CALL_S
            raise TransientError("It did not answer.")
        original(self, external_id)

    monkeypatch.setattr(Facebook, "take_back", take_back)
    monkeypatch.setattr(run, "monotonic", lambda: passed[0])
    return passed


def test_after_their_time_none_is_taken_up(hanging):
    counts = run.drain(clock=Clock(), ends=hanging[0] + 2 * CALL_S)
    assert counts["transient"] in IN_TIME and counts["recalled"] == 1
    assert Post.objects.get(account__slug="works").status == "recalled"
    waiting = Errand.objects.filter(ended_at=None)
    assert waiting.count() == 6 and waiting.filter(failures_in_row=1).count() == counts["transient"]


def test_a_task_goes_on_to_its_end_within_its_time(hanging, settings, monkeypatch):
    settings.Q_TIMEOUT = 4 * CALL_S
    monkeypatch.setattr(tasks, "monotonic", lambda: hanging[0])
    counts = tasks.reconcile_tick()
    assert counts["transient"] in IN_TIME and counts["recalled"] == 1
    assert Heartbeat.objects.filter(name="reconcile", beat_at__isnull=False).exists()


def test_a_command_goes_on_until_nothing_is_due(hanging):
    assert run.drain(clock=Clock()) == {"transient": 6, "recalled": 1}
