"""The composer in a real browser: written once, seen as each platform would show it, put right where it failed."""

import io
import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image

from social_queue.delivery import dispatch
from social_queue.models import Post, QueueItem
from tests import factories
from tests.support import clients
from tests.support.browser import in_both_looks, speak
from tests.support.clock import Clock

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ADD = "/admin/queue/queueitem/add/"
PHONE = {"width": 390, "height": 844}
LINK = "https://example.com/gates"


def picture(colour="teal"):
    drawn = io.BytesIO()
    Image.new("RGB", (900, 600), colour).save(drawn, "PNG")
    return {"name": "gates.png", "mimeType": "image/png", "buffer": drawn.getvalue()}


def card(desk, slug):
    return desk.locator(f'[data-preview="{slug}"]')


def drawn(desk):
    """Wait until the cards show what is written now."""
    desk.wait_for_timeout(250)
    desk.wait_for_function("document.querySelector('[data-compose]').dataset.idle === 'yes'")


def test_the_cards_follow_what_is_typed(desk, four):
    desk.goto(ADD)
    desk.fill("#id_link", LINK)
    began = desk.evaluate("performance.now()")
    desk.fill("#id_title", "Gates & <Olympus>")
    desk.wait_for_function(
        "[...document.querySelectorAll('[data-preview] .words')]"
        ".filter((one) => one.innerText.includes('<Olympus>')).length === 4"
    )
    print(f"redrawn after {desk.evaluate('performance.now()') - began:.0f} ms")
    assert card(desk, "tg-kabar").locator("b", has_text="Gates & <Olympus>").count()
    x_card = card(desk, "x-kabar")
    assert (int(x_card.get_attribute("data-length")) > 20, x_card.get_attribute("data-limit")) == (True, "280")


def test_what_x_would_refuse_can_only_be_kept_as_a_draft(desk, four):
    desk.goto(ADD)
    desk.fill("#id_link", LINK)
    desk.fill("#id_title", "x" * 286)
    card(desk, "x-kabar").locator('[data-problem="too_long"]').wait_for()
    assert "only 280 are allowed" in desk.locator('[data-faults="title"]').inner_text()
    assert desk.locator('[data-act="schedule"]').is_disabled() and desk.locator('[data-act="send-now"]').is_disabled()
    assert (
        desk.locator('[data-bang="x-kabar"]').is_visible() and not desk.locator('[data-bang="fb-kabar"]').is_visible()
    )
    desk.locator('[data-act="save-draft"]').click()
    desk.get_by_text("A draft: it goes out only after").wait_for()
    assert QueueItem.objects.get().status == "draft"
    desk.locator('[data-act="approve"]:disabled').wait_for()
    desk.fill("#id_title", "Short enough")
    desk.locator('[data-act="approve"]:enabled').click()
    desk.locator('[data-act="undo"]').wait_for()
    assert (QueueItem.objects.get().status, QueueItem.objects.get().title) == ("ready", "Short enough")


def test_own_words_stay_when_the_common_text_changes(desk, four, sandbox, media_root):
    desk.goto(ADD)
    desk.fill("#id_link", LINK)
    desk.fill("#id_title", "Common one")
    drawn(desk)
    desk.locator('[data-tab="x-kabar"]').click()
    box = desk.locator('[name="caption:x-kabar"]')
    assert "Common one" in box.input_value() and "{link}" in box.input_value()
    box.fill("Only for X: {link}")
    desk.locator('[data-tab=""]').click()
    desk.fill("#id_title", "Common two")
    drawn(desk)
    assert "Only for X" in card(desk, "x-kabar").inner_text() and "Common" not in card(desk, "x-kabar").inner_text()
    assert "Common two" in card(desk, "fb-kabar").inner_text()
    desk.locator('[data-act="save-draft"]').click()
    desk.wait_for_url("**/change/")
    assert QueueItem.objects.get().captions == {"x-kabar": "Only for X: {link}"}
    desk.locator('[data-act="approve"]').click()
    desk.locator('[data-act="undo"]').wait_for()
    QueueItem.objects.update(publish_at=timezone.now())
    Post.objects.update(not_before=timezone.now())
    dispatch.drain(clock=Clock())
    said = {posting.platform: posting.text for posting in sandbox.wall}
    assert said["twitter"].startswith("Only for X: http") and "Common two" in said["facebook"]


