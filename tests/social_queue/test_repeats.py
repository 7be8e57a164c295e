"""A platform that refuses a post as a repeat, while the post it repeats is no longer there."""

import pytest

from social_queue import dispatch, operations, reconcile
from social_queue.models import Alert, Post
from tests import factories
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)

#: The platforms that refuse the same again.
REFUSING = ["facebook", "twitter"]


@pytest.fixture
def clock():
    return Clock()


def deleted_by_hand(sandbox, platform, clock):
    """A post whose answer was lost and that somebody then deleted; the platform still remembers its words."""
    account = factories.make_account(platform)
    sandbox.scenario(account.address, "accept_then_hang_up", times=1)
    post = factories.make_post(factories.make_item(publish_at=clock()), account)
    dispatch.drain(clock=clock)
    with sandbox.world.lock:
        sandbox.world.wall.clear()
    sandbox.scenario(account.address, "duplicate")
    return post


def let_time_pass(clock, *, minutes):
    for _ in range(minutes // 5):
        clock.forward(minutes=5)
        reconcile.reconcile_unknown(clock())
        dispatch.drain(clock=clock)


def read(post):
    return Post.objects.select_related("account", "item").get(pk=post.pk)


@pytest.mark.parametrize("platform", REFUSING)
def test_it_fails_after_the_second_refusal_and_says_what_to_press(sandbox, media_root, clock, platform):
    post = deleted_by_hand(sandbox, platform, clock)

    let_time_pass(clock, minutes=60)

    post = read(post)
    assert (post.status, post.error_kind, post.item.status, sandbox.wall) == ("failed", "rejected", "failed", [])
    assert len(sandbox.creating_calls()) == 3, "the lost one and two that were refused"
    assert "still remembers an identical text that is no longer there" in post.error
    assert "Reword the post, then press Retry" in post.error
    alert = Alert.objects.get()
    assert (alert.kind, post.error in alert.text) == ("rejected", True)


def test_one_refusal_is_not_enough_since_a_listing_may_lag(sandbox, media_root, clock):
    post = deleted_by_hand(sandbox, "twitter", clock)
    sandbox.scenario(post.account.address, "duplicate", times=1)

    let_time_pass(clock, minutes=15)

    assert (read(post).status, len(sandbox.wall), Alert.objects.count()) == ("published", 1, 0)


def test_the_same_words_retried_are_refused_once_more_and_given_up_at_once(sandbox, media_root, clock):
    post = deleted_by_hand(sandbox, "twitter", clock)
    let_time_pass(clock, minutes=60)

    operations.retry([read(post)], now=clock())
    let_time_pass(clock, minutes=60)

    assert (read(post).status, len(sandbox.creating_calls())) == ("failed", 4)


def test_a_refused_repeat_that_is_found_after_all_is_published(sandbox, media_root, clock):
    account = factories.make_account("twitter")
    post = factories.make_post(factories.make_item(publish_at=clock()), account)
    sandbox.scenario(account.address, "accept_then_hang_up", times=1)
    dispatch.drain(clock=clock)
    [hidden] = sandbox.wall
    with sandbox.world.lock:
        sandbox.world.wall.clear()
    sandbox.scenario(account.address, "duplicate")
    let_time_pass(clock, minutes=5)
    assert read(post).status == "unknown"
    with sandbox.world.lock:
        sandbox.world.wall.append(hidden)

    let_time_pass(clock, minutes=5)

    assert (read(post).status, read(post).external_id) == ("published", hidden.id)


def test_an_outage_between_is_no_refusal(sandbox, media_root, clock):
    """Surely absent after a lost answer counts as a failure like any other, not as a repeat."""
    account = factories.make_account("twitter")
    post = factories.make_post(factories.make_item(publish_at=clock()), account)
    sandbox.scenario(account.address, "server_error")

    let_time_pass(clock, minutes=60)

    post = read(post)
    assert (post.status, "remembers" in post.error) == ("failed", False)
    assert Alert.objects.order_by("-pk").first().kind == "given_up"
