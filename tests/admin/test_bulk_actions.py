"""Every bulk action, each with two rows it takes and one it leaves."""

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from social_queue.models import AccountStatus, ApiKey, ItemStatus, PlatformAccount, Post, PostStatus, QueueItem
from tests import factories

pytestmark = pytest.mark.django_db
#: What a press sends waits as long as it can be taken back.
UNDO = timedelta(seconds=10)


def _posts(*statuses):
    account = factories.make_account()
    return [factories.make_post(factories.make_item(), account, **_fields(status)) for status in statuses]


def _fields(status):
    more = {"external_id": "1", "published_at": factories.NOW} if status == PostStatus.PUBLISHED else {}
    return {"status": status, "attempts_made": 0 if status == PostStatus.PENDING else 1, **more}


def _items(*statuses, account=None):
    account = account or factories.make_account()
    made = []
    for status in statuses:
        item = factories.make_item(status=ItemStatus.FAILED)
        factories.make_post(item, account, **_fields(status))
        made.append(item)
    return made


def _statuses(rows):
    model = type(rows[0])
    return [model.objects.get(pk=row.pk).status for row in rows]


def test_two_failed_posts_are_retried_and_a_published_one_is_left(desk):
    posts = _posts(PostStatus.FAILED, PostStatus.FAILED, PostStatus.PUBLISHED)
    told = desk.bulk("post", "retry_failed", posts)
    assert _statuses(posts) == [PostStatus.PENDING, PostStatus.PENDING, PostStatus.PUBLISHED]
    assert "Retry failed: 2 done." in told
    assert "Left alone: 1 (1 is published, not failed)" in told
    assert "successfully" not in told


def test_pending_and_failed_posts_are_due_now_and_an_undecided_one_is_left(desk):
    posts = _posts(PostStatus.PENDING, PostStatus.FAILED, PostStatus.UNKNOWN)
    Post.objects.update(not_before=timezone.now() + timedelta(days=3))
    told = desk.bulk("post", "requeue_now", posts)
    due = Post.objects.filter(not_before__lte=timezone.now() + UNDO)
    assert sorted(due.values_list("pk", flat=True)) == [posts[0].pk, posts[1].pk]
    assert "2 done" in told and "1 is undecided" in told


def test_what_is_not_out_is_cancelled_and_a_published_post_is_left(desk):
    posts = _posts(PostStatus.PENDING, PostStatus.FAILED, PostStatus.PUBLISHED)
    told = desk.bulk("post", "cancel_posts", posts)
    assert _statuses(posts) == [PostStatus.CANCELLED, PostStatus.CANCELLED, PostStatus.PUBLISHED]
    assert "Cancel: 2 done." in told and "1 is published" in told


def test_failed_posts_of_two_items_are_retried(desk):
    items = _items(PostStatus.FAILED, PostStatus.FAILED, PostStatus.PUBLISHED)
    told = desk.bulk("queueitem", "retry_failed", items)
    assert Post.objects.filter(status=PostStatus.PENDING).count() == 2
    assert "2 done" in told and "1 is published, not failed" in told


def test_two_items_are_requeued(desk):
    items = _items(PostStatus.PENDING, PostStatus.FAILED, PostStatus.CANCELLED)
    Post.objects.update(not_before=timezone.now() + timedelta(days=3))
    told = desk.bulk("queueitem", "requeue_now", items)
    assert Post.objects.filter(status=PostStatus.PENDING, not_before__lte=timezone.now() + UNDO).count() == 2
    assert "2 done" in told and "1 is cancelled" in told


def test_two_items_are_cancelled(desk):
    items = _items(PostStatus.PENDING, PostStatus.FAILED, PostStatus.PUBLISHED)
    told = desk.bulk("queueitem", "cancel_items", items)
    assert Post.objects.filter(status=PostStatus.CANCELLED).count() == 2
    assert "2 done" in told and "1 is published" in told


