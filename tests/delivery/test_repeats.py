"""A platform that refuses a post as a repeat, while the post it repeats is no longer there."""

import pytest

from connectors import errors
from social_queue.delivery import claim, deliver, dispatch, outcomes
from social_queue.delivery.sweeps import reconcile
from social_queue.models import Alert, Post
from social_queue.operations import posts
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

    posts.retry([read(post)], now=clock())
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


@pytest.fixture
def undecided(facebook_account, now):
    """A post that the platform was asked to publish twice and of which nobody knows anything."""
    item = factories.make_item(publish_at=now)
    return factories.make_post(item, facebook_account, status="unknown", attempts_made=2, failures_in_row=1)


def refused(post, **fields):
    return factories.make_attempt(post, **({"sent_at": factories.NOW, "ended_at": factories.NOW} | fields))


@pytest.mark.parametrize(
    "words", ["It may be our own post, whose answer was lost.", "Reworded, shortened or translated", ""]
)
def test_a_refused_repeat_is_known_by_its_kind_whatever_its_words(undecided, now, words):
    for _ in range(2):
        refused(undecided, outcome="repeat_refused", error=words)
    assert reconcile.found_out(undecided, None, now=now) == "failed"
    assert "still remembers an identical text" in read(undecided).error


def test_a_refusal_written_down_before_it_had_a_kind_still_counts(undecided, now):
    old = "Duplicate status message. It may be our own post whose answer was lost."
    refused(undecided, outcome="outcome_unknown", error=old)
    refused(undecided, outcome="repeat_refused", error="Duplicate status message.")
    assert reconcile.found_out(undecided, None, now=now) == "failed"


def test_refused_repeats_of_long_ago_do_not_fail_a_post_whose_last_try_was_lost_otherwise(undecided, now):
    for outcome in ("repeat_refused", "repeat_refused", "outcome_unknown"):
        refused(undecided, outcome=outcome, error="hung up")
    type(undecided).objects.update(attempts_made=3)
    undecided.refresh_from_db()
    assert reconcile.found_out(undecided, None, now=now) == "pending"


def test_a_platform_that_refuses_a_repeat_leaves_it_undecided_under_a_kind_of_its_own(facebook_account, now):
    factories.make_item(facebook_account, publish_at=now)
    [attempt] = claim.claim(now=now, worker="w", limit=1).attempts
    assert deliver.begin_sending(attempt, now=now)
    delivery = outcomes.record(attempt, errors.RepeatRefused("The same was posted already."), now=now)
    attempt.refresh_from_db()
    post = read(attempt.post)
    assert (delivery.outcome, attempt.outcome) == ("repeat_refused", "repeat_refused")
    assert (post.status, post.error_kind, post.failures_in_row) == ("unknown", "repeat_refused", 0)
