"""Hashtag sets and the focus point of the composer in a real browser."""

import io

import pytest
from PIL import Image

from social_queue.models import HashtagSet, QueueItem
from tests import factories
from tests.browser.test_composer import ADD, LINK, drawn

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def accounts(db):
    return [factories.make_account("instagram", slug="ig"), factories.make_account("telegram", slug="tg")]


def test_hashtags_are_kept_as_a_set_and_put_in_by_a_press(desk, accounts):
    desk.goto(ADD)
    desk.fill("#id_hashtags", "#slot, #gates")
    desk.fill("[data-set-name]", "Evening")
    desk.locator("[data-set-keep]").click()
    desk.get_by_text("Kept as Evening.").wait_for()
    desk.fill("#id_hashtags", "#slot")
    desk.locator(".ap-set [data-tags]").click()
    assert desk.input_value("#id_hashtags") == "#slot, #gates"
    desk.locator("[data-set-forget]").click()
    desk.get_by_text("Forgotten.").wait_for()
    assert desk.locator(".ap-set").count() == 0 and not HashtagSet.objects.exists()


def test_the_picture_is_pressed_where_it_must_stay(desk, accounts, media_root):
    desk.goto(ADD)
    picture = io.BytesIO()
    Image.new("RGB", (600, 1800), "teal").save(picture, "PNG")
    desk.fill("#id_title", "Gates")
    desk.fill("#id_link", LINK)
    desk.set_input_files("#id_image", {"name": "a.png", "mimeType": "image/png", "buffer": picture.getvalue()})
    frame = desk.locator("[data-focus]:not([disabled])")
    frame.wait_for()
    desk.wait_for_function("document.querySelector('[data-shown]').naturalWidth > 0")
    drawn(desk)
    box = frame.bounding_box()
    frame.click(position={"x": box["width"] / 2, "y": box["height"] / 4})
    assert desk.input_value("#id_focus") == "50,25"
    frame.press("ArrowUp")
    drawn(desk)
    assert desk.input_value("#id_focus") == "50,20" and desk.locator("[data-focus-mark]").is_visible()
    # The card that is drawn for the new place comes when nobody has typed for a while.
    desk.wait_for_function("document.querySelector('[data-preview=ig] figure img:not([data-later])')")
    shown = desk.locator('[data-preview="ig"] figure img')
    shown.evaluate("async (seen) => { await seen.decode(); }")
    # As Instagram gets it: cut to four by five, with no border beside it.
    assert shown.evaluate("(seen) => seen.naturalWidth / seen.naturalHeight") > 0.79
    desk.reload()
    drawn(desk)
    assert desk.input_value("#id_focus") == "50,20"
    desk.locator('[data-act="save-draft"]').click()
    desk.wait_for_url("**/change/")
    assert QueueItem.objects.get().focus == "50,20"
    assert desk.locator("[data-focus-mark]").is_visible()
    desk.locator("[data-focus-none]").click()
    assert desk.input_value("#id_focus") == ""
