"""Correcting as people do it: both texts seen, asked for, stopped or done, and the wall that changes by itself."""

import pytest
from django.utils import timezone

from social_queue.delivery import dispatch
from social_queue.models import Errand
from social_queue.operations.correcting import asking
from tests import factories
from tests.browser.test_access import _SERIOUS, axe  # noqa: F401
from tests.browser.test_threads import PHONE, photograph
from tests.support.clock import Clock

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NEW = "The gates open at eight, not at seven."


@pytest.fixture
def post(sandbox, settings):
    """A post that is out."""
    settings.UNDO_SECONDS = 120
    account = factories.make_account("telegram", slug="tg-kabar")
    row = factories.make_post(factories.make_item(publish_at=timezone.now()), account)
    assert dispatch.drain(clock=timezone.now) == {"published": 1}
    row.refresh_from_db()
    return row


@pytest.mark.parametrize("size", [None, PHONE])
def test_both_texts_are_seen_and_then_the_post_reads_otherwise(desk, post, sandbox, axe, size):  # noqa: F811
    if size:
        desk.set_viewport_size(size)
    name = "phone" if size else "desktop"
    desk.goto(f"/admin/queue/post/{post.pk}/change/")
    desk.click("[data-act=correct]")
    field = desk.locator("[data-correct] textarea[name=caption]")
    assert field.input_value() == post.caption
    field.fill("x" * 4097)
    desk.click("[data-act=look]")
    assert "4096" in desk.inner_text("[data-correct]")
    photograph(desk, f"correct-refused-{name}")
    field.fill(NEW)
    desk.click("[data-act=look]")
    assert desk.inner_text("[data-before]") == post.caption
    assert desk.inner_text("[data-after]") == NEW
    photograph(desk, f"correct-{name}")
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
    desk.evaluate(axe)
    assert desk.evaluate(_SERIOUS) == []
    desk.click("[data-act=confirm]")
    desk.wait_for_selector("[data-act=leave-text]")
    photograph(desk, f"correct-asked-{name}")

    clock = Clock()
    clock.forward(seconds=121)
    assert dispatch.drain(clock=clock) == {"corrected": 1} and sandbox.wall[0].text == NEW
    desk.reload()
    desk.click("[data-correction] summary")
    assert NEW in desk.inner_text("[data-correction]") and post.caption in desk.inner_text("[data-correction]")
    photograph(desk, f"corrected-{name}")


def test_it_is_stopped_for_a_moment(desk, post):
    desk.goto(f"/admin/queue/post/{post.pk}/change/")
    desk.click("[data-act=correct]")
    desk.fill("[data-correct] textarea[name=caption]", NEW)
    desk.click("[data-act=look]")
    desk.click("[data-act=confirm]")
    desk.click("[data-act=leave-text]")
    desk.wait_for_selector("text=Leave the text as it is: done.")
    assert not Errand.objects.exists()


def test_the_wall_shows_the_new_text_by_itself_and_that_it_was_edited(page, sandbox, post):
    page.goto(f"{sandbox.url}/")
    words = page.locator(".post.telegram")
    assert post.item.title in words.inner_text()
    asking.correct(post, NEW, asker=asking.Asker("ann"), now=timezone.now())
    clock = Clock()
    clock.forward(seconds=121)
    dispatch.drain(clock=clock)
    page.get_by_text(NEW).wait_for()
    assert "edited" in words.inner_text()
    photograph(page, "wall-edited")


@pytest.mark.parametrize("size", [None, PHONE])
def test_it_is_pressed_on_the_item_s_card_and_on_a_follow_up(desk, sandbox, media_root, settings, axe, size):  # noqa: F811
    settings.UNDO_SECONDS = 120
    if size:
        desk.set_viewport_size(size)
    name = "phone" if size else "desktop"
    places = [factories.make_account(platform, slug=f"our-{platform}") for platform in ("telegram", "instagram")]
    item = factories.make_item(*places, publish_at=timezone.now(), follow_ups=[{"text": "Doors at seven."}])
    while dispatch.drain(clock=timezone.now):
        pass
    desk.goto(f"/admin/queue/queueitem/{item.pk}/change/")
    photograph(desk, f"item-out-{name}")
    assert desk.locator("[data-act=correct]").count() == 1
    desk.evaluate(axe)
    assert desk.evaluate(_SERIOUS) == []
    desk.click("[data-preview=our-telegram] [data-act=correct]")
    desk.fill("[data-correct] textarea[name=caption]", NEW)
    desk.click("[data-act=look]")
    desk.click("[data-act=confirm]")
    desk.wait_for_url(f"**/queueitem/{item.pk}/change/")

    post = item.posts.get(platform="telegram")
    desk.goto(f"/admin/queue/post/{post.pk}/change/")
    desk.click("[data-part='2'] [data-act=correct-part]")
    desk.fill("[data-correct] textarea[name=caption]", "Doors at eight.")
    desk.click("[data-act=look]")
    photograph(desk, f"correct-part-{name}")
    assert desk.inner_text("[data-before]") == "Doors at seven."
    desk.click("[data-act=confirm]")
    desk.wait_for_selector("[data-act=leave-below]")
    photograph(desk, f"thread-corrected-{name}")
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
    desk.evaluate(axe)
    assert desk.evaluate(_SERIOUS) == []
    clock = Clock()
    clock.forward(seconds=121)
    while dispatch.drain(clock=clock):
        pass
    assert [one.text for one in sandbox.wall if one.platform == "telegram"] == [NEW, "Doors at eight."]
