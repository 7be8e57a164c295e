"""Where a thread stands, on the pages of its post and its item, and what the buttons do to the part that holds it."""

import pytest

from social_queue.models import Part, PostStatus
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def thread(telegram_account):
    """A published post, its first follow-up out, two behind it."""
    item = factories.make_item(status="posted", follow_ups=[{"text": "One"}, {"text": "Two"}, {"text": "Three"}])
    post = factories.make_post(
        item,
        telegram_account,
        status=PostStatus.PUBLISHED,
        external_id="7",
        attempts_made=1,
        published_at=factories.NOW,
    )
    for number, status in ((2, PostStatus.PUBLISHED), (3, PostStatus.FAILED), (4, PostStatus.PENDING)):
        Part.objects.create(post=post, account=telegram_account, number=number, text=f"Words {number}", status=status)
    return post


def stand(post, status, error="Refused."):
    Part.objects.filter(post=post, number=3).update(status=status, error=error, error_kind="rejected")


def statuses(post):
    return list(post.parts.order_by("number").values_list("status", flat=True))


def test_the_pages_of_post_and_item_say_where_it_stands(desk, thread):
    stand(thread, PostStatus.FAILED)
    page = desk.page(thread)
    assert "Follow-up 2 was refused, and 1 behind it wait." in page
    assert "Words 3" in page and "Refused." in page and "waits for the one before" in page
    assert "Try the follow-up again" in page and "Skip the follow-up" in page and "I can see it" not in page
    page = desk.page(thread.item)
    assert "Follow-up 2 on" in page and "Those behind it wait." in page


def test_a_thread_that_goes_on_offers_nothing(desk, thread):
    stand(thread, PostStatus.PUBLISHED, error="")
    page = desk.page(thread)
    assert "What follows" in page and "Skip the follow-up" not in page


def test_a_refused_part_is_tried_again(desk, thread):
    stand(thread, PostStatus.FAILED)
    assert "Try the follow-up again: done." in desk.press(thread, "part-retry")
    assert statuses(thread) == ["published", "pending", "pending"]
    assert thread.parts.get(number=3).not_before is not None


def test_a_skipped_part_lets_the_next_go(desk, thread):
    stand(thread, PostStatus.FAILED)
    desk.press(thread, "part-skip")
    assert statuses(thread) == ["published", "cancelled", "pending"]
    assert thread.parts.get(number=4).not_before is not None


def test_an_undecided_part_is_answered(desk, thread):
    stand(thread, PostStatus.UNKNOWN)
    page = desk.page(thread)
    assert "I can see it" in page and "It is not there, send it" in page and "Open the chat in Telegram" in page
    desk.press(thread, "part-seen", permalink="https://t.me/news/9", external_id="9")
    part = thread.parts.get(number=3)
    assert (part.status, part.external_id, part.permalink) == ("published", "9", "https://t.me/news/9")


def test_what_is_not_there_is_sent_again(desk, thread):
    stand(thread, PostStatus.UNKNOWN)
    desk.press(thread, "part-absent")
    assert statuses(thread) == ["published", "pending", "pending"]


def test_a_post_alone_has_no_thread(desk, post_factory):
    assert "What follows" not in desk.page(post_factory())


def test_what_may_be_out_below_a_post_that_is_gone_is_a_human_s_to_see(desk, thread):
    stand(thread, PostStatus.UNKNOWN, error="Nobody can tell whether it is out.")
    Part.objects.filter(post=thread, number=4).update(status=PostStatus.CANCELLED)
    Part.objects.filter(post=thread, number=2).update(status=PostStatus.RECALLED)
    thread.status, thread.permalink = PostStatus.RECALLED, "https://t.me/news/7"
    thread.save()
    page = desk.page(thread)
    assert "Follow-up 2 may be out still, although its post is gone." in page and "https://t.me/news/7" in page
    assert "It is not there, send it" not in page and "I can see it" not in page
    assert "It is not there: done." in desk.press(thread, "part-gone")
    assert statuses(thread) == ["recalled", "cancelled", "cancelled"]
    assert "may be out still" not in desk.page(thread)
