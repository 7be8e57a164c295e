"""The composer in a real browser: a press counts once, and what no press has brought is not forgotten."""

from datetime import timedelta

import pytest
from django.utils import timezone

from social_queue.models import QueueItem
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ADD = "/admin/queue/queueitem/add/"
LINK = "https://example.com/gates"


def write(desk, title="Gates"):
    """A text whose cards are drawn, so that every button may be pressed."""
    desk.fill("#id_title", title)
    desk.fill("#id_link", LINK)
    drawn(desk)


def drawn(desk):
    """Wait until the cards show what is written now."""
    desk.wait_for_timeout(250)
    desk.wait_for_function("document.querySelector('[data-compose]').dataset.idle === 'yes'")


def press(desk, act):
    desk.locator(f'[data-act="{act}"]').click()
    desk.wait_for_url("**/change/")


@pytest.mark.parametrize("act", ["save-draft", "send-now", "schedule"])
def test_a_second_press_while_the_first_is_under_way_does_nothing(desk, four, act):
    sent = []

    def answer_nothing(route):
        if route.request.method == "POST":
            sent.append(route.request)
            route.fulfill(status=204)
        else:
            route.continue_()

    desk.goto(ADD)
    write(desk)
    desk.route("**/queueitem/add/", answer_nothing)
    button = desk.locator(f'[data-act="{act}"]')
    button.evaluate("button => button.click()")
    desk.wait_for_function("document.querySelector('[data-act=save-draft]').disabled")
    desk.evaluate("document.querySelector('#queueitem_form').requestSubmit()")
    button.evaluate("button => button.click()")
    desk.wait_for_timeout(200)
    assert len(sent) == 1


def test_going_back_and_pressing_again_makes_no_second_item(desk, four):
    desk.goto(ADD)
    write(desk)
    press(desk, "save-draft")
    desk.go_back()
    drawn(desk)
    assert desk.locator('[data-act="save-draft"]').is_enabled()
    desk.fill("#id_title", "Gates of Olympus")
    desk.fill("#id_link", LINK)
    drawn(desk)
    desk.locator('[data-act="save-draft"]').click()
    desk.locator("[data-made]").wait_for()
    assert QueueItem.objects.count() == 1 and desk.input_value("#id_title") == "Gates of Olympus"
    press(desk, "save-draft")
    assert set(QueueItem.objects.values_list("title", flat=True)) == {"Gates", "Gates of Olympus"}


def test_what_a_press_did_not_bring_is_there_when_the_page_is_opened_anew(desk, four):
    desk.goto(ADD)
    write(desk)
    desk.route("**/queueitem/add/", lambda route: _bad_gateway(route))
    desk.locator('[data-act="save-draft"]').click()
    desk.get_by_text("Bad gateway").wait_for()
    desk.unroute("**/queueitem/add/")
    # The session runs out: the press leads to the page to log in, and from there to an empty form.
    cookies = [one for one in desk.context.cookies() if one["name"] == "sessionid"]
    desk.goto(ADD)
    assert desk.input_value("#id_title") == "Gates"
    desk.context.clear_cookies(name="sessionid")
    desk.locator('[data-act="save-draft"]').click()
    desk.locator("#id_password").wait_for()
    desk.context.add_cookies(cookies)
    desk.goto(ADD)
    desk.get_by_text("What you had written here is back.").wait_for()
    assert (desk.input_value("#id_title"), desk.input_value("#id_link")) == ("Gates", LINK)
    drawn(desk)
    press(desk, "save-draft")
    desk.goto(ADD)
    assert desk.input_value("#id_title") == "" and QueueItem.objects.count() == 1


def _bad_gateway(route):
    if route.request.method == "POST":
        route.fulfill(status=502, body="Bad gateway", content_type="text/html")
    else:
        route.continue_()


def test_an_item_that_was_made_though_no_answer_came_is_not_made_again(desk, four):
    desk.goto(ADD)
    write(desk)

    def lose_the_answer(route):
        if route.request.method == "POST":
            route.fetch(max_redirects=0)
        _bad_gateway(route)

    desk.route("**/queueitem/add/", lose_the_answer)
    desk.locator('[data-act="save-draft"]').click()
    desk.get_by_text("Bad gateway").wait_for()
    desk.unroute("**/queueitem/add/")
    desk.goto(f"/admin/queue/queueitem/{QueueItem.objects.get().pk}/history/")
    # In another session nobody knows which presses arrived.
    desk.evaluate(
        "Object.keys(localStorage).filter((key) => key.startsWith('ap-compose:new')).forEach((key) => {"
        " localStorage[key] = JSON.stringify(JSON.parse(localStorage[key]).filter(([name]) => name !== 'press')); })"
    )
    desk.goto(ADD)
    desk.get_by_text("What you had written here is back.").wait_for()
    drawn(desk)
    press(desk, "save-draft")
    assert QueueItem.objects.count() == 1


def test_what_met_another_editors_change_is_not_lost_and_overwrites_nothing(desk, four):
    item = factories.make_item(*four.values(), publish_at=timezone.now() + timedelta(days=1), title="Of old")
    page = f"/admin/queue/queueitem/{item.pk}/change/"
    desk.goto(page)
    desk.fill("#id_summary", "Of the second")
    drawn(desk)
    QueueItem.objects.filter(pk=item.pk).update(title="Of the first", updated_at=timezone.now())
    desk.locator('[data-act="schedule"]').click()
    desk.locator("[data-conflict]").wait_for()
    desk.goto(page)
    desk.get_by_text("What you had written here is back.").wait_for()
    assert desk.input_value("#id_summary") == "Of the second"
    drawn(desk)
    desk.locator('[data-act="schedule"]').click()
    desk.locator('[data-act="save-mine"]').click()
    desk.get_by_text("kept as you changed it").wait_for()
    item.refresh_from_db()
    assert (item.title, item.summary) == ("Of the first", "Of the second")
    desk.goto(page)
    assert not desk.locator(".ap-restored").count()


def test_whoever_keeps_what_another_saved_does_not_get_his_own_text_back(desk, four):
    item = factories.make_item(*four.values(), publish_at=timezone.now() + timedelta(days=1), title="Of old")
    page = f"/admin/queue/queueitem/{item.pk}/change/"
    desk.goto(page)
    desk.fill("#id_title", "Of the second")
    drawn(desk)
    QueueItem.objects.filter(pk=item.pk).update(title="Of the first", updated_at=timezone.now())
    desk.locator('[data-act="schedule"]').click()
    desk.get_by_role("link", name="Keep what is saved").click()
    drawn(desk)
    assert (desk.input_value("#id_title"), desk.locator(".ap-restored").count()) == ("Of the first", 0)
    desk.goto(page)
    drawn(desk)
    assert desk.input_value("#id_title") == "Of the first"
