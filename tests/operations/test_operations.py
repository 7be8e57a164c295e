"""What people may do, each verb with several rows: how many it took, and why it left the others."""

from datetime import timedelta

import pytest

from social_queue.accounts import standing
from social_queue.accounts.channels import UnknownChannels
from social_queue.alerts import ledger
from social_queue.delivery import dispatch
from social_queue.models import Alert, Post, PostStatus, QueueItem
from social_queue.operations import accounts, editing, items
from social_queue.operations import posts as post_operations
from social_queue.operations.done import Done
from social_queue.operations.pressing import Pressing
from tests import factories
from tests.support.clock import Clock
from tests.support.crowd import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def posts(*numbers):
    rows = Post.objects.select_related("item", "account").order_by("pk")
    return rows.filter(pk__in=[post.pk for post in numbers]) if numbers else rows


@pytest.fixture
def in_state(facebook_account, now):
    """``in_state("failed", attempts_made=3)``: a post of its own account, its item settled."""

    def make(status, **fields):
        proof = {"external_id": "1_2"} if status == PostStatus.PUBLISHED else {}
        account = factories.make_account("facebook")
        return factories.make_post(factories.make_item(publish_at=now), account, status=status, **proof | fields)

    return make


def test_failed_posts_are_retried_afresh_and_others_are_left_with_a_reason(in_state, now):
    failed = in_state(
        PostStatus.FAILED,
        attempts_made=4,
        failures_in_row=4,
        caption="old",
        short_link="http://old",
        tracked_url="http://old",
        draft_ref="17",
        error="refused",
        error_kind="rejected",
    )
    edited = in_state(
        PostStatus.FAILED, attempts_made=1, caption="By hand", caption_edited=True, short_link="http://old"
    )
    others = [
        in_state(status)
        for status in (
            PostStatus.PENDING,
            PostStatus.PUBLISHED,
            PostStatus.UNKNOWN,
            PostStatus.PUBLISHING,
            PostStatus.CANCELLED,
        )
    ]

    done = post_operations.retry(posts(failed, edited, *others), now=now)

    assert done.taken == 2
    assert sum(done.skipped.values()) == 5
    assert done.skipped["is published, not failed"] == 1
    failed.refresh_from_db()
    edited.refresh_from_db()
    assert (failed.status, failed.not_before, failed.failures_in_row) == (PostStatus.PENDING, now, 0)
    assert (failed.caption, failed.short_link, failed.tracked_url, failed.draft_ref, failed.error) == ("",) * 5
    assert (edited.caption, edited.short_link) == ("By hand", "")
    assert failed.item.status == "posting"


def test_a_retried_post_goes_out(sandbox, in_state):
    clock = Clock()
    post = in_state(PostStatus.FAILED, attempts_made=4, failures_in_row=4)
    post_operations.retry(posts(), now=clock())
    assert dispatch.drain(clock=clock) == {"published": 1}
    post.refresh_from_db()
    assert (post.attempts_made, post.item.status) == (5, "posted")


def test_requeue_hurries_what_waits_and_retries_what_failed(in_state, now):
    waiting = in_state(PostStatus.PENDING, not_before=now + timedelta(hours=3))
    failed = in_state(PostStatus.FAILED, attempts_made=1)
    undecided = in_state(PostStatus.UNKNOWN, attempts_made=1)

    done = post_operations.requeue_now(posts(waiting, failed, undecided), now=now)

    assert (done.taken, done.skipped) == (2, {"is undecided": 1})
    assert set(posts(waiting, failed).values_list("status", "not_before")) == {(PostStatus.PENDING, now)}


def test_cancel_takes_what_is_not_out_and_says_what_it_left(in_state, now):
    taken = [
        in_state(PostStatus.PENDING),
        in_state(PostStatus.FAILED, attempts_made=1),
        in_state(PostStatus.UNKNOWN, attempts_made=1),
    ]
    left = [
        in_state(PostStatus.PUBLISHED),
        in_state(PostStatus.PUBLISHING, attempts_made=1),
        in_state(PostStatus.CANCELLED),
    ]
    alert = ledger.raise_for_post("undecided", taken[2], reason="r", now=now)

    done = post_operations.cancel(posts(*taken, *left), now=now)

    assert done == Done(3, {"is published": 1, "is publishing": 1, "is cancelled": 1})
    assert set(posts(*taken).values_list("status", flat=True)) == {PostStatus.CANCELLED}
    assert all(QueueItem.objects.get(pk=post.item_id).status == "cancelled" for post in taken)
    alert.refresh_from_db()
    assert alert.resolved_at


