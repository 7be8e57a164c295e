"""The cards of an item's page in a real browser: on a desk and on a phone, by day and by night."""

import pytest

from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def item(db):
    """A draft for one account on each platform, with a long link and markup that Telegram reads."""
    for platform, slug in (("facebook", "fb-kabar"), ("instagram", "ig"), ("telegram", "tg"), ("twitter", "x-kabar")):
        factories.make_account(platform, slug=slug)
    return factories.make_item(
        title="Gates of Olympus & teman-teman",
        summary="Malam ini ramai sekali. " * 12,
        link=f"https://example.com/{'a-very-long-path/' * 12}",
        hashtags=["#Malam", "#Jam2"],
        channels=[],
        status="draft",
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_cards_fit_their_page_and_show_their_pictures(desk, item, width, scheme):
    desk.set_viewport_size({"width": width, "height": 900})
    desk.emulate_media(color_scheme=scheme)
    desk.goto(f"/admin/queue/queueitem/{item.pk}/change/")
    desk.wait_for_function("document.querySelector('[data-compose]').dataset.idle === 'yes'")
    if width < 768:
        desk.locator('[data-view="look"]').click()
    cards = desk.locator("[data-preview] .post")
    assert cards.count() == 4
    assert desk.evaluate("document.documentElement.scrollWidth") <= width
    desk.locator("[data-preview='ig'] img").scroll_into_view_if_needed()
    desk.wait_for_function("document.querySelector(\"[data-preview='ig'] img\").naturalWidth > 0")
    # Telegram's bold is bold, and no tag of it is to be read.
    assert desk.locator("[data-preview='tg'] .words b").first.inner_text()
    assert "<b>" not in desk.locator("[data-preview='tg'] .post").inner_text()