def test_two_drafts_are_approved_and_a_ready_item_is_left(desk):
    factories.make_account()
    items = [factories.make_item(status=status) for status in (ItemStatus.DRAFT, ItemStatus.DRAFT, ItemStatus.READY)]
    told = desk.bulk("queueitem", "approve", items)
    assert _statuses(items) == [ItemStatus.READY] * 3
    assert [item.posts.count() for item in items] == [1, 1, 0]
    assert "Approve: 2 done." in told and "Left alone: 1" in told


def test_two_skipped_items_are_sent_anyway(desk):
    factories.make_account()
    items = [
        factories.make_item(status=status) for status in (ItemStatus.SKIPPED, ItemStatus.SKIPPED, ItemStatus.CANCELLED)
    ]
    told = desk.bulk("queueitem", "send_anyway", items)
    assert _statuses(items) == [ItemStatus.READY, ItemStatus.READY, ItemStatus.CANCELLED]
    assert "Send anyway: 2 done." in told and "Left alone: 1" in told


def test_an_item_whose_channel_has_gone_is_left_with_the_reason(desk):
    factories.make_account()
    items = [factories.make_item(status=ItemStatus.DRAFT, channels=channels) for channels in (["gone"], [])]
    told = desk.bulk("queueitem", "approve", items)
    assert _statuses(items) == [ItemStatus.DRAFT, ItemStatus.READY]
    assert "done." in told and "'gone'" in told


def test_many_items_are_moved_at_once_each_with_its_history_and_a_way_back(desk, django_assert_max_num_queries):
    account = factories.make_account("telegram")
    before = timezone.now() + timedelta(days=1)
    items = QueueItem.objects.bulk_create(
        QueueItem(title=f"Item {n}", link="https://example.com/", source="x", publish_at=before) for n in range(600)
    )
    Post.objects.bulk_create(
        Post(item=item, account=account, platform="telegram", not_before=before) for item in items[1:]
    )
    Post.objects.filter(item=items[1]).update(attempts_made=1)
    asked = desk.choose("queueitem", "reschedule", items)
    with django_assert_max_num_queries(120):
        answer = desk.confirm(asked, publish_at_0="2031-05-06", publish_at_1="07:08")
    assert "599 done. Left alone: 1 (1 is pending)" in desk.text(answer)
    assert Post.objects.filter(not_before__year=2031).count() == 598
    assert QueueItem.objects.filter(publish_at__year=2031).count() == 599
    assert LogEntry.objects.filter(change_message="Reschedule").count() == 599
    desk.undo(answer)
    assert not Post.objects.exclude(not_before=before).exists()
    assert not QueueItem.objects.exclude(publish_at=before).exists()


def test_rescheduling_asks_when_and_then_moves_two_items(desk):
    items = _items(PostStatus.PENDING, PostStatus.PENDING, PostStatus.PUBLISHED)
    asked = desk.choose("queueitem", "reschedule", items)
    assert "2 posts on 1 account: moved to another time." in desk.text(asked)
    answer = desk.confirm(asked, publish_at_0="", publish_at_1="")
    assert (
        "This field is required" in desk.text(answer) and not QueueItem.objects.filter(publish_at__year=2031).exists()
    )
    told = desk.bulk("queueitem", "reschedule", items, publish_at_0="2031-05-06", publish_at_1="07:08")
    moved = QueueItem.objects.filter(publish_at__year=2031)
    assert sorted(moved.values_list("pk", flat=True)) == [items[0].pk, items[1].pk]
    assert Post.objects.filter(not_before__year=2031).count() == 2
    assert "2 done" in told and "1 is published" in told


def test_two_accounts_are_paused_and_resumed(desk):
    accounts = [
        factories.make_account(),
        factories.make_account(),
        factories.make_account(status=AccountStatus.BLOCKED),
    ]
    told = desk.bulk("platformaccount", "pause", accounts)
    assert _statuses(accounts) == [AccountStatus.PAUSED, AccountStatus.PAUSED, AccountStatus.BLOCKED]
    assert "2 done" in told and "1 is blocked" in told
    factories.make_account()
    told = desk.bulk("platformaccount", "resume", [*accounts[:2], PlatformAccount.objects.latest("pk")])
    assert _statuses(accounts) == [AccountStatus.ACTIVE, AccountStatus.ACTIVE, AccountStatus.BLOCKED]
    assert "2 done" in told and "1 is active already" in told


