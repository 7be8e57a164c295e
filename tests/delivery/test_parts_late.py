"""Answers about a follow-up that come late, or are written once more: what they prove counts, and counts once."""

import copy

import pytest

from connectors.base import Published
from connectors.errors import FollowUpsRefused
from social_queue.delivery import claim, deliver
from social_queue.delivery.parts import delivering, leases, outcomes
from social_queue.models import Alert, Part, PlatformAccount
from social_queue.operations.following import acts
from tests import factories
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def sent(sandbox, media_root, clock):
    """(part, attempt) of a follow-up that is past its point of no return."""

    def of(platform="facebook"):
        account = factories.make_account(platform, options={"follow_ups": True})
        factories.make_post(factories.make_item(publish_at=clock(), follow_ups=[{"text": "Read on"}]), account)
        [first] = claim.claim(now=clock(), worker="slow", limit=20).attempts
        deliver.deliver(first, clock=clock)
        [attempt] = claim.claim(now=clock(), worker="slow", limit=20).attempts
        part = Part.objects.select_related("post__account", "post__item").get()
        assert delivering.begin_sending(part, attempt, now=clock())
        return part, attempt

    return of


@pytest.mark.parametrize(("given", "stands", "told"), [("", "1_2", 0), ("1_2", "1_2", 0), ("1_3", "1_3", 1)])
def test_one_that_a_person_has_seen_is_named_by_its_late_answer(sent, clock, given, stands, told):
    part, attempt = sent()
    clock.forward(minutes=6)
    leases.expire(clock())
    assert acts.confirm_published(Part.objects.get(), now=clock(), external_id=given)
    outcomes.record(part, attempt, Published("1_2"), now=clock())
    assert (Part.objects.get().status, Part.objects.get().external_id) == ("published", stands)
    assert Alert.objects.filter(kind="double_risk").count() == told


def test_the_answer_of_one_that_is_gone_since_rings_nobody_when_it_is_written_once_more(sent, clock):
    part, attempt = sent()
    outcomes.record(copy.deepcopy(part), attempt, Published("1_2"), now=clock())
    Part.objects.update(status="recalled")
    outcomes.record(part, attempt, Published("1_2"), now=clock())
    assert (Part.objects.get().status, Alert.objects.count()) == ("recalled", 0)


def test_a_refusal_that_is_written_once_more_counts_once(sent, clock):
    part, attempt = sent("twitter")
    for _commit_whose_answer_was_lost in range(2):
        outcomes.record(copy.deepcopy(part), attempt, FollowUpsRefused("Not summoned."), now=clock())
    account = PlatformAccount.objects.get()
    assert (account.follow_ups_refused, account.options["follow_ups"]) == (1, True)
    assert not Alert.objects.filter(kind="follow_ups_off").exists()
