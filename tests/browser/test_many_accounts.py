"""The composer of a desk with many accounts: folded by platform, found by name, what is chosen never out of sight."""

import pytest

from social_queue.models import PlatformAccount, QueueItem
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ADD = "/admin/queue/queueitem/add/"


@pytest.fixture
def crowd(db):
    """Twenty accounts on each of two platforms and one on a third; one of Telegram's is paused."""
    for platform, letters in (("facebook", "fb"), ("telegram", "tg")):
        for number in range(20):
            factories.make_account(platform, slug=f"{letters}-{number:02}", name=f"Kabar {number:02}")
    factories.make_account("twitter", slug="x-kabar", name="Kabar Surabaya")
    PlatformAccount.objects.filter(slug="tg-07").update(status=PlatformAccount.Status.PAUSED)


def shown(desk):
    """The accounts that are to be seen."""
    return [row.get_attribute("value") for row in desk.locator(".ap-chan:visible input").all()]


def place(desk, platform):
    return desk.locator(f'[data-place-of="{platform}"]')


def test_platforms_are_folded_with_counts_and_what_is_chosen_stays_in_sight(desk, crowd):
    desk.goto(ADD)
    assert shown(desk) == []
    facebook = place(desk, "Facebook").locator("[data-fold]")
    assert "0 of 20 chosen" in facebook.inner_text()
    facebook.click()
    assert (facebook.get_attribute("aria-expanded"), len(shown(desk))) == ("true", 20)
    desk.locator('.ap-chan:has([value="fb-03"])').click()
    assert "1 of 20 chosen" in facebook.inner_text()
    facebook.click()
    assert (facebook.get_attribute("aria-expanded"), shown(desk)) == ("false", ["fb-03"])
    assert desk.locator("[data-chosen]").inner_text() == "1 of 41 chosen"


def test_one_that_is_given_up_does_not_vanish_under_the_finger(desk, crowd):
    desk.goto(f"{ADD}?channels=fb-03")
    desk.locator('[value="fb-03"]').focus()
    desk.keyboard.press("Space")
    assert (shown(desk), desk.evaluate("document.activeElement.value")) == (["fb-03"], "fb-03")
    place(desk, "Facebook").locator("[data-fold]").click()
    place(desk, "Facebook").locator("[data-fold]").click()
    assert shown(desk) == []


def test_an_account_is_found_by_its_name_whichever_is_folded(desk, crowd):
    desk.goto(f"{ADD}?channels=fb-03")
    desk.fill("#ap-find", "SURABAYA kabar")
    assert shown(desk) == ["fb-03", "x-kabar"]
    assert not place(desk, "Telegram").is_visible()
    desk.fill("#ap-find", "nobody at all")
    assert (shown(desk), desk.locator("[data-nobody]").is_visible()) == (["fb-03"], True)
    desk.locator("#ap-find").press("Enter")
    assert desk.url.endswith(f"{ADD}?channels=fb-03")
    desk.fill("#ap-find", "")
    assert (shown(desk), desk.locator("[data-nobody]").is_visible()) == (["fb-03"], False)


def test_a_whole_platform_is_chosen_with_one_press_as_far_as_it_is_active(desk, crowd):
    desk.goto(ADD)
    desk.fill("#id_title", "To all of Telegram")
    desk.fill("#id_link", "https://example.com/many")
    whole = place(desk, "Telegram").locator("[data-all]")
    assert whole.inner_text().startswith("Choose all active (19)")
    whole.click()
    assert (len(shown(desk)), "tg-07" in shown(desk)) == (19, False)
    desk.wait_for_function("document.querySelectorAll('[data-preview]').length === 19")
    whole.click()
    assert desk.locator("[data-chosen]").inner_text() == "0 of 41 chosen"
    desk.fill("#ap-find", "tg-1")
    whole.click()
    desk.locator('[data-act="save-draft"]').click()
    desk.get_by_text("A draft: it goes out only after").wait_for()
    assert sorted(QueueItem.objects.get().channels) == [f"tg-{number}" for number in range(10, 20)]


def test_what_was_chosen_is_in_sight_after_a_reload(desk, crowd):
    desk.goto(ADD)
    place(desk, "Facebook").locator("[data-all]").click()
    place(desk, "X (Twitter)").locator("[data-all]").click()
    desk.wait_for_function("document.querySelectorAll('[data-preview]').length === 21")
    desk.reload()
    assert (len(shown(desk)), desk.locator("[data-chosen]").inner_text()) == (21, "21 of 41 chosen")


def test_a_few_accounts_stand_there_as_they_are(desk, db):
    factories.make_account("facebook", slug="fb-kabar")
    factories.make_account("telegram", slug="tg-kabar")
    desk.goto(ADD)
    assert (shown(desk), desk.locator("#ap-find, [data-fold], [data-all]").count()) == (["fb-kabar", "tg-kabar"], 0)