def test_rows_that_changed_since_they_were_read_are_left_alone(in_state, now):
    first, second = in_state(PostStatus.PENDING), in_state(PostStatus.FAILED, attempts_made=1)
    read = list(posts(first, second))
    Post.objects.update(attempts_made=7)
    assert post_operations.cancel(read, now=now) == Done(0, {"was changed meanwhile": 2})
    assert post_operations.retry(read[1:], now=now) == Done(0, {"was changed meanwhile": 1})
    assert post_operations.requeue_now(read[:1], now=now) == Done(0, {"was changed meanwhile": 1})


def test_two_editors_retry_the_same_post_once(in_state, now):
    in_state(PostStatus.FAILED, attempts_made=1)
    results = at_once(lambda number: post_operations.retry(list(posts()), now=now), 4)
    assert sum(done.taken for done in results) == 1


def test_verbs_on_an_item_take_its_own_posts(now, facebook_account, telegram_account):
    item = factories.make_item(facebook_account, telegram_account, publish_at=now)
    other = factories.make_item(facebook_account, publish_at=now)
    Post.objects.filter(item=item).update(status=PostStatus.FAILED, attempts_made=1)

    assert items.retry_item(item, now=now) == Done(2)
    assert items.requeue_item(item, now=now) == Done(2)
    assert items.cancel_item(item, now=now) == Done(2)

    item.refresh_from_db()
    assert item.status == "cancelled"
    assert other.posts.get().status == PostStatus.PENDING


@pytest.mark.parametrize("status", ["draft", "skipped"])
def test_an_item_without_posts_is_cancelled_itself(now, status):
    item = factories.make_item(status=status)
    assert items.cancel_item(item, now=now) == Done(1)
    item.refresh_from_db()
    assert item.status == "cancelled"


def test_reschedule_moves_what_nobody_has_claimed(now, facebook_account, telegram_account):
    item = factories.make_item(facebook_account, telegram_account, publish_at=now)
    Post.objects.filter(account=telegram_account).update(status=PostStatus.PUBLISHED, external_id="1", attempts_made=1)
    later = now + timedelta(days=1)

    assert items.reschedule(item, later, now=now) == Done(1, {"is published": 1})

    item.refresh_from_db()
    assert item.publish_at == later
    assert item.posts.get(account=facebook_account).not_before == later


def test_reschedule_into_the_past_means_now(now, facebook_account):
    item = factories.make_item(facebook_account, publish_at=now + timedelta(hours=1))
    assert items.reschedule(item, now - timedelta(days=1), now=now).taken == 1
    assert item.posts.get().not_before == now


def test_reschedule_leaves_an_item_that_went_where_it_is(now, facebook_account):
    item = factories.make_item(facebook_account, publish_at=now)
    Post.objects.update(status=PostStatus.PUBLISHED, external_id="1", attempts_made=1)
    assert items.reschedule(item, now + timedelta(days=1), now=now).taken == 0
    item.refresh_from_db()
    assert item.publish_at == now


@pytest.mark.parametrize(("status", "verb"), [("draft", items.approve), ("skipped", items.send_anyway)])
def test_what_waits_for_an_editor_gets_its_posts_once(now, status, verb, facebook_account, telegram_account):
    item = factories.make_item(status=status, publish_at=now - timedelta(hours=1), skip_reason="cooldown")
    assert verb(item, now=now) == Done(1)
    assert verb(item, now=now) == Done(0, {f"is not {status} any more": 1})
    item.refresh_from_db()
    assert (item.status, item.publish_at, item.skip_reason) == ("ready", now, "")
    assert set(item.posts.values_list("account", "not_before")) == {
        (facebook_account.pk, now),
        (telegram_account.pk, now),
    }


