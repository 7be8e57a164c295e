"""A thread that is taken back leaves nothing behind, wherever its deletion stops."""

import dataclasses
from datetime import timedelta

import pytest

from social_queue.delivery import claim, deliver, dispatch
from social_queue.delivery.errands import vanished
from social_queue.delivery.parts import leases
from social_queue.delivery.sweeps import rounds
from social_queue.models import Alert, Attempt, Errand, Post
from social_queue.operations.following import acts
from social_queue.operations.recalling import asking, calling_off
from tests import factories
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _ten_seconds(settings):
    settings.UNDO_SECONDS = 10


def a_post(clock, platform, texts=3):
    """A post of the platform that is due, with so many follow-ups."""
    account = factories.make_account(platform, options={"follow_ups": True} if platform == "twitter" else {})
    words = [{"text": f"Number {number}"} for number in range(1, texts + 1)]
    return factories.make_post(factories.make_item(publish_at=clock(), follow_ups=words), account)


def a_thread(clock, platform):
    """One that is out, with all that follows it."""
    post = a_post(clock, platform)
    dispatch.drain(clock=clock)
    assert post.parts.filter(status="published").count() == 3
    post.refresh_from_db()
    return post


def send(clock, parts):
    """The next parts of the thread go out, the post itself among them, and nothing else."""
    for _ in range(parts):
        [attempt] = claim.claim(now=clock(), worker="sender", limit=1).attempts
        deliver.deliver(attempt, clock=clock)
    return Post.objects.get()


def statuses(post):
    return list(post.parts.order_by("number").values_list("status", flat=True))


def _later(clock, **by):
    """What a worker does some time later."""
    clock.forward(**by)
    return dict(dispatch.drain(clock=clock))


@pytest.mark.parametrize("platform", ["facebook", "instagram", "telegram", "twitter"])
def test_what_followed_goes_with_its_post(sandbox, media_root, platform):
    clock = Clock()
    post = a_thread(clock, platform)
    asking.recall([post], now=clock())
    assert _later(clock, seconds=10) == {"recalled": 1}
    assert sandbox.wall == []
    assert set(statuses(post)) == {"recalled"}


def test_a_thread_whose_deletion_dies_half_way_is_gone_in_the_end(sandbox, media_root):
    clock = Clock()
    post = a_thread(clock, "twitter")
    asking.recall([post], now=clock())
    # The newest reply goes first, so that no reply is left below something that is gone.
    sandbox.scenario(post.account.address, "accept_then_hang_up", times=1)
    _later(clock, seconds=10)
    assert [posting.text for posting in sandbox.wall][1:] == ["Number 1", "Number 2"]
    _later(clock, minutes=5)
    post.refresh_from_db()
    assert (post.status, sandbox.wall) == ("recalled", [])


@pytest.mark.parametrize("platform", ["facebook", "telegram", "twitter"])
def test_what_falls_due_within_the_time_to_undo_does_not_go_out(sandbox, media_root, platform):
    clock = Clock()
    a_post(clock, platform)
    post = send(clock, 2)
    asking.recall([post], now=clock())
    assert not post.parts.filter(status="pending", not_before__isnull=False).exists()
    other = factories.make_post(factories.make_item(publish_at=clock()), post.account)
    assert _later(clock, seconds=9) == {"published": 1}, "The account's other posts do not wait for it."
    assert [one.id for one in sandbox.wall][2:] == [Post.objects.get(pk=other.pk).external_id]
    assert statuses(post) == ["published", "pending", "pending"]
    assert _later(clock, seconds=1) == {"recalled": 1}
    assert len(sandbox.wall) == 1 and statuses(post) == ["recalled", "cancelled", "cancelled"]


def test_a_part_whose_turn_came_all_the_same_stands_in_nobody_s_way(sandbox, media_root):
    clock = Clock()
    a_post(clock, "twitter")
    post = send(clock, 2)
    asking.recall([post], now=clock())
    post.parts.filter(number=3).update(not_before=clock())
    factories.make_post(factories.make_item(publish_at=clock()), post.account)
    assert _later(clock, seconds=9) == {"published": 1}
    assert statuses(post) == ["published", "pending", "pending"]


def test_what_is_under_way_when_it_is_asked_back_is_the_last_to_go_out(sandbox, media_root):
    clock = Clock()
    a_post(clock, "twitter")
    post = send(clock, 1)
    [attempt] = claim.claim(now=clock(), worker="sender", limit=1).attempts
    asking.recall([post], now=clock())
    assert deliver.deliver(attempt, clock=clock).outcome == "published"
    assert post.parts.get(number=3).not_before is None
    assert _later(clock, seconds=9) == {} and len(sandbox.wall) == 2
    assert _later(clock, seconds=1) == {"recalled": 1} and sandbox.wall == []


