"""What was cancelled by mistake comes back to its time, unless anything of it may have been seen."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from social_queue.delivery import dispatch
from social_queue.models import ItemStatus, Post, PostStatus, QueueItem
from social_queue.operations import items, posts
from social_queue.operations.recalling import asking
from tests import factories

pytestmark = pytest.mark.django_db
SOON = factories.NOW + timedelta(hours=2)


@pytest.fixture
def cancelled(telegram_account, facebook_account):
    item = factories.make_item(telegram_account, facebook_account, publish_at=SOON)
    items.cancel_item(item, now=factories.NOW)
    item.refresh_from_db()
    assert item.status == ItemStatus.CANCELLED
    return item


def _restore(item, now=factories.NOW):
    return posts.restore(item.posts.select_related("item", "account").order_by("pk"), now=now)


def test_it_waits_for_the_time_that_it_had(cancelled):
    assert _restore(cancelled).taken == 2
    cancelled.refresh_from_db()
    assert cancelled.status == ItemStatus.READY
    assert set(cancelled.posts.values_list("status", "not_before")) == {(PostStatus.PENDING, SOON)}


@pytest.mark.django_db(transaction=True)
def test_it_goes_out_once(cancelled, sandbox):
    _restore(cancelled)
    assert not _restore(cancelled).taken
    for _time in range(2):
        dispatch.drain(clock=lambda: SOON + timedelta(minutes=1))
    assert sorted(post.platform for post in sandbox.wall) == ["facebook", "telegram"]


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"attempts_made": 1}, "was tried before"),
        ({"not_before": factories.NOW}, "its time is over"),
        ({"status": PostStatus.FAILED}, "is failed"),
    ],
)
def test_what_was_tried_or_is_too_late_stays_with_the_reason(cancelled, columns, why):
    Post.objects.filter(item=cancelled).update(**columns)
    done = _restore(cancelled)
    assert not done.taken and done.skipped.total() == 2 and why in next(iter(done.skipped))
    assert not Post.objects.filter(status=PostStatus.PENDING).exists()


def test_what_was_taken_back_before_it_was_out_is_not_asked_back_any_more(telegram_account):
    item = factories.make_item(telegram_account, publish_at=SOON)
    asking.recall_item(item, now=factories.NOW)
    assert _restore(item).taken == 1
    assert item.posts.get().recall_asked_at is None


def test_a_place_of_the_week_that_it_had_may_have_gone_to_another(telegram_account):
    item = factories.make_item(telegram_account, publish_at=SOON)
    item.posts.update(slot_at=SOON)
    items.cancel_item(item, now=factories.NOW)
    factories.make_post(factories.make_item(publish_at=SOON), telegram_account, slot_at=SOON)
    assert _restore(item).taken == 1
    assert item.posts.get().slot_at is None and item.posts.get().not_before == SOON


@pytest.mark.parametrize(("status", "reason"), [(ItemStatus.DRAFT, ""), (ItemStatus.SKIPPED, "cooldown")])
def test_a_draft_and_a_skipped_item_are_again_what_they_were(desk, telegram_account, status, reason):
    item = factories.make_item(status=status, skip_reason=reason, publish_at=timezone.now() + timedelta(days=1))
    desk.push(item, "cancel")
    told = desk.text(desk.push(item, "restore"))
    item.refresh_from_db()
    assert item.status == status and not item.posts.exists() and "Restore: done" in told


def _offers(desk, row):
    page = desk.client.get(f"/admin/queue/{row._meta.model_name}/{row.pk}/change/")
    return 'data-act="restore"' in page.content.decode()


@pytest.mark.parametrize("model", ["queueitem", "post"])
def test_its_button_stands_where_it_can_be_pressed_and_leaves_a_line(desk, telegram_account, model):
    item = factories.make_item(telegram_account, publish_at=timezone.now() + timedelta(days=1))
    row = item if model == "queueitem" else item.posts.get()
    assert not _offers(desk, row)
    desk.push(row, "cancel")
    assert _offers(desk, row)
    told = desk.text(desk.push(row, "restore"))
    assert "Restore: done. It goes out" in told and not _offers(desk, row)
    assert item.posts.get().status == PostStatus.PENDING
    assert LogEntry.objects.filter(change_message="Restore").count() == 1


def test_many_are_restored_after_a_page_that_says_how_many(desk, telegram_account):
    later = timezone.now() + timedelta(days=1)
    rows = [factories.make_item(telegram_account, publish_at=later) for _time in range(2)]
    rows.append(factories.make_item(status=ItemStatus.DRAFT, publish_at=later))
    rows.append(factories.make_item(telegram_account, publish_at=timezone.now() - timedelta(hours=1)))
    desk.bulk("queueitem", "cancel_items", rows)
    asked = desk.choose("queueitem", "restore_items", rows)
    said = desk.text(asked)
    assert "2 posts on 1 account: out at their time" in said and "1 item waits for an editor again." in said
    assert "1 row is left as it is." in said
    desk.confirm(asked)
    assert sorted(QueueItem.objects.values_list("status", flat=True)) == ["cancelled", "draft", "ready", "ready"]


def test_whoever_may_change_nothing_restores_nothing(client, django_user_model, grant, cancelled):
    viewer = django_user_model.objects.create_user("viewer", password="x", is_staff=True)
    grant(viewer, "queue.view_queueitem", "queue.view_post")
    client.force_login(viewer)
    assert client.post(f"/admin/queue/queueitem/{cancelled.pk}/press/restore/").status_code == 403
    cancelled.refresh_from_db()
    assert cancelled.status == ItemStatus.CANCELLED
