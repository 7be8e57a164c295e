"""The wall as people see it, in a real browser: it fills by itself, on a desk and on a phone, by day and by night."""

import pytest

from tests.connectors.sandbox_calls import graph_post, post_once, telegram, x_post

pytestmark = pytest.mark.browser
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
def open_wall(chrome, sandbox):
    """``open_wall(viewport, scheme)``: the wall in a tab of its own; a failing script fails the test."""
    contexts, faults = [], []

    def opened(viewport=DESK, scheme="light"):
        context = chrome.new_context(viewport=viewport, color_scheme=scheme, locale="en-GB")
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.goto(sandbox.url)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not faults, f"The page complained: {faults}"


def fill(sandbox):
    """One post on every platform."""
    for platform, address in {"instagram": "1784", "telegram": "@news_desk", "twitter": "news_desk"}.items():
        post_once(sandbox, platform, address)
    graph_post(sandbox, "102938/photos", url="https://example.com/a.jpg", caption="Word " * 900)


def test_a_new_post_appears_by_itself_and_leaves_the_rest_alone(sandbox, open_wall):
    x_post(sandbox, text="First")
    page = open_wall()
    page.evaluate("window.untouched = document.querySelector('.post.twitter')")
    x_post(sandbox, text="Second")
    page.locator(".feed.twitter .post", has_text="Second").wait_for()
    assert page.locator(".feed.twitter .words").all_inner_texts() == ["Second", "First"]
    assert page.evaluate("window.untouched.isConnected") is True
    assert page.locator(".feed.twitter h2 em").inner_text() == page.locator("#total").inner_text() == "2"


def test_the_first_post_takes_the_place_of_the_words_for_beginners(sandbox, open_wall):
    page = open_wall()
    assert page.locator(".empty:visible").count() == 4
    assert page.locator(".posts:visible").count() == 0
    telegram(sandbox, "sendMessage", chat_id="@news_desk", text="Hi")
    page.locator(".bubble").wait_for()
    assert not page.locator(".feed.telegram .empty").is_visible()


def test_an_emptied_sandbox_empties_the_page(sandbox, open_wall):
    fill(sandbox)
    page = open_wall()
    page.locator(".weather summary").click()
    page.locator("#reset").click()
    page.locator(".feed.facebook .empty").wait_for()
    assert page.locator(".post").count() == 0
    assert sandbox.wall == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESK, PHONE])
def test_nothing_is_wider_than_the_screen(sandbox, open_wall, viewport, scheme):
    fill(sandbox)
    x_post(sandbox, text="https://example.com/" + "x" * 200)
    page = open_wall(viewport, scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, background[4:-1].split(","))) > 380) is (scheme == "light")


def test_a_phone_shows_one_platform_at_a_time_and_keeps_its_switch_in_sight(sandbox, open_wall):
    fill(sandbox)
    page = open_wall(PHONE)
    assert [feed.is_visible() for feed in page.locator(".feed").all()] == [True, False, False, False]
    page.mouse.wheel(0, 600)
    page.locator('.switch [data-platform="instagram"]').click()
    assert page.locator(".feed.instagram .post").is_visible()
    assert not page.locator(".feed.facebook").is_visible()
    page.reload()
    assert page.locator(".feed.instagram").is_visible()


def test_a_long_text_is_folded_and_opens(sandbox, open_wall):
    fill(sandbox)
    page = open_wall()
    words = page.locator(".post.facebook .words")
    folded = words.bounding_box()["height"]
    page.locator(".post.facebook .more").click()
    assert words.bounding_box()["height"] > folded


def test_a_bad_day_is_ordered_from_the_page(sandbox, open_wall):
    page = open_wall()
    page.locator(".weather summary").click()
    page.fill("[name=address]", "102938")
    page.select_option("[name=scenario]", "server_error")
    page.get_by_role("button", name="Make it so").click()
    page.locator("output", has_text="server error").wait_for()
    assert graph_post(sandbox, "102938/feed", message="Hi").status_code == 500
    assert graph_post(sandbox, "102938/feed", message="Hi").status_code == 200
