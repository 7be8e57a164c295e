"""Review with a thumb and with keys, in a real browser."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from social_queue.models import ItemStatus, QueueItem
from tests import factories
from tests.support.browser import speak

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
REVIEW = "/admin/queue/review/"


@pytest.fixture
def drafts():
    """Twelve drafts for two accounts."""
    for platform, slug in (("telegram", "tg-kabar"), ("facebook", "fb-kabar")):
        factories.make_account(platform, slug=slug)
    soon = timezone.now() + timedelta(hours=1)
    return [
        factories.make_item(status=ItemStatus.DRAFT, title=f"Draft {n}", publish_at=soon + timedelta(hours=n))
        for n in range(12)
    ]


def _card(desk, item):
    """It is there, and its buttons and keys do something."""
    desk.locator(f'[data-review="{item.pk}"]').wait_for()
    desk.wait_for_function("!document.querySelector('.htmx-settling, .htmx-added')")


@pytest.mark.parametrize(("language", "words"), [("en", "Say why it goes back."), ("id", "")])
def test_a_missing_reason_is_asked_for_in_the_language_of_the_desk(desk, drafts, language, words):
    """The browser's own sentence is in the browser's language."""
    speak(desk, language)
    desk.goto(REVIEW)
    words = words or translation_of("Say why it goes back.")
    reason = desk.locator("[name=reason]")
    own = reason.evaluate("field => field.validationMessage")
    desk.locator('[data-act="send-back"]').click()
    desk.wait_for_function("own => document.querySelector('[name=reason]').validationMessage !== own", arg=own)
    assert reason.evaluate("field => field.validationMessage") == words
    reason.fill("Too long")
    desk.locator('[data-act="send-back"]').click()
    _card(desk, drafts[1])


def translation_of(words, language="id"):
    with translation.override(language):
        return translation.gettext(words)


def test_twelve_drafts_are_decided_on_a_phone_with_a_tap_each_and_no_page_is_loaded(desk, drafts):
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.goto(REVIEW)
    desk.evaluate("window.still = true")
    taps = 0
    for item in drafts:
        _card(desk, item)
        assert desk.locator("[data-review]").count() == 1
        assert desk.evaluate("document.documentElement.scrollWidth") <= 390
        desk.locator('[data-act="approve"]').click()
        taps += 1
    desk.get_by_text("Nothing waits for you.").wait_for()
    assert taps == 12 and desk.evaluate("window.still")
    assert set(QueueItem.objects.values_list("status", flat=True)) == {ItemStatus.READY}


def test_without_a_network_the_press_says_so_and_is_made_again(desk, drafts):
    desk.goto(REVIEW)
    desk.context.set_offline(True)
    desk.locator('[data-act="approve"]').click()
    desk.get_by_text("The desk does not answer.").wait_for()
    desk.context.set_offline(False)
    desk.locator('[data-act="approve"]').click()
    _card(desk, drafts[1])
    assert not desk.get_by_text("The desk does not answer.").is_visible()
    assert QueueItem.objects.filter(status=ItemStatus.READY).count() == 1


def test_the_second_press_of_a_double_one_approves_nothing_that_nobody_saw(desk, drafts):
    """As soon as the next card is there, wherever the machine is slow."""
    desk.goto(REVIEW)
    _card(desk, drafts[0])
    desk.evaluate("""() => document.addEventListener("htmx:afterSettle", () =>
        document.querySelector('[data-act="approve"]').click())""")
    desk.locator('[data-act="approve"]').click()
    _card(desk, drafts[1])
    desk.locator('[data-act="approve"]:enabled').wait_for()
    assert desk.locator(f'[data-review="{drafts[1].pk}"]').count() == 1
    assert QueueItem.objects.filter(status=ItemStatus.READY).count() == 1


def test_keys_go_to_and_fro_approve_and_edit_and_typing_is_none_of_them(desk, drafts):
    desk.goto(REVIEW)
    for key, item in (("j", drafts[1]), ("j", drafts[2]), ("k", drafts[1]), ("a", drafts[2])):
        desk.keyboard.press(key)
        _card(desk, item)
    assert QueueItem.objects.get(pk=drafts[1].pk).status == ItemStatus.READY
    desk.locator('[data-act="undo"]').wait_for()
    desk.locator("[name=reason]").type("jkae wrong")
    desk.locator('[data-act="send-back"]').click()
    _card(desk, drafts[3])
    assert QueueItem.objects.get(pk=drafts[2].pk).sent_back_reason == "jkae wrong"
    desk.keyboard.press("e")
    desk.wait_for_url(f"**/queueitem/{drafts[3].pk}/change/**")


def test_those_without_remarks_go_together_and_come_back(desk, drafts):
    desk.goto(REVIEW)
    desk.locator('[data-act="approve-plain"]').click()
    assert desk.locator("[data-effect]").get_attribute("data-effect") == "24"
    desk.locator('[data-act="confirm"]').click()
    desk.get_by_text("Nothing waits for you.").wait_for()
    desk.locator('[data-act="undo"]').click()
    _card(desk, drafts[0])
    assert set(QueueItem.objects.values_list("status", flat=True)) == {ItemStatus.DRAFT}
