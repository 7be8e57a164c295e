"""The jobs of an editor who looks after what others wrote, in a real browser, with clicks, keys and seconds counted."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from metrics.models import ClickTotal
from social_queue.delivery import dispatch
from social_queue.models import ItemStatus, PlatformAccount, Post, PostStatus, QueueItem
from social_queue.operations import items as operations
from tests import factories
from tests.metrics.made_clicks import published
from tests.support.clock import Clock
from tests.support.hand import Hand
from tests.support.jobs import drawn, job, menu, picture, tomorrow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
QUEUE = "/admin/queue/queueitem/"


def test_why_it_failed_put_right_and_tried_again(desk, hand, four, sandbox, media_root, settings):
    settings.UNDO_SECONDS = 0
    item = factories.make_item(four["telegram"], publish_at=timezone.now(), image_url=f"{sandbox.url}/none.jpg")
    dispatch.drain(clock=Clock())
    desk.goto("/admin/")
    assert "404" in desk.locator("[data-causes]").inner_text()
    hand.click("[data-causes] li[data-cause] a.ap-link", page=True)
    hand.click(f'a[href*="{QUEUE}{item.pk}/change/"]', page=True)
    desk.get_by_text("Nothing of it is out.").wait_for()
    hand.file("#id_image", picture())
    desk.locator("[data-shown]:not([hidden])").wait_for()
    drawn(desk)
    hand.click('[data-act="retry"]', page=True)
    desk.get_by_text("Retry failed: done").wait_for()
    dispatch.drain(clock=Clock())
    assert len(sandbox.wall) == 1 and sandbox.wall[0].media_url
    job("7b", "Why it failed; another picture; try again", hand, clicks=5, seconds=14)


def test_why_it_failed_reworded_and_tried_again(desk, hand, four, sandbox, settings):
    settings.UNDO_SECONDS = 0
    post = factories.make_post(
        factories.make_item(publish_at=timezone.now(), status=ItemStatus.FAILED), four["telegram"],
        status=PostStatus.FAILED, attempts_made=1, error="Bad Request: chat not found", error_kind="rejected",
    )  # fmt: skip
    factories.make_attempt(post, outcome="rejected", error="Bad Request: chat not found", sent_at=factories.NOW)
    desk.goto("/admin/")
    hand.click("[data-causes] li[data-cause] a.ap-link", page=True)
    assert "chat not found" in desk.locator(".ap-error").first.inner_text()
    hand.click(f'a[href*="{QUEUE}{post.item_id}/change/"]', page=True)
    hand.replace("#id_title", "Gates, again")
    drawn(desk)
    hand.click('[data-act="retry"]', page=True)
    desk.get_by_text("Retry failed: done").wait_for()
    dispatch.drain(clock=Clock())
    assert "Gates, again" in sandbox.wall[0].text
    job("7a", "Why it failed; other words; try again", hand, clicks=4, seconds=16)


def test_try_all_again_that_failed_for_one_reason(desk, hand, four):
    for _number in range(5):
        factories.make_post(
            factories.make_item(status=ItemStatus.FAILED), four["facebook"],
            status=PostStatus.FAILED, attempts_made=1, error="This content can't be shared.", error_kind="rejected",
        )  # fmt: skip
    desk.goto("/admin/")
    hand.click('[data-causes] [data-act="mend"]', page=True)
    assert desk.locator("[data-effect]").get_attribute("data-effect") == "5"
    hand.click('[data-act="confirm"]', page=True)
    desk.locator('[data-act="undo"]').wait_for()
    assert Post.objects.filter(status=PostStatus.PENDING).count() == 5
    job(8, "Try all again that failed for one reason", hand, clicks=2, seconds=7)


def test_settle_an_undecided_post(desk, hand, four):
    post = factories.make_post(factories.make_item(), four["telegram"], status=PostStatus.UNKNOWN, attempts_made=1)
    desk.goto("/admin/")
    hand.click('[data-causes] [data-cause="undecided"] [data-act="mend"]', page=True)
    hand.click('[data-act="seen"]', page=True)
    desk.get_by_text("done.").wait_for()
    assert Post.objects.get(pk=post.pk).status == PostStatus.PUBLISHED
    job(9, "Settle an undecided post", hand, clicks=2, seconds=7)


def test_approve_one_and_all_drafts(desk, hand, four):
    soon = timezone.now() + timedelta(hours=1)
    for _number in range(12):
        factories.make_item(status=ItemStatus.DRAFT, publish_at=soon)
    desk.goto("/admin/")
    menu(hand, "/admin/queue/review/")
    hand.click('[data-act="approve"]')
    desk.locator('[data-waiting="11"]').wait_for()
    job("10a", "Approve a draft", hand, clicks=2, seconds=5)
    rest = Hand(desk)
    rest.click('[data-act="approve-plain"]', page=True)
    rest.click('[data-act="confirm"]', page=True)
    desk.locator('[data-waiting="0"]').wait_for()
    assert set(QueueItem.objects.values_list("status", flat=True)) == {ItemStatus.READY}
    job("10b", "Approve all drafts without remarks", rest, clicks=2, seconds=7)


def test_connect_telegram_with_a_wrong_token_first(desk, hand, sandbox, settings, live_server):
    settings.PUBLIC_BASE_URL = live_server.url
    desk.goto("/admin/connect/")
    hand.click("[data-connect=telegram]", page=True)
    hand.click("[name=bot_token]")
    hand.type("4242:wrong")
    hand.click("[data-act=find]", page=True)
    desk.locator("[data-trouble]").wait_for()
    assert not PlatformAccount.objects.exists()
    hand.click("[name=bot_token]")
    hand.type("4242:sandbox-bot")
    hand.click("[data-act=find]", page=True)
    assert desk.locator("[data-found] input:checked").count() == 1  # the one that there is
    hand.click("[data-act=connect]", page=True)
    desk.locator("[data-connected]").first.wait_for()
    assert PlatformAccount.objects.get().status == "active"
    job(11, "Connect Telegram, the token wrong first", hand, clicks=6, seconds=29)


def test_take_back_what_is_out(desk, hand, four, sandbox, settings):
    settings.UNDO_SECONDS = 0
    item = factories.make_item(four["telegram"], publish_at=timezone.now())
    dispatch.drain(clock=Clock())
    assert len(sandbox.wall) == 1
    desk.goto(f"{QUEUE}{item.pk}/change/")
    hand.click('[data-act="recall"]', page=True)
    hand.click('[data-act="confirm"]', page=True)
    dispatch.drain(clock=lambda: timezone.now() + timedelta(seconds=30))
    assert sandbox.wall == []
    job(15, "Delete on its platform what is out", hand, clicks=2, seconds=7)


def test_correct_the_text_of_what_is_out(desk, hand, four, sandbox, settings):
    settings.UNDO_SECONDS = 0
    item = factories.make_item(four["telegram"], publish_at=timezone.now())
    dispatch.drain(clock=Clock())
    desk.goto(f"/admin/queue/post/{item.posts.get().pk}/change/")
    hand.click('[data-act="correct"]', page=True)
    hand.replace("textarea[name=caption]", "The gates open at eight.")
    hand.click('[data-act="look"]', page=True)
    hand.click('[data-act="confirm"]', page=True)
    dispatch.drain(clock=lambda: timezone.now() + timedelta(seconds=30))
    assert sandbox.wall[0].text == "The gates open at eight."
    job("15c", "Change the text of what is out", hand, clicks=4, seconds=18)


def test_restore_what_was_cancelled(desk, hand, four):
    item = factories.make_item(four["telegram"], publish_at=tomorrow(9))
    operations.cancel_item(item, now=timezone.now())
    desk.goto(f"{QUEUE}{item.pk}/change/")
    hand.click('[data-act="restore"]', page=True)
    desk.locator('[data-act="undo"]').wait_for()
    assert item.posts.get().status == PostStatus.PENDING
    job("15b", "Restore what was cancelled by mistake", hand, clicks=1, seconds=4)


def test_invite_a_colleague_as_editor(desk, hand):
    Group.objects.get_or_create(name="Editor")
    desk.goto("/admin/")
    hand.click(desk.locator(".ap-menu summary", has_text="People"))
    menu(hand, "/admin/people/invitations/")
    desk.get_by_label("Editor").check(force=True)
    hand.count(clicks=1)
    hand.click('[data-act="invite"]', page=True)
    assert desk.locator("[data-invitation]").inner_text().startswith("http")
    job(16, "Invite a colleague as editor", hand, clicks=4, seconds=10)


def test_who_did_what(desk, hand, four):
    item = factories.make_item(four["telegram"], publish_at=tomorrow(9), title="Gates of Olympus")
    desk.goto(f"{QUEUE}{item.pk}/change/")
    desk.on("dialog", lambda dialog: dialog.accept())
    desk.locator('[data-act="cancel"]').click()
    desk.locator('[data-act="undo"]').wait_for()
    hand.click(desk.locator(".ap-menu summary", has_text="People"))
    menu(hand, "/admin/queue/activity/")
    row = desk.locator("#result_list tbody tr.data-row").first.inner_text()
    assert "Cancel" in row and "Gates of Olympus" in row and "editor" in row
    job(17, "Who did what", hand, clicks=2, seconds=5)


def test_which_wording_wins(desk, hand, four):
    """Forty posts of each are out for two days; B is clicked three times as often."""
    out = timezone.now() - timedelta(days=2)
    for number in range(80):
        variant, humans = ("B", 6 + number % 4) if number % 2 else ("A", 2 + number % 3)
        post = published(four["telegram"], at=out, variant=variant)
        columns = {"post": post.pk, "queue_item": post.item_id, "account": post.account_id, "variant": variant}
        ClickTotal.objects.create(platform="telegram", hour_at=out, humans=humans, **columns)
    desk.goto("/admin/")
    menu(hand, "/admin/metrics/clicktotal/reports/")
    desk.get_by_text("B is better").first.wait_for()
    job(18, "Which wording wins", hand, clicks=1, seconds=4)


def test_take_the_list_home_as_it_is_filtered(desk, hand, four):
    factories.make_item(four["telegram"], publish_at=tomorrow(9))
    desk.goto(f"{QUEUE}?status__exact=ready")
    with desk.expect_download() as waiting:
        hand.click('a[href*="export/"]')
    assert waiting.value.suggested_filename.endswith(".csv")
    job(19, "Take a list home as it is filtered", hand, clicks=1, seconds=3)
