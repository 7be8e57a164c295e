"""After a run in which workers and senders were killed the events say what the statuses say, and everybody heard it."""

import random
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from benchmarks.chaos import verdict
from social_queue.delivery import dispatch
from social_queue.delivery.sweeps import leases, reconcile
from social_queue.events import numbering, receivers, sending
from social_queue.models import Event, Heartbeat, Post, Subscription
from tests import factories
from tests.support import children
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)


def _kill_some(chance: random.Random, *arguments: str, lives: int, progress: Callable[[], int]) -> int:
    """Start it, wait until it has got a little further, kill it; how often it was in the middle of something."""
    killed = 0
    for _life in range(lives):
        target, until = progress() + chance.randint(1, 4), time.monotonic() + 60
        with children.start(*arguments) as child:
            while progress() < target and child.poll() is None and time.monotonic() < until:
                time.sleep(0.005)
            time.sleep(chance.uniform(0, 0.03))
            child.kill()
            child.communicate()
        killed += child.returncode < 0
    return killed


def _settle(clock: Clock) -> None:
    for _round in range(8):
        clock.forward(minutes=5)
        leases.expire_leases(clock())
        reconcile.reconcile_unknown(clock())
        dispatch.drain(clock=clock)


def test_the_events_equal_the_statuses_after_a_run_with_kills(sandbox, media_root, settings):
    chance = random.Random(3)
    accounts = [factories.make_account(platform) for platform in ("facebook", "telegram", "twitter")]
    for _item in range(6):
        factories.make_item(*accounts, publish_at=timezone.now() - timedelta(seconds=1))
    assert _kill_some(chance, "manage.py", "dispatch", lives=3, progress=lambda: len(sandbox.wall))
    _settle(Clock())
    assert verdict.mistold() == []
    assert Post.objects.filter(status="published").exists()


def test_a_receiver_hears_everything_in_order_although_senders_are_killed(receiver, happen):
    chance, one = random.Random(5), receiver(slow=0.02)
    receivers.make(one.url)
    happen(150)
    # A killed sender's hold on the receiver, and its role, end by themselves; here they are ended for it.
    for _again in range(3):
        assert _kill_some(chance, "manage.py", "deliver_events", lives=1, progress=lambda: len(one.asked))
        Subscription.objects.update(held_until=None)
        Heartbeat.objects.update(held_until=None)
    later = Clock()
    later.forward(minutes=2)
    sending.deliver_due(clock=later, seconds=240)  # however loaded the machine is
    heard = list(dict.fromkeys(event["sequence"] for event in one.heard))
    assert heard == list(Event.objects.order_by("sequence").values_list("sequence", flat=True))
    assert len(one.heard) <= len(heard) + 3  # at least once: what was under way at a death comes again
    assert numbering.last() == heard[-1]
