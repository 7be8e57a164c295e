"""Several pictures and a video in the composer, in a real browser: added, ordered, described, on desktop and phone."""

import json
import os
from pathlib import Path

import pytest

from social_queue.media import carried
from social_queue.models import QueueItem
from tests import factories
from tests.browser.test_composer import ADD, LINK, PHONE, drawn, picture
from tests.support.videos import video

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def photograph(desk, name: str) -> None:
    """Keep a picture of the page where somebody wants to look at it."""
    if folder := os.environ.get("PICTURES_INTO"):
        desk.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.mark.parametrize("size", [None, PHONE])
def test_files_are_added_ordered_and_described_by_hand(desk, media_root, size):
    factories.make_account("telegram", slug="tg-kabar")
    if size:
        desk.set_viewport_size(size)
    desk.goto(ADD)
    desk.fill("[name=title]", "Gates")
    desk.fill("[name=link]", LINK)
    desk.click("[data-album] summary")
    clip = {"name": "gates.mp4", "mimeType": "video/mp4", "buffer": video(seconds=9)}
    desk.set_input_files("[data-album-file]", [picture(), picture("tomato"), clip])
    desk.wait_for_function("document.querySelectorAll('[data-album-list] li').length === 3")
    drawn(desk)
    assert not desk.locator("[name=image_url]").is_visible(), "One list is enough."

    desk.locator("[data-album-list] li").nth(1).locator("[data-up]").click()
    desk.locator("[data-album-list] li").nth(0).locator("[data-alt]").fill("A red gate")
    desk.fill("[data-album-address]", "https://example.com/four.jpg")
    desk.click("[data-album-add]")
    desk.locator("[data-album-list] li").nth(3).locator("[data-away]").click()
    drawn(desk)
    photograph(desk, f"album-{'phone' if size else 'desktop'}")
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
    boxes = [button.bounding_box() for button in desk.locator("[data-album-list] button").all()]
    assert all(box["height"] >= 24 and box["width"] >= 24 for box in boxes)

    desk.reload()
    desk.wait_for_function("document.querySelectorAll('[data-album-list] li').length === 3")
    held = json.loads(desk.input_value("[name=album]"))
    assert [entry.get("alt", "") for entry in held] == ["A red gate", "", ""]
    desk.click('[data-act="save-draft"]')
    desk.wait_for_url("**/change/**")
    assert [medium.kind for medium in carried.of(QueueItem.objects.get())] == ["image", "image", "video"]
    desk.wait_for_function("document.querySelectorAll('[data-album-list] li').length === 3")
