"""The page of a post: what it says, what its buttons do, and who words it."""

import pytest
from django.utils import timezone

from social_queue.models import Attempt, PlatformAccount, Post, PostStatus
from social_queue.operations import trial_posts
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def undecided(post_factory, telegram_account):
    """An undecided post with the attempt that left it so."""
    post = post_factory(account=telegram_account, status=PostStatus.UNKNOWN, attempts_made=1, error="No answer came.")
    factories.make_attempt(post, outcome=Attempt.Outcome.OUTCOME_UNKNOWN, sent_at=factories.NOW, error="hung up")
    return post


def test_an_undecided_post_says_what_to_look_for_and_where(desk, undecided):
    page = desk.page(undecided)
    assert "No answer came." in page
    assert "Open the chat in Telegram" in page
    assert "I can see it" in page and "It is not there, send it" in page
    assert "Attempt 1 · no answer" in page and "hung up" in page
    PlatformAccount.objects.update(address="@kabar_main")
    page = desk.client.get(f"/admin/queue/post/{undecided.pk}/change/").content.decode()
    assert 'href="https://t.me/kabar_main"' in page


def test_only_undecided_posts_offer_to_settle_them(desk, post_factory):
    failed = desk.page(post_factory(status=PostStatus.FAILED, attempts_made=1))
    assert "I can see it" not in failed and "Retry" in failed
    published = desk.page(
        post_factory(status=PostStatus.PUBLISHED, external_id="7", permalink="https://example.com/p/7")
    )
    assert "Retry" not in published and "Cancel" not in published


def test_seeing_it_publishes_it_with_its_address(desk, undecided):
    told = desk.press(undecided, "seen", permalink="https://t.me/news/7", external_id="7")
    undecided.refresh_from_db()
    assert (undecided.status, undecided.external_id, undecided.permalink) == (
        PostStatus.PUBLISHED,
        "7",
        "https://t.me/news/7",
    )
    assert "done." in told
    assert b'href="https://t.me/news/7"' in desk.client.get(f"/admin/queue/post/{undecided.pk}/change/").content


def test_what_a_platform_calls_an_address_is_a_link_only_where_it_is_one(desk, facebook_account):
    item, now = factories.make_item(source=trial_posts.SOURCE), timezone.now()
    told = {"external_id": "1_2", "permalink": "javascript:alert(1)", "published_at": now, "not_before": now}
    post = factories.make_post(item, facebook_account, status="published", **told)
    pages = {
        "home": desk.client.get("/admin/"),
        "post": desk.client.get(f"/admin/queue/post/{post.pk}/change/"),
        "item": desk.client.get(f"/admin/queue/queueitem/{post.item_id}/change/"),
        "correction": desk.client.post(f"/admin/queue/post/{post.pk}/press/correct/"),
        "trial": desk.client.get(f"/admin/connect/test/{facebook_account.pk}/{post.pk}"),
    }
    for name, page in pages.items():
        assert page.status_code == 200
        assert 'href="javascript:' not in page.content.decode(), name


def test_an_address_that_is_none_changes_nothing(desk, undecided):
    assert "https://" in desk.press(undecided, "seen", permalink="javascript:alert(1)")
    undecided.refresh_from_db()
    assert undecided.status == PostStatus.UNKNOWN


def test_the_id_of_another_post_changes_nothing_and_says_whose_it_is(desk, undecided, post_factory):
    other = post_factory(account=undecided.account, status=PostStatus.PUBLISHED, external_id="7")
    assert f"is post {other.pk}" in desk.press(undecided, "seen", external_id="7")
    undecided.refresh_from_db()
    assert undecided.status == PostStatus.UNKNOWN


def test_not_there_sends_it_again(desk, undecided):
    desk.press(undecided, "absent")
    undecided.refresh_from_db()
    assert (undecided.status, undecided.failures_in_row) == (PostStatus.PENDING, 0)


def test_a_button_that_no_longer_applies_says_so_and_does_nothing(desk, undecided):
    desk.press(undecided, "seen", external_id="7")
    assert "does not apply any more" in desk.press(undecided, "absent")
    undecided.refresh_from_db()
    assert undecided.status == PostStatus.PUBLISHED


def test_cancelling_what_may_be_out_asks_another_question(desk, undecided, post_factory):
    """Nobody looks for a cancelled post, and it can't be taken back any more."""
    waiting = post_factory(status=PostStatus.FAILED, attempts_made=1)
    for post, question in ((undecided, "It may be out already. Cancelled,"), (waiting, "Cancel this post for good?")):
        page = desk.client.get(f"/admin/queue/post/{post.pk}/change/").content.decode()
        [form] = [form for form in page.split("<form")[1:] if 'data-act="cancel"' in form]
        assert f'data-ask="{question}' in form
    desk.press(undecided, "cancel-undecided")
    undecided.refresh_from_db()
    assert undecided.status == PostStatus.CANCELLED


def test_whoever_was_asked_about_a_waiting_post_has_not_answered_for_an_undecided_one(desk, undecided):
    assert "does not apply any more" in desk.press(undecided, "cancel")
    undecided.refresh_from_db()
    assert undecided.status == PostStatus.UNKNOWN


