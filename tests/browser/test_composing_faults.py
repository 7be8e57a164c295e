"""The composer in a real browser: what is wrong stays marked until it is mended, and is where the eye is led."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.browser.test_composing_once import ADD, LINK, drawn, press, write

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def _fill_moment(desk, name, moment):
    for part, shown in ((0, f"{moment:%Y-%m-%d}"), (1, f"{moment:%H:%M}")):
        desk.locator(f"[name={name}_{part}]").fill(shown)


def test_a_mark_stays_until_its_field_is_changed_and_the_page_leads_to_it(desk, four):
    desk.goto(ADD)
    desk.fill("#id_link", LINK)
    drawn(desk)
    # Title and text are sound, and an empty title is no fault while somebody writes: only the press says it.
    desk.locator('[data-act="save-draft"]').click()
    mark = desk.locator('[data-faults="title"] li')
    mark.wait_for()
    drawn(desk)
    assert mark.count() == 1
    assert desk.evaluate("document.activeElement.name") == "title"
    desk.fill("#id_title", "Gates")
    drawn(desk)
    assert not mark.count()


def test_a_tag_that_is_too_long_is_no_draft_either_and_is_in_sight_after_the_press(desk, four):
    desk.set_viewport_size({"width": 390, "height": 700})
    desk.goto(ADD)
    write(desk)
    desk.fill("[name=hashtags]", "x" * 101)
    drawn(desk)
    assert "draft" not in desk.inner_text("[data-told]")
    desk.locator('[data-act="save-draft"]').click()
    desk.locator("[data-wrong]").wait_for()
    desk.wait_for_function("document.activeElement.name === 'hashtags'")
    top = desk.locator('[data-faults="hashtags"]').bounding_box()["y"]
    assert 0 < top < 700


def test_a_contradiction_in_what_is_folded_away_is_unfolded(desk, four):
    desk.goto(ADD)
    write(desk)
    soon = timezone.now() + timedelta(days=3)
    fold = desk.locator("details:has([name=expires_at_0])")
    fold.locator("summary").click()
    _fill_moment(desk, "publish_at", soon)
    _fill_moment(desk, "expires_at", soon - timedelta(days=1))
    drawn(desk)
    assert desk.locator('[data-faults="expires_at"] li').is_visible()
    assert desk.locator('[data-act="schedule"]').is_disabled() and desk.locator('[data-act="send-now"]').is_enabled()


def test_what_the_browser_puts_back_is_looked_at_anew(desk, four):
    desk.goto(ADD)
    write(desk, "Gates of Olympus")
    press(desk, "save-draft")
    desk.go_back()
    drawn(desk)
    if desk.input_value("#id_title"):
        assert "Gates of Olympus" in desk.inner_text("[data-cards]")
        assert desk.locator('[data-act="schedule"]').is_enabled()


def test_own_words_that_were_emptied_follow_the_common_text_again(desk, four):
    desk.goto(ADD)
    write(desk)
    desk.locator('[data-tab="x-kabar"]').click()
    box = desk.locator('[name="caption:x-kabar"]')
    box.fill("Only for X: {link}")
    assert "no longer follow" in desk.inner_text('[data-state="x-kabar"]')
    box.fill("")
    assert "Follows the common text" in desk.inner_text('[data-state="x-kabar"]')
    desk.locator('[data-tab=""]').click()
    desk.fill("#id_title", "Gates of Olympus")
    drawn(desk)
    assert "Gates of Olympus" in box.input_value()


def test_on_a_narrow_phone_the_moment_stays_in_its_panel(desk, four):
    desk.set_viewport_size({"width": 360, "height": 740})
    desk.goto(ADD)
    desk.locator("details:has([name=expires_at_0]) summary").click()
    zone = desk.locator(".ap-write-expires_at .ap-zone").bounding_box()
    panel = desk.locator("details:has([name=expires_at_0])").bounding_box()
    assert zone["x"] + zone["width"] <= panel["x"] + panel["width"]
    assert desk.evaluate("document.documentElement.scrollWidth") <= 360
