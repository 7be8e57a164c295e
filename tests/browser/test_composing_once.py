"""The composer in a real browser: a press counts once, and what no press has brought is not forgotten."""

import pytest

from social_queue.models import QueueItem

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