def test_two_tokens_are_checked_and_a_refused_one_is_named(desk, sandbox):
    good = [factories.make_account(), factories.make_account("telegram")]
    bad = factories.make_account(slug="worn", credentials={"access_token": "sandbox-expired"})
    told = desk.bulk("platformaccount", "check_token", [*good, bad])
    assert "Check token: 2 done." in told and "worn was refused" in told
    assert _statuses([*good, bad]) == [AccountStatus.ACTIVE, AccountStatus.ACTIVE, AccountStatus.NEEDS_TOKEN]


def test_two_keys_are_revoked(desk):
    from social_queue.access import keys

    made = [keys.issue(name)[0] for name in ("one", "two", "three")]
    keys.revoke(made[2], now=timezone.now())
    told = desk.bulk("apikey", "revoke", made)
    assert "2 done" in told and "1 is revoked already" in told


def test_a_page_says_how_many_keys_would_be_revoked_before_any_is(desk):
    from social_queue.access import keys

    made = [keys.issue(name)[0] for name in ("one", "two", "three")]
    keys.revoke(made[2], now=timezone.now())
    asked = desk.choose("apikey", "revoke", made)
    said = desk.text(asked)
    assert "2 keys stop working at once" in said and "1 row is left as it is" in said
    assert "never used" in said and "take it back" not in said
    assert ApiKey.objects.filter(revoked_at=None).count() == 2
    desk.confirm(asked)
    assert not ApiKey.objects.filter(revoked_at=None).exists()


def test_when_every_chosen_key_is_revoked_already_there_is_nothing_to_press(desk):
    from social_queue.access import keys

    key = keys.issue("one")[0]
    keys.revoke(key, now=timezone.now())
    asked = desk.choose("apikey", "revoke", [key])
    assert "There is nothing to do." in desk.text(asked)
    assert 'data-act="confirm"' not in asked.content.decode()


def test_a_viewer_can_press_nothing(client, django_user_model):
    from django.contrib.auth.models import Permission

    viewer = django_user_model.objects.create_user("viewer", password="x", is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(viewer)
    post = _posts(PostStatus.FAILED)[0]
    client.post("/admin/queue/post/", {"action": "retry_failed", "_selected_action": [post.pk], "index": 0})
    assert client.post(f"/admin/queue/post/{post.pk}/press/retry/").status_code == 403
    assert client.get(f"/admin/queue/post/{post.pk}/press/retry/").status_code == 302
    post.refresh_from_db()
    assert post.status == PostStatus.FAILED
    for path in (f"post/{post.pk}", f"queueitem/{post.item_id}", f"platformaccount/{post.account_id}"):
        assert client.get(f"/admin/queue/{path}/change/").status_code == 200


@pytest.mark.parametrize(
    ("action", "words"), [("cancel_items", "Cancel · 4 posts"), ("requeue_now", "Send now · 4 posts")]
)
def test_the_button_that_confirms_is_no_way_out_and_says_how_many(
    desk, facebook_account, telegram_account, action, words
):
    items = [factories.make_item(facebook_account, telegram_account) for _number in range(2)]
    page = desk.choose("queueitem", action, items).content.decode()
    assert re.search(r'data-act="confirm"[^>]*>([^<]*)<', page)[1] == words


def test_a_press_that_would_do_nothing_says_so_first_and_has_no_button(desk, facebook_account, telegram_account):
    items = [factories.make_item(facebook_account, telegram_account) for _number in range(2)]
    asked = desk.choose("queueitem", "retry_failed", items)
    assert "There is nothing to do. 4 rows are left as they are." in desk.text(asked)
    assert 'data-act="confirm"' not in asked.content.decode()
