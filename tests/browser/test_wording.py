"""Wordings, people and an item's story in a real browser: by thumb, in the dark, in Indonesian, clicks counted."""

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, User
from django.urls import reverse

from social_queue.models import CaptionTemplate
from tests import factories
from tests.browser.test_access import _SERIOUS, _SMALL, PHONE, axe  # noqa: F401 - a fixture by its name
from tests.support.browser import in_both_looks, speak

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def pages(editor, settings):
    """The addresses of the pages, with something on each."""
    settings.TELEGRAM_ALERT_BOT_TOKEN = "4242:sandbox-alerts"
    account = factories.make_account("telegram", slug="tg-news")
    item = factories.make_item(account, title="Gates of Olympus")
    factories.make_attempt(item.posts.get(), outcome="rejected", error="Bad Request: chat not found")
    LogEntry.objects.log_actions(editor.pk, [item], CHANGE, "Approve")
    for role in ("Viewer", "Editor"):
        Group.objects.get_or_create(name=role)
    return [
        reverse("admin:metrics_wordings"),
        f"{reverse('admin:queue_captiontemplate_add')}?platform=telegram&variant=B",
        reverse("me"),
        reverse("invitations"),
        reverse("admin:queue_activity_changelist"),
        reverse("admin:queue_queueitem_change", args=[item.pk]),
    ]


@in_both_looks
def test_everybody_can_use_them(desk, pages, axe, theme, language):  # noqa: F811 - the fixture
    speak(desk, language)
    desk.emulate_media(color_scheme=theme)
    if theme == "dark":
        desk.set_viewport_size(PHONE)
    for path in pages:
        desk.goto(path)
        desk.evaluate(axe)
        assert desk.evaluate(_SERIOUS) == [], path
        assert desk.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
        assert (desk.locator("h1").count(), desk.locator("main").count()) == (1, 1), path
        assert theme == "light" or desk.evaluate(_SMALL, 24) == [], path


def test_a_wording_is_begun_from_the_shipped_text_tried_and_saved_with_four_clicks(desk, pages):
    clicks = 0
    desk.goto(pages[0])
    desk.locator('[data-wording="telegram-B"] [data-act="edit-wording"]').click()
    clicks += 1
    shipped = desk.locator("#id_body").input_value()
    assert "{{ title" in shipped
    desk.locator("#id_body").fill("Now: ")
    desk.locator('[data-insert="{{ title }}"]').click()
    clicks += 1
    desk.locator("#ap-tried").select_option(label="Gates of Olympus")
    clicks += 1
    desk.get_by_text("Now: Gates of Olympus", exact=True).wait_for()
    desk.get_by_role("button", name="Save", exact=True).click()
    clicks += 1
    desk.wait_for_url("**/captiontemplate/")
    assert CaptionTemplate.objects.get().body == "Now: {{ title }}" and clicks <= 4


def test_the_way_back_to_the_shipped_text(desk, pages):
    desk.goto(pages[1])
    shipped = desk.locator("#id_body").input_value()
    desk.locator("#id_body").fill("Something else")
    desk.locator('[data-act="reset"]').click()
    assert desk.locator("#id_body").input_value() == shipped


def test_a_colleague_is_invited_with_three_clicks_and_comes_in_with_one(desk, pages, chrome, live_server):
    desk.goto(pages[3])
    desk.get_by_label("Editor").check(force=True)
    desk.locator('[data-act="invite"]').click()
    link = desk.locator("[data-invitation]").inner_text()
    guest = chrome.new_context(base_url=live_server.url).new_page()
    guest.goto(link)
    guest.fill("#id_username", "rina")
    guest.fill("#id_password", "correct horse battery")
    guest.fill("#id_again", "correct horse battery")
    guest.get_by_role("button", name="Make my log-in").click()
    guest.wait_for_url("**/admin/")
    assert [group.name for group in User.objects.get(username="rina").groups.all()] == ["Editor"]
    guest.context.close()