def test_what_failed_for_a_moment_is_not_tried_again_once_it_is_asked_back(sandbox, media_root):
    clock = Clock()
    a_post(clock, "twitter")
    post = send(clock, 1)
    [attempt] = claim.claim(now=clock(), worker="sender", limit=1).attempts
    asking.recall([post], now=clock())
    sandbox.scenario(post.account.address, "rate_limit", times=1, seconds=1)
    assert deliver.deliver(attempt, clock=clock).outcome == "rate_limited"
    post.parts.filter(number=2).update(waiting_since_at=None)
    assert post.parts.get(number=2).not_before is None
    assert _later(clock, minutes=5) == {"recalled": 1} and sandbox.wall == []


def test_a_thread_that_is_laid_after_it_was_asked_back_never_begins(sandbox, media_root):
    clock = Clock()
    post = a_post(clock, "twitter")
    [attempt] = claim.claim(now=clock(), worker="sender", limit=1).attempts
    post.refresh_from_db()
    asking.recall([post], now=clock())
    assert deliver.deliver(attempt, clock=clock).outcome == "published"
    assert _later(clock, seconds=9) == {} and len(sandbox.wall) == 1
    assert _later(clock, seconds=1) == {"recalled": 1} and sandbox.wall == []


def test_a_thread_that_stays_after_all_goes_on(sandbox, media_root):
    clock = Clock()
    a_post(clock, "twitter")
    post = send(clock, 2)
    asking.recall([post], now=clock())
    assert list(calling_off.call_off([post.pk], now=clock())) == [""]
    assert _later(clock, seconds=1) == {"published": 2}
    assert statuses(post) == ["published"] * 3


def test_nothing_more_follows_what_could_not_be_taken_back(sandbox, media_root):
    clock = Clock()
    a_post(clock, "telegram")
    post = send(clock, 2)
    other = factories.make_item(publish_at=clock() + timedelta(hours=1))
    factories.make_post(other, post.account)
    asking.recall([post], now=clock())
    sandbox.scenario(post.account.address, "no_permission", times=1)
    assert _later(clock, seconds=10) == {"not_recallable": 1}
    assert statuses(post) == ["published", "cancelled", "cancelled"]
    assert _later(clock, hours=1) == {"published": 1} and len(sandbox.wall) == 3


def undecided(sandbox, clock, platform, day):
    """A thread whose second follow-up nobody knows of: it went out, or not."""
    post = a_post(clock, platform)
    send(clock, 2)
    sandbox.scenario(post.account.address, day, times=1)
    send(clock, 1)
    assert statuses(post) == ["published", "unknown", "pending"]
    post.refresh_from_db()
    return post


def that_stays(sandbox, clock, day):
    """A thread whose second follow-up nobody knows of, below a post that was asked back and can't be deleted."""
    post = undecided(sandbox, clock, "facebook", day)
    asking.recall([post], now=clock())
    sandbox.scenario(post.account.address, "no_permission", times=1)
    assert _later(clock, seconds=10) == {"not_recallable": 1}
    assert statuses(post) == ["published", "unknown", "cancelled"]
    return post


@pytest.mark.parametrize(("day", "then"), [("server_error", "cancelled"), ("accept_then_hang_up", "published")])
def test_what_is_not_there_below_a_post_that_stays_never_follows_it(sandbox, media_root, day, then):
    clock = Clock()
    post = that_stays(sandbox, clock, day)

    for _ in range(3):
        clock.forward(minutes=5)
        rounds.settle(clock())
        dispatch.drain(clock=clock)

    assert statuses(post) == ["published", then, "cancelled"]
    assert not Alert.objects.filter(kind="undecided", resolved_at=None).exists()


def test_whoever_has_looked_below_a_post_that_stays_leaves_nothing_waiting(sandbox, media_root):
    clock = Clock()
    post = that_stays(sandbox, clock, "server_error")

    assert acts.deny_published(post.parts.get(status="unknown"), now=clock())
    dispatch.drain(clock=clock)

    assert statuses(post) == ["published", "cancelled", "cancelled"] and len(sandbox.wall) == 2


