"""What no amount of trying mends is left to a human soon, with what the platform said."""

import pytest

from connectors.errors import TransientError
from connectors.facebook import Facebook
from social_queue.delivery.errands import decisions, run
from social_queue.models import Alert, Errand, PlatformAccount, Post
from social_queue.operations.recalling import asking
from tests.delivery import corrected
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clock(settings):
    settings.UNDO_SECONDS = 10
    return Clock()


@pytest.mark.parametrize("what", ["recall", "correct"])
def test_a_group_that_moved_keeps_what_was_said_in_the_old_one(sandbox, clock, what):
    post = corrected.published(clock, "telegram")
    if what == "recall":
        asking.recall([post], now=clock())
    else:
        corrected.ask(post, clock)
    clock.forward(seconds=10)
    sandbox.scenario(post.account.address, "migrate")

    outcome = "not_recallable" if what == "recall" else "not_correctable"
    assert run.drain(clock=clock) == {outcome: 1}

    post.refresh_from_db()
    assert (post.status, post.error_kind) == ("published", outcome)
    assert "new id is" in post.error and "a day of tries" not in post.error
    assert Alert.objects.get().kind == outcome
    # Where the next post goes is found out by the next post.
    assert PlatformAccount.objects.get().address == post.account.address


@pytest.mark.parametrize("failed_before", [0, 2])
def test_a_fault_that_lasts_for_hours_is_tried_three_times_in_a_day(sandbox, clock, monkeypatch, failed_before):
    def fatal(self, external_id):
        raise TransientError("Fatal", for_hours=True)

    post = corrected.published(clock, "facebook")
    asking.recall([post], now=clock())
    Errand.objects.update(failures_in_row=failed_before)
    monkeypatch.setattr(Facebook, "take_back", fatal)
    clock.forward(seconds=10)
    for _try in range(2):
        assert run.drain(clock=clock) == {"transient": 1}
        assert Errand.objects.get().not_before == clock() + decisions.FOR_HOURS
        clock.forward(seconds=decisions.FOR_HOURS.total_seconds() - 1)
        assert run.drain(clock=clock) == {}
        clock.forward(seconds=1)
    assert run.drain(clock=clock) == {"not_recallable": 1}
    assert "Fatal" in Post.objects.get().error
