"""A file of items brought in by a browser, with the clicks counted."""

import pytest

from social_queue.models import QueueItem
from tests import factories
from tests.browser.test_access import _SERIOUS, PHONE, axe  # noqa: F401 - a fixture by its name
from tests.support.browser import in_both_looks, speak

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HEADER = "title,link,channels\n"


@pytest.fixture
def sheet(tmp_path):
    """A file of fifty rows of which one is bad."""
    factories.make_account("telegram", slug="tg-news")
    rows = [f"Item {number},https://example.com/{number},tg-news\n" for number in range(50)]
    rows[20] = "Broken,example.com/20,tg-news\n"
    file = tmp_path / "items.csv"
    file.write_text(HEADER + "".join(rows))
    return file


def test_the_good_rows_are_queued_and_the_bad_one_is_mended_with_four_clicks(desk, sheet):
    clicks = 0
    desk.goto("/admin/queue/import/")
    desk.locator("input[type=file]").set_input_files(sheet)
    clicks += 1
    desk.locator("[data-row]").first.wait_for()
    assert desk.locator('[data-row][data-verdict="good"]').count() == 49
    bad = desk.locator('[data-row="22"][data-verdict="bad"]')
    assert "http" in bad.inner_text()
    desk.locator('[data-act="queue-good"]').click()
    clicks += 1
    desk.get_by_text("49 items queued.").wait_for()
    desk.get_by_label("link").fill("https://example.com/20")
    desk.locator('[data-act="judge"]').click()
    clicks += 1
    desk.locator('[data-verdict="good"]').wait_for()
    desk.locator('[data-act="queue-good"]').click()
    clicks += 1
    desk.wait_for_url("**/queueitem/?source=file")
    assert QueueItem.objects.count() == 50 and clicks <= 4


def test_a_file_is_dropped_on_its_place(desk, sheet):
    desk.goto("/admin/queue/import/")
    dropped = desk.evaluate_handle(
        """(text) => { const held = new DataTransfer(); held.items.add(new File([text], 'items.csv')); return held }""",
        sheet.read_text(),
    )
    desk.locator("[data-drop]").dispatch_event("drop", {"dataTransfer": dropped})
    desk.locator('[data-row="51"]').wait_for()


def test_bad_rows_are_taken_home_as_a_file(desk, sheet):
    desk.goto("/admin/queue/import/")
    desk.locator("input[type=file]").set_input_files(sheet)
    with desk.expect_download() as waiting:
        desk.locator('[data-act="reasons"]').click()
    assert waiting.value.suggested_filename == "bad-rows.csv"
    assert "Broken" in waiting.value.path().read_text()


@in_both_looks
def test_everybody_can_import(desk, sheet, axe, theme, language):  # noqa: F811 - the fixture
    speak(desk, language)
    desk.emulate_media(color_scheme=theme)
    if theme == "dark":
        desk.set_viewport_size(PHONE)
    desk.goto("/admin/queue/import/")
    desk.evaluate(axe)
    assert desk.evaluate(_SERIOUS) == []
    desk.locator("input[type=file]").set_input_files(sheet)
    desk.locator("[data-row]").first.wait_for()
    desk.evaluate(axe)
    assert desk.evaluate(_SERIOUS) == []
    assert desk.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert (desk.locator("h1").count(), desk.locator("main").count()) == (1, 1)
