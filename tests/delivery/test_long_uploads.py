"""A long upload is cut into attempts that go on where the last one stopped, before a worker is taken for dead."""

import pytest

from connectors.facebook import Facebook
from social_queue.delivery import claim, deliver
from social_queue.models import Attempt, Post
from tests import factories
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)


def test_preparing_that_takes_too_long_is_put_off_with_all_that_is_done(sandbox, settings, monkeypatch):
    settings.PREPARE_BUDGET = 80
    clock, seen = Clock(), []

    def prepare(self, outgoing, draft, keep):
        seen.append(draft)
        for piece in range(int(draft or 0), 5):
            clock.forward(seconds=30)
            keep(str(piece + 1))
        return draft

    monkeypatch.setattr(Facebook, "prepare", prepare)
    factories.make_item(factories.make_account("facebook"), publish_at=clock())
    [attempt] = claim.claim(now=clock(), worker="tests", limit=1).attempts
    deliver.deliver(attempt, clock=clock)
    post = Post.objects.get()
    assert (post.status, post.draft_ref, post.failures_in_row) == ("pending", "3", 0)
    assert Attempt.objects.get().outcome == "not_ready"

    clock.moment = post.not_before
    [again] = claim.claim(now=clock(), worker="tests", limit=1).attempts
    deliver.deliver(again, clock=clock)
    assert seen == ["", "3"]
    assert len(sandbox.wall) == 1
