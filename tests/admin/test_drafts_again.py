"""An approved item that was changed is a draft again, and may have posts that were cancelled by then."""

from datetime import timedelta

import pytest
from django.utils import timezone

from social_queue.models import ItemStatus, PostStatus
from social_queue.operations import editing, items, posts
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def accounts(db):
    return [factories.make_account("telegram", slug=f"tg-{name}") for name in "ab"]


@pytest.fixture
def draft_again(desk, accounts):
    """Approved for two accounts, cancelled on the first, and changed."""

    def make(**fields):
        now = timezone.now()
        later = {"status": "draft", "publish_at": now + timedelta(days=2)}
        item = factories.make_item(channels=[one.slug for one in accounts], **later | fields)
        desk.press(item, "approve")
        item.refresh_from_db()
        assert posts.cancel([item.posts.get(account=accounts[0])], now=now).taken == 1
        editing.edit(item.pk, {"title": "Another title"}, now=now)
        item.refresh_from_db()
        assert item.status == ItemStatus.DRAFT and [post.status for post in item.posts.all()] == ["cancelled"]
        return item

    return make


def statuses(item):
    item.refresh_from_db()
    return item.status, dict(item.posts.values_list("account__slug", "status"))


def test_approved_it_goes_where_it_was_not_cancelled(desk, draft_again):
    one, other = draft_again(), factories.make_item(status="draft", channels=["tg-a", "tg-b"])
    asked = desk.choose("queueitem", "approve", [one, other])
    assert asked.context["effect"].posts == 3
    desk.confirm(asked)
    assert statuses(one) == ("ready", {"tg-a": "cancelled", "tg-b": "pending"})
    assert set(statuses(other)[1]) == {"tg-a", "tg-b"}


def test_an_approval_that_is_taken_back_leaves_the_draft_as_it_was(desk, draft_again):
    item = draft_again()
    desk.undo(desk.confirm(desk.choose("queueitem", "approve", [item])))
    assert statuses(item) == ("draft", {"tg-a": "cancelled"})


def test_where_all_was_cancelled_there_is_nothing_to_approve(desk, draft_again):
    item = draft_again()
    editing.edit(item.pk, {"channels": ["tg-a"]}, now=timezone.now())
    item.refresh_from_db()
    assert "duplicate it instead" in desk.bulk("queueitem", "approve", [item])
    assert statuses(item) == ("draft", {"tg-a": "cancelled"})


@pytest.mark.parametrize("press", ["cancel", "recall"])
def test_it_can_be_ended(desk, draft_again, press):
    item = draft_again()
    action = {"cancel": "cancel_items", "recall": "recall_items"}[press]
    asked = desk.choose("queueitem", action, [item])
    assert (asked.context["effect"].items, asked.context["effect"].left) == (1, 0)
    desk.confirm(asked)
    assert statuses(item) == ("cancelled", {"tg-a": "cancelled"})


def test_no_post_of_it_comes_back_by_itself(desk, draft_again):
    item = draft_again()
    post = item.posts.get()
    assert 'data-act="restore"' not in desk.client.get(f"/admin/queue/post/{post.pk}/change/").content.decode()
    assert "waits for an editor" in desk.bulk("post", "restore_posts", [post])
    assert statuses(item) == ("draft", {"tg-a": "cancelled"})


def test_ended_it_does_not_come_back_to_the_account_it_was_cancelled_on(desk, draft_again):
    item = draft_again()
    desk.bulk("queueitem", "cancel_items", [item])
    post = item.posts.get()
    pages = [f"/admin/queue/{name}/change/" for name in (f"post/{post.pk}", f"queueitem/{item.pk}")]
    assert not [page for page in pages if 'data-act="restore"' in desk.client.get(page).content.decode()]
    assert "changed after it was approved" in desk.bulk("queueitem", "restore_items", [item])
    assert statuses(item) == ("cancelled", {"tg-a": "cancelled"})


@pytest.fixture
def half_undecided(accounts):
    item = factories.make_item(*accounts)
    item.posts.filter(account=accounts[0]).update(status=PostStatus.UNKNOWN, attempts_made=1)
    return item


@pytest.mark.parametrize("bulk", [False, True])
def test_cancelling_an_item_leaves_what_may_be_out(desk, half_undecided, bulk):
    """Nobody looks for a cancelled post, and it can't be taken back; its own page asks about that."""
    if bulk:
        asked = desk.choose("queueitem", "cancel_items", [half_undecided])
        assert (asked.context["effect"].posts, asked.context["effect"].left) == (1, 1)
        desk.confirm(asked)
    else:
        desk.press(half_undecided, "cancel")
    assert statuses(half_undecided)[1] == {"tg-a": "unknown", "tg-b": "cancelled"}


def test_an_item_of_which_all_may_be_out_offers_no_cancelling(desk, half_undecided):
    items.cancel_item(half_undecided, now=timezone.now())
    page = desk.client.get(f"/admin/queue/queueitem/{half_undecided.pk}/change/").content.decode()
    assert 'data-act="cancel"' not in page and 'data-act="recall"' in page


def test_what_is_asked_back_and_not_there_is_said_not_to_be_sent(desk, half_undecided):
    post = half_undecided.posts.get(status=PostStatus.UNKNOWN)
    desk.press(post, "recall")
    assert "so it is not sent" in desk.press(post, "absent")
