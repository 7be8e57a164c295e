"""A thread that is taken back leaves nothing behind, wherever its deletion stops."""

import pytest

from social_queue.delivery import dispatch
from social_queue.operations.recalling import asking
from tests import factories
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)


def a_thread(clock, platform):
    """A post of the platform that is out, with three follow-ups."""
    account = factories.make_account(platform, options={"follow_ups": True} if platform == "twitter" else {})
    texts = [{"text": f"Number {number}"} for number in (1, 2, 3)]
    post = factories.make_post(factories.make_item(publish_at=clock(), follow_ups=texts), account)
    dispatch.drain(clock=clock)
    assert post.parts.filter(status="published").count() == 3
    post.refresh_from_db()
    return post


def _later(clock, **by):
    """What a worker does some time later."""
    clock.forward(**by)
    return dict(dispatch.drain(clock=clock))


@pytest.mark.parametrize("platform", ["facebook", "instagram", "telegram", "twitter"])
def test_what_followed_goes_with_its_post(sandbox, media_root, settings, platform):
    clock, settings.UNDO_SECONDS = Clock(), 10
    post = a_thread(clock, platform)
    asking.recall([post], now=clock())
    assert _later(clock, seconds=10) == {"recalled": 1}
    assert sandbox.wall == []
    assert set(post.parts.values_list("status", flat=True)) == {"recalled"}


def test_a_thread_whose_deletion_dies_half_way_is_gone_in_the_end(sandbox, media_root, settings):
    clock, settings.UNDO_SECONDS = Clock(), 10
    post = a_thread(clock, "twitter")
    asking.recall([post], now=clock())
    # The newest reply goes first, so that no reply is left below something that is gone.
    sandbox.scenario(post.account.address, "accept_then_hang_up", times=1)
    _later(clock, seconds=10)
    assert [posting.text for posting in sandbox.wall][1:] == ["Number 1", "Number 2"]
    _later(clock, minutes=5)
    post.refresh_from_db()
    assert (post.status, sandbox.wall) == ("recalled", [])
