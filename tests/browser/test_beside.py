"""What follows a post and the label of AI in the composer, in a real browser: by mouse, by keys, with a thumb."""

import json
import os
from pathlib import Path

import pytest

from social_queue.models import QueueItem
from tests import factories
from tests.browser.test_composer import ADD, LINK, PHONE, drawn

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ROWS = "[data-follow-ups-list] li"


def photograph(desk, name: str) -> None:
    """Keep a picture of the page where somebody wants to look at it."""
    if folder := os.environ.get("PICTURES_INTO"):
        desk.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def texts(desk) -> list[str]:
    """As they stand in the page, one below the other."""
    return [field.input_value() for field in desk.locator(f"{ROWS} [data-text]").all()]


@pytest.mark.parametrize("size", [None, PHONE])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_they_are_added_ordered_and_taken_away_and_outlive_a_reload(desk, media_root, size, theme):
    factories.make_account("telegram", slug="tg-kabar")
    factories.make_account("twitter", slug="x-kabar")
    desk.emulate_media(color_scheme=theme)
    if size:
        desk.set_viewport_size(size)
    desk.goto(ADD)
    desk.fill("[name=title]", "Gates")
    desk.fill("[name=link]", LINK)
    desk.click("[data-follow-ups] > summary")
    for text in ("One", "Two: {link}", "Three"):
        desk.click("[data-follow-ups-add]")
        desk.keyboard.type(text)
    assert texts(desk) == ["One", "Two: {link}", "Three"]
    desk.keyboard.press("Alt+ArrowUp")
    desk.keyboard.type("!")
    assert texts(desk) == ["One", "Three!", "Two: {link}"], "The cursor stays in the text that was moved."
    desk.locator(ROWS).nth(0).locator("[data-down]").click()
    assert texts(desk) == ["Three!", "One", "Two: {link}"]
    desk.locator(ROWS).nth(1).locator("[data-away]").click()
    desk.locator(ROWS).nth(0).locator("summary").click()
    desk.locator(ROWS).nth(0).locator('[data-place="tg-kabar"]').check()
    assert desk.locator(ROWS).nth(0).locator("[data-where]").inner_text() == "Only on tg-kabar"
    assert desk.locator(ROWS).nth(0).locator("[data-count]").inner_text() == "6 characters"
    desk.select_option("[name=ai_generated]", "yes")
    drawn(desk)
    photograph(desk, f"follow-ups-{'phone' if size else 'desktop'}-{theme}")
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
    boxes = [button.bounding_box() for button in desk.locator(f"{ROWS} button").all()]
    assert all(box["height"] >= 24 and box["width"] >= 24 for box in boxes)

    desk.reload()
    desk.wait_for_function("document.querySelectorAll('[data-follow-ups-list] li').length === 2")
    _is_kept_and_shown(desk)


def _is_kept_and_shown(desk):
    held = json.loads(desk.input_value("[name=follow_ups]"))
    assert held == [{"text": "Three!", "channels": ["tg-kabar"]}, {"text": "Two: {link}"}]
    assert desk.input_value("[name=ai_generated]") == "yes"
    drawn(desk)
    hung = desk.locator('[data-preview="tg-kabar"] .thread li')
    assert hung.count() == 2 and "6 / 4096" in hung.nth(0).inner_text()
    assert desk.locator('[data-preview="x-kabar"] [data-problem="follow_ups_left_out"]').count() == 1
    assert desk.locator('[data-preview="x-kabar"] [data-flag="ai"]').count() == 1
    assert "Made with AI" in (desk.locator('[data-preview="tg-kabar"] .words').first.text_content() or "")
    desk.click('[data-act="save-draft"]')
    desk.wait_for_url("**/change/**")
    assert QueueItem.objects.get().follow_ups == held
    assert texts(desk) == ["Three!", "Two: {link}"]


def test_what_is_too_long_is_said_beside_the_list_and_can_not_be_scheduled(desk, media_root):
    factories.make_account("telegram", slug="tg-kabar")
    desk.goto(ADD)
    desk.fill("[name=title]", "Gates")
    desk.fill("[name=link]", LINK)
    desk.click("[data-follow-ups] > summary")
    desk.click("[data-follow-ups-add]")
    desk.locator(f"{ROWS} [data-text]").fill("x" * 4097)
    drawn(desk)
    assert "Follow-up 1 needs 4097 characters" in desk.inner_text('[data-faults="follow_ups"]')
    assert desk.locator('[data-act="schedule"]').is_disabled()
    desk.locator(f"{ROWS} [data-text]").fill("x" * 4096)
    drawn(desk)
    assert desk.locator('[data-act="schedule"]').is_enabled()
