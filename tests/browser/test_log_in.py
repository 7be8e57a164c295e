"""Logging in as people do: bare, with a second factor, and after too many wrong tries."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from social_queue.access import second_factor
from tests.support.browser import speak
from tests.support.codes import app_code

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}
PASSWORD = "let me in"


def log_in(page, password=PASSWORD):
    page.fill("#id_username", "editor")
    page.fill("#id_password", password)
    page.get_by_role("button", name="Log in").click()


def test_a_bare_log_in_lands_on_the_desk(page, editor):
    page.goto("/admin/login/")
    log_in(page)
    page.wait_for_url("**/admin/")
    page.get_by_role("heading", name="Needs you now").wait_for()


def test_a_second_factor_is_set_up_and_asked_for(desk, editor):
    desk.goto("/admin/me/")
    desk.locator("[data-act=set-up]").click()
    desk.get_by_role("img", name="The secret as a QR code").wait_for()
    desk.get_by_text("Type it in instead").click()
    secret = desk.locator("[data-secret]").inner_text()
    desk.fill("#id_code", "000000")
    desk.fill("#id_password", PASSWORD)
    desk.locator("[data-act=confirm]").click()
    desk.get_by_text("This is not what the app should show.").wait_for()
    desk.fill("#id_code", app_code(secret))
    desk.fill("#id_password", PASSWORD)
    desk.locator("[data-act=confirm]").click()
    desk.locator("[data-code]").first.wait_for()
    codes = desk.locator("[data-code]").all_inner_texts()
    desk.get_by_role("link", name="I have them").click()
    desk.locator("[data-second-factor=on]").wait_for()
    assert len(codes) == 10 and second_factor.is_set_up(editor)

    # In a half minute in which no code was used yet; it stands still, so that the code stays the right one.
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
        for code in (app_code(secret), codes[3]):
            desk.context.clear_cookies()
            desk.goto("/admin/queue/post/")
            log_in(desk)
            desk.wait_for_url("**/admin/login/code/")
            desk.fill("#id_code", code)
            desk.keyboard.press("Enter")
            desk.wait_for_url("**/admin/queue/post/")
    assert second_factor.codes_left(editor) == 9


def test_after_five_wrong_passwords_a_page_says_when_to_try_again(page, editor):
    page.set_viewport_size(PHONE)
    page.goto("/admin/login/")
    for number in range(5):
        log_in(page, f"wrong {number}")
    page.get_by_text(re.compile(r"Try again from \d\d:\d\d UTC on\.")).wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_role("link", name="Back to the log-in").click()
    log_in(page)
    page.get_by_text("not even the right one").wait_for()


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_pages_of_the_log_in_fit_on_a_phone(desk, language):
    speak(desk, language)
    desk.set_viewport_size(PHONE)
    for path in ("/admin/me/", "/admin/me/second-factor/", "/admin/queue/failedlogin/"):
        desk.goto(path)
        assert desk.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
