"""Answers that come after the lease ran out and somebody else moved the post: what they prove still counts."""

import copy
from datetime import timedelta

import pytest

from connectors import errors
from connectors.base import Published
from social_queue.delivery import claim, deliver, dispatch, outcomes
from social_queue.delivery.errands import doing
from social_queue.delivery.sweeps import leases, reconcile
from social_queue.models import Alert, Post
from social_queue.operations import posts
from social_queue.operations import undecided as undecided_acts
from social_queue.operations.recalling import asking as recalling
from tests import factories
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)


def read():
    return Post.objects.select_related("account", "item").get()


@pytest.fixture
def undecided(facebook_account, now):
    """An attempt that was sent and whose lease ran out under a live worker."""
    factories.make_item(facebook_account, publish_at=now)
    [attempt] = claim.claim(now=now, worker="slow", limit=20).attempts
    assert deliver.begin_sending(attempt, now=now)
    leases.expire_leases(now + timedelta(minutes=6))
    return attempt


class TestWhatAPersonHasSeen:
    """Somebody said "I can see it"; then the worker goes on and knows what it is called."""

    @pytest.mark.parametrize("given", ["", "https://example.com/seen"])
    def test_it_gets_its_own_id_and_can_be_taken_back(self, sandbox, undecided, now, given):
        later = now + timedelta(minutes=7)
        assert undecided_acts.confirm_published(read(), now=later, permalink=given)
        assert read().external_id.startswith("seen-") and doing.why_it_stays(read(), now=later)
        outcomes.record(undecided, Published("1_2"), now=later + timedelta(minutes=1))
        post = read()
        assert (post.status, post.external_id, post.permalink, post.published_at) == ("published", "1_2", given, later)
        assert doing.why_it_stays(post, now=later) == ""
        assert not Alert.objects.filter(resolved_at=None).exists()

    def test_also_after_it_could_not_be_taken_back(self, sandbox, undecided, now, settings):
        settings.UNDO_SECONDS = 0
        later = now + timedelta(minutes=7)
        undecided_acts.confirm_published(read(), now=later)
        recalling.recall([read()], now=later)
        assert dispatch.drain(clock=lambda: later) == {"not_recallable": 1}
        outcomes.record(undecided, Published("1_2", "https://example.com/1_2"), now=later)
        assert (read().external_id, read().permalink) == ("1_2", "https://example.com/1_2")
        assert not Alert.objects.filter(kind="double_risk").exists()

    def test_when_it_was_tried_again_since_both_may_be_out(self, undecided, now):
        later = now + timedelta(minutes=7)
        reconcile.found_out(read(), None, now=later)
        [second] = claim.claim(now=later, worker="w", limit=1).attempts
        assert deliver.begin_sending(second, now=later)
        outcomes.record(second, errors.OutcomeUnknown("hung up"), now=later)
        undecided_acts.confirm_published(read(), now=later)
        outcomes.record(undecided, Published("1_2"), now=later)
        assert read().external_id.startswith("seen-")
        assert Alert.objects.get(resolved_at=None).kind == "double_risk"


def test_an_answer_written_once_more_after_the_post_was_taken_back_rings_nobody(sandbox, facebook_account, settings):
    settings.UNDO_SECONDS = 0
    clock = Clock()
    factories.make_post(factories.make_item(publish_at=clock()), facebook_account)
    [attempt] = claim.claim(now=clock(), worker="w", limit=1).attempts
    came = deliver.answer(attempt, clock=clock)
    # The database did it, and its answer was lost.
    outcomes.record(copy.deepcopy(attempt), came.result, now=clock())
    recalling.recall([read()], now=clock())
    assert dispatch.drain(clock=clock) == {"recalled": 1}
    came.record()
    assert (read().status, Alert.objects.count(), sandbox.wall) == ("recalled", 0, [])


class TestAnswersThatComeLate:
    """The lease ran out under a live worker, somebody moved the post, and then the answer comes."""

    @pytest.fixture
    def attempt(self, undecided):
        return undecided

    def test_a_success_publishes_what_was_judged_absent_and_nothing_is_sent_again(self, sandbox, attempt, now):
        later = now + timedelta(minutes=7)
        assert reconcile.found_out(read(), None, now=later) == "pending"
        outcomes.record(attempt, Published("1_2"), now=later)
        assert (read().status, read().external_id) == ("published", "1_2")
        assert dispatch.drain(clock=lambda: later) == {}
        assert (sandbox.wall, Alert.objects.count()) == ([], 0)

    def test_a_success_of_which_everybody_knows_rings_nobody(self, attempt, now):
        later = now + timedelta(minutes=7)
        reconcile.found_out(read(), Published("1_2"), now=later)
        outcomes.record(attempt, Published("1_2"), now=later)
        assert Alert.objects.count() == 0

    def test_another_id_than_the_one_that_was_found_may_be_a_second_post(self, attempt, now):
        later = now + timedelta(minutes=7)
        reconcile.found_out(read(), Published("1_2"), now=later)
        outcomes.record(attempt, Published("1_3"), now=later)
        assert (read().status, read().external_id) == ("published", "1_2")
        alert = Alert.objects.get()
        assert (alert.kind, "1_3" in alert.text) == ("double_risk", True)

    @pytest.mark.parametrize("fault", [KeyError("id"), errors.ConnectorError("of no kind")])
    def test_a_fault_of_ours_does_not_send_an_undecided_post_again(self, attempt, now, fault):
        outcomes.record(attempt, fault, now=now + timedelta(minutes=7))
        assert read().status == "unknown"

    def test_a_success_of_an_older_try_while_a_newer_one_is_undecided_is_told(self, attempt, now):
        later = now + timedelta(minutes=7)
        reconcile.found_out(read(), None, now=later)
        [second] = claim.claim(now=later, worker="w", limit=1).attempts
        assert deliver.begin_sending(second, now=later)
        outcomes.record(second, errors.OutcomeUnknown("hung up"), now=later)
        outcomes.record(attempt, Published("1_2"), now=later)
        assert (read().status, Alert.objects.get().kind) == ("unknown", "double_risk")

    @pytest.mark.parametrize("moved_to", ["pending", "cancelled", "published"])
    def test_a_refusal_moves_nothing_that_is_decided(self, attempt, now, moved_to):
        later = now + timedelta(minutes=7)
        if moved_to == "cancelled":
            posts.cancel([read()], now=later)
        else:
            reconcile.found_out(read(), Published("1_2") if moved_to == "published" else None, now=later)
        before = Post.objects.values().get()
        outcomes.record(attempt, errors.Rejected("no"), now=later + timedelta(minutes=1))
        assert Post.objects.values().get() == before

    def test_a_refusal_whose_post_somebody_moved_rings_nobody(self, attempt, now):
        posts.cancel([read()], now=now + timedelta(minutes=7))
        outcomes.record(attempt, errors.Rejected("no"), now=now + timedelta(minutes=8))
        assert Alert.objects.count() == 0