@pytest.mark.parametrize(
    ("button", "before", "after"),
    [
        ("retry", PostStatus.FAILED, PostStatus.PENDING),
        ("cancel", PostStatus.FAILED, PostStatus.CANCELLED),
        ("requeue", PostStatus.PENDING, PostStatus.PENDING),
    ],
)
def test_the_other_buttons_act_on_this_post(desk, post_factory, button, before, after):
    post = post_factory(status=before, attempts_made=1)
    assert "done." in desk.press(post, button)
    post.refresh_from_db()
    assert post.status == after


def test_an_unclaimed_post_shows_what_would_go_out_and_keeps_a_rewritten_caption(desk, item_factory, telegram_account):
    post = item_factory(telegram_account).posts.get()
    page = desk.page(post)
    assert post.item.title in page and "of 4096 characters as the platform counts them" in page
    answer = desk.client.post(f"/admin/queue/post/{post.pk}/change/", {"caption": "Mine, line one"}, follow=True)
    post.refresh_from_db()
    assert (post.caption, post.caption_edited) == ("Mine, line one", True)
    assert "as you wrote it" in desk.text(answer)


def test_an_emptied_caption_is_worded_by_the_template_again(desk, item_factory, telegram_account):
    post = item_factory(telegram_account).posts.get()
    Post.objects.update(caption="Mine", caption_edited=True)
    desk.client.post(f"/admin/queue/post/{post.pk}/change/", {"caption": ""})
    post.refresh_from_db()
    assert (post.caption, post.caption_edited) == ("", False)


def test_saving_what_the_template_says_is_no_rewriting(desk, item_factory, telegram_account):
    post = item_factory(telegram_account).posts.get()
    form = desk.client.get(f"/admin/queue/post/{post.pk}/change/").context["adminform"].form
    desk.client.post(f"/admin/queue/post/{post.pk}/change/", {"caption": form["caption"].value()})
    post.refresh_from_db()
    assert (post.caption, post.caption_edited) == ("", False)


def test_a_caption_too_long_for_its_platform_is_refused_with_the_rule(desk, item_factory, twitter_account):
    post = item_factory(twitter_account).posts.get()
    answer = desk.client.post(f"/admin/queue/post/{post.pk}/change/", {"caption": "long " * 100})
    assert "only 280 are allowed" in desk.text(answer)
    post.refresh_from_db()
    assert not post.caption_edited


def test_a_caption_comes_too_late_once_a_worker_has_claimed_the_post(desk, item_factory, telegram_account):
    post = item_factory(telegram_account).posts.get()
    Post.objects.filter(pk=post.pk).update(attempts_made=1, caption="As sent")
    answer = desk.client.post(f"/admin/queue/post/{post.pk}/change/", {"caption": "Mine"}, follow=True)
    assert "claimed this post already" in desk.text(answer)
    post.refresh_from_db()
    assert (post.caption, post.caption_edited) == ("As sent", False)


@pytest.mark.parametrize(
    "status",
    [PostStatus.PENDING, PostStatus.PUBLISHING, PostStatus.PUBLISHED, PostStatus.UNKNOWN, PostStatus.CANCELLED],
)
def test_a_claimed_post_has_no_field_at_all(desk, post_factory, status):
    post = post_factory(status=status, attempts_made=1, caption="As sent", external_id="7")
    page = desk.client.get(f"/admin/queue/post/{post.pk}/change/").content.decode()
    assert "As sent" in page and "<textarea" not in page and 'name="_save"' not in page


def test_a_status_sent_by_hand_is_not_believed(desk, item_factory, telegram_account):
    post = item_factory(telegram_account).posts.get()
    desk.client.post(f"/admin/queue/post/{post.pk}/change/", {"caption": "Mine", "status": "published"})
    post.refresh_from_db()
    assert post.status == PostStatus.PENDING


def test_posts_and_ledgers_are_neither_added_nor_deleted(desk, undecided):
    attempt = undecided.attempts.get()
    for path in ("post/add/", f"post/{undecided.pk}/delete/", "attempt/add/", f"attempt/{attempt.pk}/delete/"):
        assert desk.client.get(f"/admin/queue/{path}").status_code == 403
    for path in ("alert/add/", "webhooklog/add/", "queueitem/1/delete/"):
        assert desk.client.get(f"/admin/queue/{path}").status_code in (302, 403)
    assert desk.client.post(f"/admin/queue/attempt/{attempt.pk}/change/", {"error": "x"}).status_code == 403


def test_a_post_is_found_by_number_code_and_title(desk, item_factory, telegram_account):
    wanted = item_factory(telegram_account, title="Needle").posts.get()
    item_factory(telegram_account, title="Hay")
    for word in (str(wanted.pk), wanted.code, "needl"):
        page = desk.list("post", q=word)
        assert "Needle" in page and "Hay" not in page, word


def test_a_day_filter_includes_its_last_day(desk, item_factory, telegram_account):
    item_factory(telegram_account, title="On that day")
    day = factories.NOW.date().isoformat()
    assert "On that day" in desk.list("queueitem", publish_at_from=day, publish_at_to=day)
    assert "On that day" not in desk.list("queueitem", publish_at_to="2026-11-30")


def test_who_pressed_what_is_kept(desk, undecided):
    desk.press(undecided, "cancel-undecided")
    history = desk.text(desk.client.get(f"/admin/queue/post/{undecided.pk}/history/"))
    assert "Cancel" in history and "editor" in history
