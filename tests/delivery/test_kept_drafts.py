"""A draft that is made in pieces is stored after each, and only by the attempt that holds the post."""

import pytest

from connectors.errors import TransientError
from connectors.facebook import Facebook
from social_queue.delivery import claim, deliver, dispatch
from social_queue.models import Attempt, Post
from tests import factories
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_piece_is_stored_before_the_next_one_is_tried(sandbox, monkeypatch):
    stored = []

    def prepare(self, outgoing, draft, keep):
        for piece in ("one", "one,two"):
            keep(piece)
            stored.append(Post.objects.get().draft_ref)
        raise TransientError("The third piece did not come about.")

    monkeypatch.setattr(Facebook, "prepare", prepare)
    clock = Clock()
    factories.make_item(factories.make_account("facebook"), publish_at=clock())
    dispatch.drain(clock=clock)
    post = Post.objects.get()
    assert (stored, post.draft_ref, post.status) == (["one", "one,two"], "one,two", "pending")


def test_an_attempt_that_was_overtaken_stores_nothing_and_sends_nothing(sandbox, monkeypatch):
    clock = Clock()

    def prepare(self, outgoing, draft, keep):
        Post.objects.update(attempts_made=2)
        keep("mine")
        pytest.fail("it went on")

    monkeypatch.setattr(Facebook, "prepare", prepare)
    factories.make_item(factories.make_account("facebook"), publish_at=clock())
    [attempt] = claim.claim(now=clock(), worker="tests", limit=1).attempts
    assert deliver.deliver(attempt, clock=clock) is None
    assert (Post.objects.get().draft_ref, Attempt.objects.get().sent_at, sandbox.wall) == ("", None, [])
