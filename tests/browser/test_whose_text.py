"""What was typed and did not arrive is its writer's: on a shared computer the next person sees none of it."""

import json

import pytest

from tests.browser.test_composing_once import ADD, drawn
from tests.support.browser import log_in_on

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SECRET = "The editor in chief leaves"
STORES = "JSON.stringify([{ ...localStorage }, { ...sessionStorage }])"


@pytest.fixture
def budi(django_user_model):
    """Who sits down at the same computer."""
    return django_user_model.objects.create_superuser("budi", "budi@example.com", "let me in as well")


@pytest.fixture
def account_page(four):
    return f"/admin/queue/platformaccount/{four['telegram'].pk}/change/"


def come(desk, who, password):
    """Log in by the page, as whoever sits there."""
    desk.fill("#id_username", who)
    desk.fill("#id_password", password)
    desk.get_by_role("button", name="Log in").click()


def press_too_late(desk, page):
    """Type into a form whose session ends before the press."""
    desk.goto(page)
    desk.fill("#id_name", SECRET)
    desk.context.clear_cookies(name="sessionid")
    desk.locator("[name=_save]").click()
    desk.get_by_text("your last press did nothing").wait_for()


def log_out(desk):
    desk.locator(".ap-menu").get_by_text("editor", exact=True).click()
    desk.locator("#logout-form button").click()
    desk.get_by_text("logged out from the administration").wait_for()


def test_a_form_is_filled_for_nobody_but_who_filled_it(desk, budi, account_page):
    press_too_late(desk, account_page)
    come(desk, "budi", "let me in as well")
    desk.wait_for_url(f"**{account_page}")
    assert desk.input_value("#id_name") != SECRET and not desk.locator("[data-came-back]").count()
    # Whoever comes back finds it, though somebody else sat there in between.
    desk.context.clear_cookies(name="sessionid")
    desk.goto(account_page)
    assert not desk.get_by_text("your last press did nothing").is_visible(), "this one has pressed nothing"
    come(desk, "editor", "let me in")
    desk.locator("[data-came-back]").wait_for()
    assert desk.input_value("#id_name") == SECRET


def test_the_composer_keeps_a_text_for_its_writer(desk, editor, budi, four, live_server):
    desk.goto(ADD)
    desk.fill("#id_title", SECRET)
    drawn(desk)
    desk.context.clear_cookies(name="sessionid")
    desk.reload()
    come(desk, "budi", "let me in as well")
    drawn(desk)
    assert desk.input_value("#id_title") == "" and not desk.locator(".ap-restored").count()
    desk.fill("#id_title", "The fair")
    drawn(desk)
    for person, title in ((editor, SECRET), (budi, "The fair")):
        desk.context.clear_cookies(name="sessionid")
        log_in_on(desk, person, live_server.url)
        desk.goto(ADD)
        desk.get_by_text("What you had written here is back.").wait_for()
        assert desk.input_value("#id_title") == title


def test_logging_out_leaves_no_text_in_the_browser(desk, editor, account_page, live_server):
    other = desk.context.new_page()
    press_too_late(other, account_page)
    log_in_on(desk, editor, live_server.url)
    press_too_late(desk, account_page)
    log_in_on(desk, editor, live_server.url)
    desk.goto(ADD)
    desk.fill("#id_title", SECRET)
    drawn(desk)
    assert all(SECRET in tab.evaluate(STORES) for tab in (desk, other))
    log_out(desk)
    assert SECRET not in desk.evaluate(STORES)
    other.wait_for_function(f"!{STORES}.includes('{SECRET}')")
    log_in_on(desk, editor, live_server.url)
    desk.goto(ADD)
    drawn(desk)
    assert desk.input_value("#id_title") == ""


def test_texts_of_an_older_release_say_not_whose_they_are_and_go(desk, four):
    composed, pressed = [["title", SECRET]], {"lost": True, "page": "/admin/", "written": [["q", "", SECRET]]}
    desk.goto("/admin/")
    desk.evaluate("text => { localStorage['ap-compose:new'] = text; }", json.dumps(composed))
    desk.evaluate("text => { sessionStorage['ap-unsent'] = text; }", json.dumps(pressed))
    desk.goto(ADD)
    drawn(desk)
    assert desk.input_value("#id_title") == "" and SECRET not in desk.evaluate(STORES)
