"""The page of a post that failed: its words may be changed before it is retried."""

from datetime import timedelta

import pytest
from django.utils import timezone

from social_queue.delivery import dispatch
from social_queue.models import Post, PostStatus
from social_queue.operations.rewording import reword
from tests.support.clock import Clock


@pytest.mark.django_db(transaction=True)
def test_a_failed_post_may_be_reworded_and_goes_out_in_the_new_words(desk, sandbox, item_factory, twitter_account):
    clock = Clock()
    post = item_factory(twitter_account, publish_at=clock()).posts.get()
    sandbox.scenario(twitter_account.address, "reject", times=1)
    dispatch.drain(clock=clock)
    page = desk.page(post)
    assert "Put right what the sentence above names (caption," in page

    answer = desk.client.post(f"/admin/queue/post/{post.pk}/change/", {"caption": "Mine now"}, follow=True)
    assert "Press Retry to send it" in desk.text(answer)
    desk.press(post, "retry")
    dispatch.drain(clock=Clock(timezone.now() + timedelta(seconds=11)))

    post.refresh_from_db()
    assert (post.status, post.caption) == (PostStatus.PUBLISHED, "Mine now")
    assert [posting.text for posting in sandbox.wall] == ["Mine now"]


@pytest.mark.django_db
def test_new_words_come_too_late_when_somebody_has_pressed_retry_meanwhile(desk, post_factory, telegram_account):
    post = post_factory(account=telegram_account, status=PostStatus.FAILED, attempts_made=1, caption="As sent")
    as_read = Post.objects.get(pk=post.pk)
    desk.press(post, "retry")

    assert not reword(as_read, "Mine", now=timezone.now())

    post.refresh_from_db()
    assert (post.status, post.caption, post.caption_edited) == (PostStatus.PENDING, "", False)
