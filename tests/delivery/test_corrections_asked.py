"""Asking for another text: again, instead, back, called off, and beside taking back."""

import pytest

from social_queue.delivery.errands import doing, ends, run, taking
from social_queue.models import Errand, Event, PlatformAccount
from social_queue.operations import undecided
from social_queue.operations.correcting import asking
from social_queue.operations.recalling import asking as recalling
from social_queue.operations.recalling import calling_off
from tests import factories
from tests.delivery.corrected import NEW, ask, later, on_wall, published
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _ten_seconds(settings):
    settings.UNDO_SECONDS = 10


@pytest.fixture
def clock():
    return Clock()


class TestBesideTakingBack:
    def test_what_is_asked_back_gets_no_other_text_first(self, sandbox, clock):
        post = published(clock)
        ask(post, clock)
        recalling.recall([post], now=clock())
        with pytest.raises(asking.NotNow, match="taken back"):
            ask(post, clock, "Another")
        assert later(clock, seconds=10) == {"recalled": 1} and sandbox.wall == []
        assert not Errand.objects.filter(ended_at=None).exists()
        assert not Event.objects.filter(type="post.corrected").exists()

    def test_thought_better_of_the_correction_goes_on(self, sandbox, clock):
        post = published(clock)
        ask(post, clock)
        recalling.recall([post], now=clock())
        assert list(calling_off.call_off([post.pk], now=clock())) == [""]
        assert later(clock, seconds=10) == {"corrected": 1} and on_wall(sandbox) == [NEW]

    def test_what_has_to_stay_gets_it_after_all(self, sandbox, clock):
        post = published(clock, "telegram")
        clock.forward(hours=49)
        ask(post, clock)
        recalling.recall([post], now=clock())
        assert later(clock, seconds=10) == {"not_recallable": 1, "corrected": 1}
        post.refresh_from_db()
        assert on_wall(sandbox) == [NEW] and post.error_kind == "not_recallable"

    def test_of_what_is_gone_nothing_is_changed(self, sandbox, clock):
        post = published(clock)
        recalling.recall([post], now=clock())
        later(clock, seconds=10)
        with pytest.raises(asking.NotNow):
            ask(post, clock)


class TestAsking:
    def test_the_same_again_changes_nothing(self, sandbox, clock):
        post = published(clock)
        assert ask(post, clock).pk == ask(post, clock).pk
        assert later(clock, seconds=10) == {"corrected": 1}
        assert ask(post, clock) is None

    def test_another_text_replaces_one_that_waits(self, sandbox, clock):
        post = published(clock)
        ask(post, clock)
        clock.forward(seconds=5)
        ask(post, clock, "Better still.")
        assert later(clock, seconds=5) == {}
        assert later(clock, seconds=5) == {"corrected": 1}
        assert on_wall(sandbox) == ["Better still."] and post.attempts.count() == 2

    def test_one_that_replaces_what_is_under_way_comes_after_it(self, sandbox, clock):
        post = published(clock)
        first = post.caption
        ask(post, clock)
        clock.forward(seconds=10)
        [attempt] = taking.claim(now=clock(), worker="a", limit=1)
        sent = Errand.objects.get(ended_at=None)
        assert doing.begin(attempt, now=clock())
        ask(post, clock, "Better still.")
        ends.record(attempt, sent, None, now=clock())
        later(clock, seconds=10)
        assert on_wall(sandbox) == ["Better still."]
        post.refresh_from_db()
        assert post.caption == "Better still."
        assert [(one.old_text, one.text) for one in asking.history(post)] == [(NEW, "Better still."), (first, NEW)]

    def test_the_words_that_it_replaced_are_kept_each_time(self, sandbox, clock):
        post = published(clock)
        first = post.caption
        for text in (NEW, "Better still."):
            post.refresh_from_db()
            ask(post, clock, text)
            assert later(clock, seconds=10) == {"corrected": 1}
        assert [(one.old_text, one.text) for one in asking.history(post)] == [
            (NEW, "Better still."),
            (first, NEW),
        ]

    def test_back_to_what_it_reads_calls_it_off(self, sandbox, clock):
        post = published(clock)
        ask(post, clock)
        assert ask(post, clock, post.caption) is None
        assert later(clock, seconds=10) == {} and not Errand.objects.filter(ended_at=None).exists()

    def test_back_to_what_it_reads_after_a_try_is_a_correction_too(self, sandbox, clock):
        post = published(clock)
        ask(post, clock)
        sandbox.scenario(post.account.address, "accept_then_500", times=1)
        later(clock, seconds=10)
        assert on_wall(sandbox) == [NEW]
        ask(post, clock, post.caption)
        assert later(clock, seconds=10) == {"corrected": 1} and on_wall(sandbox) == [post.caption]

    def test_it_can_be_called_off_until_it_is_tried(self, sandbox, clock):
        post = published(clock)
        ask(post, clock)
        assert asking.call_off(post) and not asking.call_off(post)
        assert later(clock, seconds=10) == {}
        ask(post, clock)
        sandbox.scenario(post.account.address, "server_error", times=1)
        later(clock, seconds=10)
        assert not asking.call_off(post)

    @pytest.mark.parametrize("platform", ["instagram", "twitter"])
    def test_where_no_text_is_changed_it_says_so_at_once(self, sandbox, media_root, clock, platform):
        post = published(clock, platform)
        with pytest.raises(asking.NotOffered):
            ask(post, clock)
        assert not Errand.objects.exists()

    @pytest.mark.parametrize("status", ["pending", "failed", "cancelled", "publishing", "unknown"])
    def test_what_is_not_out_has_none_to_change(self, clock, status):
        with pytest.raises(asking.NotNow):
            ask(factories.make_post(status=status), clock)

    def test_only_an_id_that_is_ours_is_used(self, sandbox, clock):
        there = published(clock)
        unseen = factories.make_post(factories.make_item(publish_at=clock()), there.account, status="unknown")
        undecided.confirm_published(unseen, now=clock())
        with pytest.raises(asking.NotOffered, match="nobody knows its id"):
            ask(unseen, clock)
        ask(there, clock)
        PlatformAccount.objects.update(address="999")
        clock.forward(seconds=10)
        assert run.drain(clock=clock) == {"not_correctable": 1}