def test_a_draft_with_nowhere_to_go_stays_a_draft(now):
    item = factories.make_item(status="draft")
    with pytest.raises(UnknownChannels):
        items.approve(item, now=now)
    item.refresh_from_db()
    assert item.status == "draft"


def test_a_draft_that_two_editors_approve_gets_its_posts_once(now, facebook_account):
    item = factories.make_item(status="draft")
    results = at_once(lambda number: items.approve(QueueItem.objects.get(pk=item.pk), now=now), 3)
    assert sum(done.taken for done in results) == 1
    assert item.posts.count() == 1


def test_a_resumed_account_posts_at_once_what_waited_for_a_limit(sandbox, facebook_account):
    clock = Clock()
    sandbox.scenario(facebook_account.address, "rate_limit", times=1, seconds=86400)
    for _ in range(2):
        factories.make_item(facebook_account, publish_at=clock())
    future = factories.make_item(facebook_account, publish_at=clock() + timedelta(hours=2))
    dispatch.drain(clock=clock)

    assert accounts.resume_account(facebook_account, now=clock.forward(minutes=1))

    assert dispatch.drain(clock=clock) == {"published": 2}
    assert future.posts.get().status == PostStatus.PENDING


@pytest.mark.parametrize("status", ["paused", "needs_token", "blocked"])
def test_resuming_ends_the_alerts_of_whatever_stopped_the_account(now, status):
    account = factories.make_account("facebook", status=status, paused_until=now + timedelta(hours=1), last_error="r")
    for kind in ("token_invalid", "account_blocked"):
        ledger.raise_for_account(kind, account, reason="r", now=now)
    assert accounts.resume_account(account, now=now)
    account.refresh_from_db()
    assert (account.status, account.paused_until, account.last_error) == ("active", None, "")
    assert not Alert.objects.filter(resolved_at=None).exists()
    assert not accounts.resume_account(account, now=now)


def test_only_an_active_account_can_be_paused(now):
    account = factories.make_account("facebook", status="blocked")
    assert not standing.pause(account)
    account.refresh_from_db()
    assert account.status == "blocked"


def test_who_resumes_an_account_hurries_what_met_a_limit_and_nothing_that_was_moved(sandbox):
    clock, account = Clock(), factories.make_account("facebook")
    sandbox.scenario(account.address, "rate_limit", times=1)
    item = factories.make_item(account, publish_at=clock())
    assert dispatch.drain(clock=clock) == {"rate_limited": 1}
    tomorrow = clock() + timedelta(days=1)
    editing.edit(item.pk, {"publish_at": tomorrow.isoformat()}, now=clock(), by_hand=editing.ByHand())
    clock.forward(minutes=1)
    assert accounts.resume_account(account, now=clock())
    assert dispatch.drain(clock=clock) == {} and sandbox.wall == []
    post = Post.objects.get()
    assert (post.not_before, post.error, post.waiting_since_at) == (tomorrow, "", None)
    clock.forward(days=1)
    assert dispatch.drain(clock=clock) == {"published": 1}


def test_what_expires_before_its_new_time_stays_where_it_is(now, facebook_account, telegram_account):
    ends, stays = now + timedelta(hours=5), now + timedelta(hours=1)
    item = factories.make_item(facebook_account, telegram_account, publish_at=stays, expires_at=ends)
    Post.objects.filter(account=telegram_account).update(status=PostStatus.PUBLISHED, external_id="1", attempts_made=1)
    draft = factories.make_item(status="draft", publish_at=stays, expires_at=ends)
    other = factories.make_item(facebook_account, publish_at=stays, expires_at=ends + timedelta(hours=1))

    done, moved = items.reschedule_all([item, draft, other], ends, now=now, press=Pressing(now))

    assert done == Done(1, {"expires before that time": 2, "is published": 1})
    assert [one.pk for one in moved] == [other.pk]
    assert set(QueueItem.objects.exclude(pk=other.pk).values_list("publish_at", flat=True)) == {stays}
    assert item.posts.get(account=facebook_account).not_before == stays


def test_what_has_expired_is_not_moved_to_now(now, facebook_account):
    item = factories.make_item(facebook_account, publish_at=now, expires_at=now - timedelta(hours=1))
    assert items.reschedule(item, now - timedelta(hours=2), now=now).taken == 0
