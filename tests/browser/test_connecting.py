"""From an empty desk to four connected platforms, as somebody does it on the first day, in a real browser."""

import re

import pytest
from django.utils import timezone

from social_queue.delivery import dispatch
from social_queue.models import PlatformAccount, credentials_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}
#: What may be seen of the credentials: the app's key and what X's pretended token is made of, its handle.
_NO_SECRETS = ("sandbox-key",)


@pytest.fixture
def site(settings, sandbox, apps, live_server):
    """The desk at the address that platforms send people back to."""
    settings.PUBLIC_BASE_URL = live_server.url.replace("localhost", "127.0.0.1")
    return settings.PUBLIC_BASE_URL


@pytest.fixture
def first_day(page, editor, site):
    """A tab in which the editor has just logged in, at that address; and the text and address of every page in it."""
    seen = []
    page.goto(f"{site}/admin/login/?next=/admin/")
    page.fill("#id_username", editor.username)
    page.fill("#id_password", "let me in")
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/")
    page.on("domcontentloaded", lambda tab: seen.append((tab.url, tab.content())))
    return page, seen


def through(tab, platform):
    """Press the platform's button, allow everything there, and wait for the list."""
    tab.locator(f"[data-connect={platform}]").click()
    if platform == "telegram":
        tab.fill("[name=bot_token]", "4242:sandbox-bot")
        tab.locator("[data-act=find]").click()
    else:
        tab.locator("[data-choice=allow]").click()
    tab.locator("[data-found]").first.wait_for()
    assert re.fullmatch(rf".*/admin/connect/{platform}/callback", tab.url)
    tab.locator("[data-found] input:enabled").first.check()
    tab.locator("[data-act=connect]").click()
    tab.locator("[data-connected]").first.wait_for()
    assert tab.locator("[data-trouble]").count() == 0
    tab.locator("[data-act=more]").click()


def test_four_platforms_from_an_empty_desk_by_five_pages_each(first_day):
    tab, seen = first_day
    tab.get_by_role("link", name="Connect an account").first.click()
    for platform in ("facebook", "instagram", "telegram", "twitter"):
        through(tab, platform)
    assert len(seen) <= 1 + 4 * 5

    rows = PlatformAccount.objects.all()
    assert {(row.platform, row.status) for row in rows} == {
        (platform, "active") for platform in ("facebook", "instagram", "telegram", "twitter")
    }
    secrets = {value for row in rows for value in credentials_of(row).values()} - set(_NO_SECRETS)
    shown = [(url, text) for url, text in seen if "/admin/" in url]
    assert len(shown) > 12 and len(secrets) > 5
    assert not [(one, url) for one in secrets for url, text in shown if one in url or one in text]
    assert not [url for url, _text in shown if "code=" in url or "oauth_" in url or "state=" in url]


def test_a_test_post_goes_out_is_looked_at_and_taken_back(first_day, site, sandbox, settings):
    settings.UNDO_SECONDS = 0
    tab, _seen = first_day
    tab.goto(f"{site}/admin/connect/")
    tab.locator("[data-connect=facebook]").click()
    tab.locator("[data-choice=allow]").click()
    tab.locator("[data-found] input:enabled").first.check()
    tab.locator("[data-act=connect]").click()
    tab.locator("[data-act=test]").click()
    tab.locator("[data-test-post=pending]").wait_for()
    assert dispatch.drain(clock=timezone.now) == {"published": 1}
    tab.locator("[data-test-post=published]").wait_for()  # the page looks again by itself
    wall = tab.context.new_page()
    wall.goto(f"{sandbox.url}/")
    wall.get_by_text("Test post, please ignore").wait_for()
    assert tab.locator("[data-permalink]").get_attribute("href") == sandbox.wall[0].permalink

    tab.locator("[data-act=take-back]").click()
    tab.locator("[data-leaves]").wait_for()
    assert dispatch.drain(clock=timezone.now) == {"recalled": 1}
    tab.locator("[data-test-post=recalled] [data-recalled]").wait_for()
    wall.get_by_text("Test post, please ignore").wait_for(state="detached")
    assert sandbox.wall == []


def test_a_refusal_says_what_to_do_and_starts_again(first_day):
    tab, _seen = first_day
    tab.get_by_role("link", name="Connect an account").first.click()
    tab.locator("[data-connect=facebook]").click()
    tab.locator("[data-choice=refuse]").click()
    tab.locator("[data-trouble=denied]").get_by_text("You did not allow everything at Facebook.").wait_for()
    tab.locator("[data-act=again]").click()
    tab.locator("[data-choice=wrong_page]").click()
    tab.locator("[data-problem]").get_by_text("Your role on this Page may not publish").wait_for()
    assert tab.locator("[data-found] input").is_disabled()


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_pages_fit_on_a_phone(first_day, site, language):
    tab, _seen = first_day
    tab.context.add_cookies([{"name": "django_language", "value": language, "url": site}])
    tab.set_viewport_size(PHONE)
    for path in ("", "facebook/", "telegram/start", "twitter/?check=1"):
        tab.goto(f"{site}/admin/connect/{path}")
        assert tab.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
    tab.goto(f"{site}/admin/connect/facebook/start")
    tab.locator("[data-choice=allow]").click()
    tab.locator("[data-found]").first.wait_for()
    assert tab.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_on_a_phone_a_platform_can_be_chosen_whose_tokens_are_pasted(first_day, site):
    tab, _seen = first_day
    tab.set_viewport_size(PHONE)
    tab.goto(f"{site}/admin/queue/platformaccount/add/")
    tab.get_by_role("link", name="Telegram").click()
    tab.get_by_label("Bot token").wait_for()


def test_on_a_phone_the_reports_show_their_sums(first_day, site):
    tab, _seen = first_day
    tab.set_viewport_size(PHONE)
    tab.goto(f"{site}/admin/metrics/clicktotal/reports/")
    sums = tab.locator(".rp-tiles .ap-tile")
    assert sums.count() >= 4 and all(one.is_visible() for one in sums.all())
