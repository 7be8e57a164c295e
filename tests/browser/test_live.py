"""Open pages renew themselves in a real browser, and whoever is at work in one keeps what he has."""

from datetime import timedelta

import pytest
from django.utils import timezone

from social_queue.models import ItemStatus, Post, QueueItem
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIST, RENEW = "/admin/queue/queueitem/", "document.dispatchEvent(new Event('ap:renew'))"


@pytest.fixture
def items():
    """Thirty items of the coming days."""
    account = factories.make_account("telegram", slug="tg")
    soon = timezone.now() + timedelta(hours=1)
    return [factories.make_item(account, title=f"No {n}", publish_at=soon + timedelta(hours=n)) for n in range(30)]


def test_a_list_keeps_choice_place_and_boxes_that_still_count(desk, items):
    desk.goto(LIST)
    desk.locator("#result_list tbody input.action-select").nth(3).check()
    desk.evaluate("window.scrollTo(0, 300)")
    QueueItem.objects.filter(pk=items[1].pk).update(title="Renamed")
    first = factories.make_item(items[0].posts.get().account, title="Brand new", publish_at=timezone.now())
    QueueItem.objects.filter(pk=first.pk).update(publish_at=timezone.now() + timedelta(minutes=1))
    QueueItem.objects.filter(pk=items[29].pk).delete()
    desk.evaluate(RENEW)
    desk.get_by_text("Renamed").wait_for()
    assert desk.locator("#result_list").get_by_text("Brand new").count() == 1
    assert desk.evaluate("window.scrollY") == 300
    chosen = desk.locator("#result_list input.action-select:checked")
    assert [box.get_attribute("value") for box in chosen.all()] == [str(items[3].pk)]
    desk.locator("#action-toggle").check(force=True)
    assert desk.locator("#result_list input.action-select:checked").count() == 30


def test_typed_text_is_kept_and_review_follows_what_others_decide(desk, items):
    drafts = [factories.make_item(status=ItemStatus.DRAFT, publish_at=timezone.now()) for _ in range(2)]
    desk.goto("/admin/queue/review/")
    desk.locator("[name=reason]").fill("half a sen")
    QueueItem.objects.filter(pk=drafts[0].pk).update(status=ItemStatus.CANCELLED)
    desk.evaluate(RENEW)
    desk.wait_for_timeout(600)
    assert desk.locator("[name=reason]").input_value() == "half a sen"
    desk.locator("[name=reason]").fill("")
    desk.locator("h1").click()
    desk.evaluate(RENEW)
    desk.locator(f'[data-review="{drafts[1].pk}"]').wait_for()
    desk.keyboard.press("a")
    desk.get_by_text("Nothing waits for you.").wait_for()


def test_today_renews_itself_and_asks_nothing_in_the_background(desk, items):
    asked = []
    desk.on("request", lambda request: asked.append(request) if request.headers.get("x-live") else None)
    desk.goto("/admin/")
    Post.objects.filter(item=items[0]).update(status="failed", error="Too small.", error_kind="rejected")
    desk.evaluate(RENEW)
    desk.locator('[data-cause="rejected"]').wait_for()
    assert len(asked) == 1
    desk.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    desk.evaluate(RENEW)
    desk.wait_for_timeout(400)
    assert len(asked) == 1


@pytest.mark.parametrize("where", [LIST, "/admin/queue/calendar/?view=list"])
def test_a_page_that_renews_itself_says_that_nobody_pressed(desk, items, where):
    """By that the server knows that it keeps nobody logged in, and takes no message away."""
    desk.clock.install()
    desk.goto(where)
    with desk.expect_request(lambda request: request.resource_type == "fetch") as asked:
        desk.clock.fast_forward(25_000)
    assert asked.value.url.endswith(where) and asked.value.headers.get("x-live")
