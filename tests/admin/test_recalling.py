"""Taking back in the desk: counted on a page first, undone for a moment, and told where it stays."""

from datetime import timedelta

import pytest
from django.utils import timezone

from social_queue.delivery import dispatch
from social_queue.models import Errand, ItemStatus, Post, PostStatus
from tests import factories
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)


def out(account, **fields):
    """A post that is out."""
    moment = timezone.now() - timedelta(minutes=5)
    values = {"status": "published", "external_id": "1", "published_at": moment, "attempts_made": 1}
    item = factories.make_item(publish_at=moment, status=ItemStatus.POSTED)
    return factories.make_post(item, account, **(values | fields))


def test_the_page_counts_what_is_deleted_cancelled_and_kept(desk, facebook_account, telegram_account):
    posts = [
        out(facebook_account),
        out(telegram_account, published_at=timezone.now() - timedelta(days=3), permalink="https://t.me/news/7"),
        factories.make_post(account=facebook_account, not_before=timezone.now() + timedelta(days=1)),
        factories.make_post(account=facebook_account, status=PostStatus.CANCELLED),
    ]
    page = desk.choose("post", "recall_posts", posts)
    text = desk.text(page)
    assert 'data-effect="2"' in page.content.decode() and 'data-act="confirm"' in page.content.decode()
    assert "1 post on 1 account: will not go out." in text
    assert "1 post on 1 account: deleted on the platform." in text
    assert "1 post can't be deleted from here" in text and "1 row is left as it is." in text
    assert "nothing is deleted before" in text and not Errand.objects.exists()


def test_posts_of_a_list_are_taken_back_and_an_undo_leaves_them(desk, facebook_account):
    posts = [out(facebook_account), factories.make_post(account=facebook_account, not_before=timezone.now())]
    answer = desk.confirm(desk.choose("post", "recall_posts", posts))
    assert "Take back: 2 done." in desk.text(answer)
    assert Post.objects.get(pk=posts[1].pk).status == "cancelled" and Errand.objects.count() == 1
    desk.undo(answer)
    assert not Errand.objects.exists() and Post.objects.get(pk=posts[1].pk).status == "pending"


def test_items_are_taken_back_and_a_draft_ends(desk, facebook_account):
    items = [out(facebook_account).item, factories.make_item(status=ItemStatus.DRAFT)]
    assert "Take back: 2 done." in desk.bulk("queueitem", "recall_items", items)
    assert Errand.objects.count() == 1
    items[1].refresh_from_db()
    assert items[1].status == "cancelled"


def test_the_button_of_a_post_and_what_its_page_says_until_it_is_gone(desk, sandbox, facebook_account):
    post = factories.make_post(factories.make_item(publish_at=timezone.now()), facebook_account)
    assert dispatch.drain(clock=timezone.now) == {"published": 1}
    post.refresh_from_db()
    page = desk.client.get(f"/admin/queue/post/{post.pk}/change/").content.decode()
    assert 'data-act="recall"' in page and 'data-act="keep"' not in page
    assert "Take back: done." in desk.press(post, "recall")
    page = desk.client.get(f"/admin/queue/post/{post.pk}/change/")
    assert 'data-act="recall"' not in page.content.decode() and 'data-act="keep"' in page.content.decode()
    assert "It is being taken back" in desk.text(page)
    clock = Clock()
    clock.forward(seconds=11)
    assert dispatch.drain(clock=clock) == {"recalled": 1}
    assert "Attempt 2 · taking back · taken back" in desk.page(post)


def test_the_button_of_an_item_is_there_while_something_of_it_is_out(desk, facebook_account):
    item = out(facebook_account).item
    assert 'data-act="recall"' in desk.client.get(f"/admin/queue/queueitem/{item.pk}/change/").content.decode()
    desk.press(item, "recall")
    assert Errand.objects.count() == 1
    assert 'data-act="recall"' not in desk.client.get(f"/admin/queue/queueitem/{item.pk}/change/").content.decode()


def test_whoever_asked_it_back_it_can_be_left_there(desk, facebook_account):
    post = out(facebook_account)
    desk.press(post, "recall")
    assert "Leave it there: done." in desk.press(post, "keep")
    post.refresh_from_db()
    assert not Errand.objects.exists() and post.recall_asked_at is None


def test_what_stays_says_where_to_delete_it(desk, telegram_account):
    post = out(telegram_account, error_kind="not_recallable", error="It is older.", permalink="https://t.me/news/7")
    page = desk.page(post)
    assert "the platform does not let us delete it" in page
    assert "Delete it on the platform yourself: https://t.me/news/7" in page
