"""A long upload is cut into attempts that go on where the last one stopped, before a worker is taken for dead."""

from datetime import datetime

import pytest

from connectors import uploads
from connectors.facebook import Facebook
from social_queue.delivery import claim, deliver
from social_queue.media import carried, originals
from social_queue.media.carried import Medium
from social_queue.models import Attempt, Post
from tests import factories
from tests.support.clock import Clock
from tests.support.videos import large

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


class OnASlowLine(Clock):
    """A clock that goes on by half a minute whenever somebody looks at it."""

    def __call__(self) -> datetime:
        self.forward(seconds=30)
        return super().__call__()


@pytest.fixture
def film(media_root, tmp_path, monkeypatch):
    """A post for Facebook with a video of that shape, which is asked after each of its pieces whether it goes on."""
    monkeypatch.setattr(uploads, "ASK_EVERY_S", 0.0)

    def of(clock, **shape) -> Post:
        path = large(tmp_path / "film.mp4", 4_000_000, **shape)
        with path.open("r+b") as file:
            row = originals.keep(file, now=clock())[0]
        media = [Medium(name=row.file, alt="A bridge", file=row)]
        item = factories.make_item(publish_at=clock(), **carried.columns(media))
        carried.replace(item, media)
        return factories.make_post(item, factories.make_account("facebook"))

    return of


def deliver_one(clock) -> Post:
    [attempt] = claim.claim(now=clock.moment, worker="tests", limit=1).attempts
    deliver.deliver(attempt, clock=clock)
    return Post.objects.get()


def test_a_video_that_goes_up_in_one_piece_says_that_it_takes_too_long(sandbox, film):
    clock = OnASlowLine()
    film(clock, width=1280, height=720, seconds=120)
    for number in range(1, 5):
        post = deliver_one(clock)
        assert post.failures_in_row == number, post.error
        clock.moment = post.not_before
    assert (post.status, post.error_kind) == ("failed", "transient")
    assert "of its 4.0 MB were sent" in post.error and "PREPARE_BUDGET" in post.error
    assert set(Attempt.objects.values_list("outcome", flat=True)) == {"transient"}
    assert sandbox.wall == [] and sandbox.creating_calls() == []


def test_a_reel_that_takes_too_long_goes_on_in_the_next_attempt(sandbox, film):
    slow = OnASlowLine()
    film(slow, width=720, height=1280, seconds=20)
    post = deliver_one(slow)
    assert (post.status, post.error_kind, post.failures_in_row) == ("pending", "not_ready", 0)
    begun = post.draft_ref
    assert begun
    post = deliver_one(Clock(post.not_before))
    assert (post.status, post.draft_ref) == ("published", begun)
    assert len(sandbox.wall) == 1
