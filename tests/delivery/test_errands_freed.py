"""A correction whose worker stood still is freed, and a follow-up has the account by the time that it goes on."""

from datetime import timedelta

import pytest

from connectors.errors import TransientError
from connectors.facebook import Facebook
from connectors.telegram import Telegram
from social_queue.delivery import claim, deliver, dispatch
from social_queue.delivery.errands import doing, ends, taking, vanished
from social_queue.delivery.sweeps import rounds
from social_queue.models import Attempt, Errand, Event, Part, Post
from social_queue.operations.recalling import asking as recalling
from tests import factories
from tests.delivery.corrected import NEW, ask
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _at_once(settings):
    settings.UNDO_SECONDS = 0


@pytest.fixture
def clock():
    return Clock()


def corrected_while_a_reply_waits(clock, platform="facebook") -> Attempt:
    """A correction that a worker elsewhere has taken up, of a post whose follow-up is due in twenty seconds."""
    account = factories.make_account(platform)
    factories.make_post(factories.make_item(publish_at=clock(), follow_ups=[{"text": "Read on"}]), account)
    [attempt] = claim.claim(now=clock(), worker="w", limit=1).attempts
    deliver.deliver(attempt, clock=clock)
    Part.objects.update(not_before=clock() + timedelta(seconds=20))
    ask(Post.objects.get(), clock)
    clock.forward(seconds=1)
    [errand] = taking.claim(now=clock(), worker="elsewhere:1", limit=1)
    return errand


def freed_and_a_reply_claimed(clock) -> Attempt:
    """Its worker stands still for longer than its lease; another sends what follows."""
    clock.forward(seconds=20)
    assert vanished.expire(clock()) == 1
    [reply] = claim.claim(now=clock(), worker="other:2", limit=1).attempts
    assert reply.part_number == 2
    return reply


def stands_still_in(monkeypatch, connector, clock, *, fault=None) -> list[Attempt]:
    """The next correction of the connector does so, and then goes through or meets ``fault``. Returns the reply."""
    replies, correct = list[Attempt](), connector.correct

    def slow(self, correction):
        monkeypatch.setattr(connector, "correct", correct)
        replies.append(freed_and_a_reply_claimed(clock))
        if fault:
            raise fault
        return correct(self, correction)

    monkeypatch.setattr(connector, "correct", slow)
    return replies


@pytest.mark.parametrize("fault", [None, TransientError("Nobody answered.")])
def test_a_late_answer_frees_no_account_under_the_call_of_another(sandbox, clock, monkeypatch, fault):
    errand = corrected_while_a_reply_waits(clock)
    stands_still_in(monkeypatch, Facebook, clock, fault=fault)
    doing.carry_out(errand, clock=clock)
    post = Post.objects.get()
    assert (post.in_flight_account, Part.objects.get().status) == (post.account_id, "publishing")
    factories.make_item(post.account, publish_at=clock())
    assert claim.claim(now=clock(), worker="third:3", limit=1).attempts == []
    assert Errand.objects.filter(ended_at=None).count() == (1 if fault else 0)
    assert (post.caption == NEW) is (fault is None), "What the platform said of the words counts, however late."


def test_what_was_freed_before_its_call_is_left_to_the_next_worker(sandbox, clock):
    errand = corrected_while_a_reply_waits(clock)
    reply = freed_and_a_reply_claimed(clock)
    assert doing.carry_out(errand, clock=clock) is None
    assert [posting.text for posting in sandbox.wall] != [NEW]
    assert deliver.deliver(reply, clock=clock).outcome == "published"
    assert dispatch.drain(clock=clock) == {"corrected": 1}
    assert [posting.text for posting in sandbox.wall if not posting.reply_to] == [NEW]


def test_a_worker_that_says_too_late_that_it_lives_has_no_account_freed_under_another(sandbox, clock):
    errand = corrected_while_a_reply_waits(clock)
    freed_and_a_reply_claimed(clock)
    taking.hold_on([errand], now=clock())
    clock.forward(seconds=16)
    vanished.expire(clock())
    post = Post.objects.get()
    assert (post.in_flight_account, Part.objects.get().status) == (post.account_id, "publishing")


def test_no_reply_is_left_below_a_post_that_is_taken_back_meanwhile(sandbox, clock, monkeypatch):
    errand = corrected_while_a_reply_waits(clock, "telegram")
    replies = stands_still_in(monkeypatch, Telegram, clock)
    doing.carry_out(errand, clock=clock)
    follow_up = Telegram.follow_up

    def and_then_it_is_asked_back(self, words):
        came = follow_up(self, words)
        recalling.recall([Post.objects.get()], now=clock())
        clock.forward(seconds=1)
        for one in taking.claim(now=clock(), worker="third:3", limit=5):
            doing.carry_out(one, clock=clock)
        return came

    monkeypatch.setattr(Telegram, "follow_up", and_then_it_is_asked_back)
    [reply] = replies
    deliver.deliver(reply, clock=clock)
    for _ in range(3):
        clock.forward(minutes=5)
        rounds.settle(clock())
        dispatch.drain(clock=clock)
    assert (Post.objects.get().status, sandbox.wall) == ("recalled", [])


def test_a_correction_that_is_written_down_once_more_is_told_once(sandbox, clock):
    errand = corrected_while_a_reply_waits(clock)
    assert doing.begin(errand, now=clock())
    wish = Errand.objects.get()
    for _commit_whose_answer_was_lost in range(2):
        assert ends.record(errand, wish, None, now=clock()).outcome == "corrected"
    assert Event.objects.filter(type="post.corrected").count() == 1
    assert Post.objects.get().in_flight_account is None