@pytest.mark.parametrize("day", ["accept_then_hang_up", "accept_then_500"])
def test_a_follow_up_of_which_nobody_knew_is_found_and_deleted(sandbox, media_root, day):
    clock = Clock()
    post = undecided(sandbox, clock, "twitter", day)
    asking.recall([post], now=clock())
    assert _later(clock, seconds=10) == {"recalled": 1}
    assert sandbox.wall == [] and statuses(post) == ["recalled", "recalled", "cancelled"]
    assert not Alert.objects.filter(resolved_at=None).exists()


def test_a_follow_up_that_is_not_there_holds_nothing_up_once_it_would_be_listed(
    sandbox, media_root, settings, curt_silence
):
    clock = Clock()
    post = undecided(sandbox, clock, "twitter", "drop_then_time_out")
    asking.recall([post], now=clock())
    # All else is gone at once; what is too young to be missed is asked about again.
    assert _later(clock, seconds=10) == {"transient": 1} and sandbox.wall == []
    assert "follow-up 2" in Errand.objects.get().post.error
    assert _later(clock, seconds=settings.RECONCILE_AFTER) == {"recalled": 1}
    assert statuses(post) == ["recalled", "cancelled", "cancelled"]
    assert not Alert.objects.filter(resolved_at=None).exists()


def test_a_platform_that_goes_on_not_telling_leaves_it_to_a_human(sandbox, media_root):
    clock = Clock()
    post = undecided(sandbox, clock, "twitter", "accept_then_hang_up")
    [_, missing] = [posting for posting in sandbox.wall if posting.reply_to]
    # Somebody wrote the same words elsewhere: which of the two is ours?
    sandbox.world.take_down(missing)
    sandbox.world.put_up(dataclasses.replace(missing, id=f"9{missing.id[1:]}", reply_to="1"))
    asking.recall([post], now=clock())
    outcomes = [_later(clock, seconds=seconds) for seconds in (10, 5, 30, 120)]
    assert outcomes == [{"transient": 1}] * 3 + [{"recalled": 1}]
    assert Alert.objects.get(kind="not_recallable").post == post and len(sandbox.wall) == 1


def test_where_nobody_can_be_asked_a_human_is_given_the_address(sandbox, media_root):
    clock = Clock()
    post = undecided(sandbox, clock, "telegram", "accept_then_hang_up")
    asking.recall([post], now=clock())
    assert _later(clock, seconds=10) == {"recalled": 1}
    post.refresh_from_db()
    assert (post.status, [one.text for one in sandbox.wall]) == ("recalled", ["Number 2"])
    [part] = post.parts.filter(status="unknown")
    assert (part.number, part.error_kind) == (3, "not_recallable") and post.permalink in part.error
    alert = Alert.objects.get(kind="not_recallable")
    assert post.permalink in alert.text and "Number 2" in alert.text and "as a whole" in alert.text

    # Nobody asks or sends anything any more; whoever has looked says so.
    for _ in range(8):
        clock.forward(minutes=5)
        rounds.settle(clock())
        dispatch.drain(clock=clock)
    assert len(sandbox.wall) == 1
    assert not acts.deny_published(part, now=clock()) and not acts.confirm_published(part, now=clock())
    assert acts.is_gone(part, now=clock())
    alert.refresh_from_db()
    assert alert.resolved_at == clock() and statuses(post) == ["recalled", "cancelled", "cancelled"]


def test_a_comment_goes_with_its_post_whether_anybody_knew_of_it_or_not(sandbox, media_root):
    clock = Clock()
    post = undecided(sandbox, clock, "facebook", "accept_then_hang_up")
    asking.recall([post], now=clock())
    assert _later(clock, seconds=10) == {"recalled": 1}
    assert sandbox.wall == [] and statuses(post) == ["recalled", "cancelled", "cancelled"]
    assert not Alert.objects.filter(kind="not_recallable").exists()


def test_a_worker_that_dies_while_it_sends_a_part_is_asked_about_before_the_post_goes(sandbox, media_root):
    clock = Clock()
    a_post(clock, "twitter")
    post = send(clock, 1)
    [attempt] = claim.claim(now=clock(), worker="elsewhere:1", limit=1).attempts
    asking.recall([post], now=clock())
    assert _later(clock, seconds=20) == {} and vanished.expire(clock()) == 0, "Its account is in the middle of a call."
    Attempt.objects.filter(pk=attempt.pk).update(sent_at=clock())
    clock.forward(minutes=6)
    leases.expire(clock())
    assert statuses(post) == ["unknown", "pending", "pending"]
    assert _later(clock, seconds=1) == {"recalled": 1} and sandbox.wall == []