def test_a_picture_outlives_an_error_and_the_text_a_reload(desk, four, media_root):
    desk.goto(ADD)
    desk.fill("#id_title", "Kept")
    desk.fill("#id_link", "nonsense")
    desk.set_input_files("#id_image", picture())
    desk.locator("[data-shown]:not([hidden])").wait_for()
    drawn(desk)
    desk.locator('[data-act="save-draft"]').click()
    desk.locator('[data-faults="link"] li').first.wait_for()
    assert "look/?of=" in desk.locator("[data-shown]").get_attribute("src")
    desk.fill("#id_link", LINK)
    drawn(desk)
    desk.locator('[data-act="save-draft"]').click()
    desk.wait_for_url("**/change/")
    assert Image.open(QueueItem.objects.get().image.path).size == (900, 600)
    desk.goto(ADD)
    assert desk.input_value("#id_title") == ""
    desk.fill("#id_title", "Not lost")
    desk.locator('.ap-chan:has([value="ig-kabar"])').click()
    drawn(desk)
    desk.reload()
    desk.get_by_text("What you had written here is back.").wait_for()
    assert desk.input_value("#id_title") == "Not lost" and desk.is_checked('[name=channels][value="ig-kabar"]')


def test_what_is_no_picture_is_said_at_once(desk, four, media_root):
    desk.goto(ADD)
    desk.set_input_files("#id_image", {"name": "a.png", "mimeType": "image/png", "buffer": b"no picture"})
    desk.locator('[data-faults="image"] li').wait_for()
    assert "can't be taken" in desk.locator('[data-faults="image"]').inner_text()
    # Cards that are drawn meanwhile, here for a title, do not take the sentence away; another picture does.
    desk.fill("#id_title", "A title")
    drawn(desk)
    assert "can't be taken" in desk.locator('[data-faults="image"]').inner_text()
    desk.set_input_files("#id_image", picture())
    desk.locator("[data-shown]:not([hidden])").wait_for()
    assert not desk.locator('[data-faults="image"] li').count()


def test_a_failed_item_is_put_right_and_sent_in_one_press(desk, four, sandbox, media_root, settings):
    settings.UNDO_SECONDS = 0
    item = factories.make_item(four["telegram"], publish_at=timezone.now(), image_url=f"{sandbox.url}/no.png")
    dispatch.drain(clock=Clock())
    desk.goto(f"/admin/queue/queueitem/{item.pk}/change/")
    desk.get_by_text("Nothing of it is out.").wait_for()
    desk.set_input_files("#id_image", picture())
    desk.locator("[data-shown]:not([hidden])").wait_for()
    drawn(desk)
    desk.locator('[data-act="retry"]').click()
    desk.get_by_text("Retry failed: done").wait_for()
    dispatch.drain(clock=Clock())
    item.refresh_from_db()
    assert (item.status, len(sandbox.wall), bool(sandbox.wall[0].media_url)) == ("posted", 1, True)


def test_an_answer_that_is_older_than_what_is_written_is_not_taken_for_it(desk, four):
    held = []

    def hold_the_first(route):
        if held:
            route.continue_()
        else:
            held.append((route, route.fetch()))

    desk.goto(ADD)
    desk.fill("#id_link", LINK)
    drawn(desk)
    desk.route("**/preview/", hold_the_first)
    desk.fill("#id_title", "Written first")
    while not held:
        desk.wait_for_timeout(20)
    desk.fill("#id_title", "Written last")
    held[0][0].fulfill(response=held[0][1])
    desk.wait_for_function("document.querySelector('[data-compose]').dataset.idle === 'yes'")
    assert "Written last" in card(desk, "tg-kabar").inner_text()


