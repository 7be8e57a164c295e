"""A session that ends while somebody works: the log-in says that the press did nothing, and what was typed is back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from social_queue.models import ItemStatus, QueueItem
from tests import factories
from tests.browser.test_composing_once import drawn
from tests.browser.test_correcting import NEW, post  # noqa: F401
from tests.browser.test_log_in import PASSWORD, log_in
from tests.support.codes import app_code

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
REVIEW, CALENDAR = "/admin/queue/review/", "/admin/queue/calendar/"
NOTHING = "your last press did nothing"


@pytest.fixture
def tomorrow():
    return timezone.now().replace(second=0, microsecond=0) + timedelta(days=1)


def log_out(desk):
    desk.context.clear_cookies(name="sessionid")


def come_back(desk):
    """Log in by the page that says what became of the press."""
    desk.get_by_text(NOTHING).wait_for()
    log_in(desk)


def send_what_came_back(desk, item, reason):
    """The reason stands where it was written, and arrives now."""
    desk.locator("[data-came-back]").get_by_text("What you had written here is back.").wait_for()
    assert desk.input_value("[name=reason]") == reason
    desk.locator("[data-act=send-back]").click()
    desk.get_by_text("Nothing waits for you.").wait_for()
    item.refresh_from_db()
    assert item.sent_back_reason == reason


def test_the_reason_why_a_draft_goes_back_is_not_lost(desk, four, tomorrow):
    item = factories.make_item(*four.values(), publish_at=tomorrow, status=ItemStatus.DRAFT)
    desk.goto(REVIEW)
    desk.fill("[name=reason]", "The name is wrong")
    log_out(desk)
    desk.locator("[data-act=send-back]").click()
    come_back(desk)
    send_what_came_back(desk, item, "The name is wrong")
    desk.reload()
    assert not desk.locator("[data-came-back]").count()


@pytest.mark.parametrize("cookie", ["sessionid", "csrftoken"], ids=["logged out", "logged in anew elsewhere"])
def test_a_form_keeps_what_was_typed_into_it(desk, four, cookie):
    page = f"/admin/queue/platformaccount/{four['telegram'].pk}/change/"
    desk.goto(page)
    desk.fill("#id_name", "Kabar Pagi")
    desk.locator("#id_min_interval_s").fill("77")
    desk.context.clear_cookies(name=cookie)
    desk.locator("[name=_save]").click()
    if cookie == "sessionid":
        come_back(desk)
    else:
        desk.locator("[data-act=anew]").click()
    desk.locator("[data-came-back]").wait_for()
    assert (desk.input_value("#id_name"), desk.input_value("#id_min_interval_s")) == ("Kabar Pagi", "77")
    desk.locator("[name=_save]").click()
    desk.wait_for_url("**/platformaccount/")
    four["telegram"].refresh_from_db()
    assert (four["telegram"].name, four["telegram"].min_interval_s) == ("Kabar Pagi", 77)


def test_a_text_whose_page_is_opened_by_a_press_waits_for_it(desk, post):  # noqa: F811
    desk.goto(f"/admin/queue/post/{post.pk}/change/")
    desk.locator("[data-act=correct]").click()
    desk.fill("[data-correct] textarea[name=caption]", NEW)
    log_out(desk)
    desk.locator("[data-act=look]").click()
    come_back(desk)
    desk.wait_for_url("**/change/")
    desk.locator("[data-act=correct]").click()
    desk.locator("[data-came-back]").wait_for()
    assert desk.input_value("[data-correct] textarea[name=caption]") == NEW
    desk.locator("[data-act=look]").click()
    assert desk.locator("[data-after]").inner_text() == NEW


def test_what_was_not_moved_in_the_calendar_is_said(desk, four, tomorrow):
    item = factories.make_item(*four.values(), publish_at=tomorrow)
    desk.goto(f"{CALENDAR}?view=list")
    desk.locator(f'[data-item="{item.pk}"]').focus()
    desk.keyboard.press("m")
    desk.fill("#ap-move [name=day]", str((tomorrow + timedelta(days=3)).date()))
    log_out(desk)
    desk.keyboard.press("Enter")
    come_back(desk)
    desk.wait_for_url(f"**{CALENDAR}?view=list")
    desk.get_by_text(NOTHING).wait_for()
    assert QueueItem.objects.get().publish_at == tomorrow


@pytest.mark.parametrize("cookie", ["sessionid", "csrftoken"], ids=["logged out", "logged in anew elsewhere"])
def test_the_composer_says_so_while_one_types(desk, four, cookie):
    desk.goto("/admin/queue/queueitem/add/")
    desk.fill("#id_title", "Gates")
    drawn(desk)
    desk.context.clear_cookies(name=cookie)
    desk.fill("#id_summary", "They are open")
    desk.get_by_text("You were logged out. What you write is kept in this browser").wait_for()
    desk.reload()
    if cookie == "sessionid":
        log_in(desk)
    desk.get_by_text("What you had written here is back.").wait_for()
    assert (desk.input_value("#id_title"), desk.input_value("#id_summary")) == ("Gates", "They are open")


def test_a_second_factor_that_is_demanded_from_now_on_takes_nothing_away(desk, four, tomorrow, settings):
    item = factories.make_item(*four.values(), publish_at=tomorrow, status=ItemStatus.DRAFT)
    desk.goto(REVIEW)
    desk.fill("[name=reason]", "The name is wrong")
    settings.REQUIRE_2FA = True
    desk.locator("[data-act=send-back]").click()
    desk.get_by_text(NOTHING).wait_for()
    type_code(desk, "000000")
    desk.get_by_text("This is not what the app should show.").wait_for()
    type_code(desk, app_code(desk.locator("[data-secret]").text_content()))
    desk.locator("[data-act=have-them]").click()
    send_what_came_back(desk, item, "The name is wrong")


def type_code(desk, code):
    desk.fill("#id_code", code)
    desk.fill("#id_password", PASSWORD)
    desk.locator("[data-act=confirm]").click()
