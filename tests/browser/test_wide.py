"""Lists on a small laptop and on a phone: nothing that matters lies outside."""

from datetime import timedelta

import pytest
from django.utils import timezone

from social_queue.alerts import ledger
from social_queue.models import Alert, PlatformAccount, Post
from tests import factories
from tests.support.browser import speak

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
#: How far the table reaches out of what shows it, in pixels.
_HIDDEN = """() => {
    let box = document.querySelector("#result_list");
    const table = box.getBoundingClientRect();
    while (box && getComputedStyle(box).overflowX === "visible") box = box.parentElement;
    const shown = (box ?? document.documentElement).getBoundingClientRect();
    return Math.round(table.right - shown.right);
}"""


@pytest.fixture
def busy(four):
    """Posts in each state, with what their columns say when they say most; accounts with names of two words."""
    ends = timezone.now() + timedelta(days=88)
    PlatformAccount.objects.update(name="Kabar Main", address="17841400001234567", token_expires_at=ends)
    for number, account in enumerate(four.values()):
        item = factories.make_item(
            title="The evening briefing: five things of the day that nobody told you",
            publish_at=timezone.now() + timedelta(days=3),
        )
        factories.make_post(item, account)
        wrong = {"error": "graph.example.com answered HTTP 503.", "error_kind": "transient", "attempts_made": 3}
        factories.make_post(factories.make_item(title=f"Broken {number}"), account, status="failed", **wrong)
        out = {"external_id": f"1_{number}", "permalink": "https://example.com/1", "published_at": timezone.now()}
        post = factories.make_post(factories.make_item(title=f"Out {number}"), account, status="published", **out)
        factories.make_attempt(post)
        ledger.raise_for_post(Alert.Kind.DOUBLE_RISK, post, reason="A late answer says it is out.", now=timezone.now())


@pytest.mark.parametrize("language", ["en", "id"])
def test_no_column_of_a_list_lies_outside_a_small_laptop(desk, busy, language):
    desk.set_viewport_size({"width": 1280, "height": 800})
    speak(desk, language)
    hidden = {}
    for model in ("queueitem", "post", "attempt", "platformaccount", "alert"):
        desk.goto(f"/admin/queue/{model}/")
        hidden[model] = desk.evaluate(_HIDDEN)
    assert {model: pixels for model, pixels in hidden.items() if pixels > 0} == {}
    desk.goto("/admin/queue/post/")
    assert desk.locator(".field-trouble:has(.ap-reason)").first.bounding_box()["width"] >= 150


@pytest.mark.parametrize("said", ["graph.example.com answered HTTP 503.", "(#100) Picture too small"])
@pytest.mark.parametrize("kind", ["transient", ""])
def test_why_a_post_failed_stands_in_the_list_of_a_phone_whoever_said_it(desk, busy, kind, said):
    Post.objects.filter(status="failed").update(error=said, error_kind=kind)
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.goto("/admin/queue/post/?status__exact=failed")
    assert all(reason.is_visible() for reason in desk.locator(f'.field-trouble:has-text("{said}")').all())
    assert desk.locator(f'.field-trouble:has-text("{said}")').count() == 4


@pytest.mark.parametrize("width", [390, 360])
def test_today_is_as_wide_as_the_phone_whatever_the_next_day_brings(desk, four, width):
    """What a screen reader hears of the last hours lay outside, and the bar at the bottom with it."""
    for hours in (1, 11, 23.5):
        when = timezone.now() + timedelta(hours=hours)
        factories.make_post(factories.make_item(publish_at=when), four["telegram"], not_before=when)
    desk.set_viewport_size({"width": width, "height": 844})
    desk.goto("/admin/")
    assert desk.locator(".ap-strip-box").count()
    assert desk.evaluate("document.documentElement.scrollWidth") <= width


def test_a_title_in_the_month_shows_one_whole_line(desk, four):
    when = timezone.now() + timedelta(minutes=5)
    factories.make_post(factories.make_item(title="The evening briefing " * 4, publish_at=when), four["telegram"])
    desk.set_viewport_size({"width": 1440, "height": 900})
    desk.goto(f"/admin/queue/calendar/?view=month&day={timezone.localdate(when)}")
    title = desk.locator(".ap-cal-month .ap-cal-title").first
    line = title.evaluate("(one) => parseFloat(getComputedStyle(one).lineHeight)")
    assert title.bounding_box()["height"] <= line + 1


def test_an_item_with_many_accounts_keeps_its_title_on_a_phone(desk, four):
    item = factories.make_item(*(factories.make_account("telegram", slug=f"tg-{n}") for n in range(12)))
    Post.objects.filter(item=item, account__slug="tg-11").update(status="failed", error="No.", error_kind="rejected")
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.goto("/admin/queue/queueitem/")
    row = desk.locator("#result_list tr.data-row", has_text=item.title)
    assert row.locator(".field-what").bounding_box()["width"] > 150
    chips = row.locator(".field-where .ap-chip")
    assert (chips.count(), chips.last.inner_text()) == (9, "+4")
    assert chips.first.locator(".ap-slug").text_content() == "tg-11"
    assert desk.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("width", [390, 1440])
def test_a_very_long_search_makes_no_list_wider(desk, busy, width):
    desk.set_viewport_size({"width": width, "height": 844})
    desk.goto(f"/admin/queue/queueitem/?q={'x' * 3000}")
    asked = desk.locator("[data-asked]")
    assert asked.inner_text().startswith("search: xxx") and len(asked.inner_text()) < 150
    assert desk.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [390, 1024, 1280, 1400])
def test_the_page_of_a_user_is_as_wide_as_the_screen(desk, editor, width):
    """The button beside the list of groups lay outside."""
    desk.set_viewport_size({"width": width, "height": 844})
    desk.goto(f"/admin/auth/user/{editor.pk}/change/")
    desk.locator(".selector").first.wait_for()
    assert desk.evaluate("document.documentElement.scrollWidth") <= width