def test_facts_of_any_name_and_channels_change_on_a_waiting_item(desk, four):
    soon = timezone.now() + timedelta(days=1)
    item = factories.make_item(*four.values(), publish_at=soon, data={"game": "Old", "odds": [1, 2], "team": "A"})
    desk.goto(f"/admin/queue/queueitem/{item.pk}/change/")
    rows = desk.locator(".ap-fact")
    assert rows.count() == 3
    rows.nth(1).locator("[name=data_value]").fill("B")
    rows.nth(2).locator("[name=data_key]").fill("league")
    rows.nth(2).locator("[name=data_value]").fill("One")
    desk.locator('.ap-chan:has([value="fb-kabar"])').click()
    drawn(desk)
    assert card(desk, "fb-kabar").count() == 0
    desk.locator('[data-act="schedule"]').click()
    desk.get_by_text("kept as you changed it").wait_for()
    item.refresh_from_db()
    assert item.data == {"game": "Old", "odds": [1, 2], "team": "B", "league": "One"}
    assert set(item.posts.values_list("account__slug", flat=True)) == {"ig-kabar", "tg-kabar", "x-kabar"}


def test_the_calendars_moment_is_in_the_field_and_enter_presses_nothing(desk, four):
    desk.goto(f"{ADD}?publish_at=2031-05-06T07:08:00%2B00:00")
    assert desk.input_value("#id_publish_at_0") == "2031-05-06"
    desk.fill("#id_title", "Nothing yet")
    desk.press("#id_title", "Enter")
    desk.wait_for_timeout(300)
    assert not QueueItem.objects.exists()


def test_the_second_of_two_editors_sees_both_own_words(desk, four):
    item = factories.make_item(*four.values(), publish_at=timezone.now() + timedelta(days=1))
    page = f"/admin/queue/queueitem/{item.pk}/change/"
    other = desk.context.new_page()
    for tab, words in ((desk, "Of the first"), (other, "Of the second")):
        tab.goto(page)
        tab.locator('[data-tab="tg-kabar"]').click()
        tab.fill('[name="caption:tg-kabar"]', words)
    for tab in (desk, other):
        drawn(tab)
        tab.locator('[data-act="schedule"]').click()
    other.locator("[data-conflict]").wait_for()
    assert "Of the first" in other.inner_text("[data-conflict]") and "Of the second" in other.inner_text(
        "[data-conflict]"
    )
    item.refresh_from_db()
    assert item.captions == {"tg-kabar": "Of the first"}
    other.locator('[data-act="save-mine"]').click()
    other.get_by_text("kept as you changed it").wait_for()
    item.refresh_from_db()
    assert item.captions == {"tg-kabar": "Of the second"}


def test_on_a_phone_the_cards_are_behind_a_button_and_nothing_is_too_wide(desk, four):
    desk.set_viewport_size(PHONE)
    desk.goto(ADD)
    drawn(desk)
    assert not card(desk, "x-kabar").is_visible()
    assert desk.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    desk.locator('[data-view="look"]').click()
    assert card(desk, "x-kabar").is_visible() and not desk.locator("#id_title").is_visible()
    assert desk.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@in_both_looks
def test_axe_finds_nothing_serious_while_something_is_wrong(desk, four, theme, language):
    try:
        axe = clients.axe()
    except clients.Unavailable as reason:
        pytest.skip(str(reason))
    speak(desk, language)
    desk.emulate_media(color_scheme=theme)
    desk.set_viewport_size(PHONE if theme == "dark" else {"width": 1440, "height": 900})
    desk.goto(ADD)
    desk.fill("#id_title", "x" * 286)
    desk.locator('[data-faults="title"] li').wait_for()
    desk.evaluate(axe)
    found = desk.evaluate(
        "async () => (await axe.run()).violations.filter((one) => ['serious', 'critical'].includes(one.impact))"
        ".map((one) => [one.id, one.nodes.map((node) => node.html.slice(0, 160))])"
    )
    assert not found, json.dumps(found, indent=1)
    assert re.search("280", desk.locator('[data-faults="title"]').inner_text())
