"""Accidents that a desk prevents, in a real browser: on a desktop and, where it differs, on a phone."""

import io
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from social_queue.access import keys
from social_queue.alerts import ledger
from social_queue.delivery import dispatch
from social_queue.models import Alert, Attempt, Post, QueueItem, WebhookLog
from tests import factories
from tests.support.browser import speak
from tests.support.clock import Clock

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
both = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
TRACKED = "https://example.com/promo?" + "utm_source=telegram_kabar_main&utm_campaign=malam_minggu_ramai&" * 5
QUEUE = "/admin/queue/queueitem/"


@pytest.fixture
def coming():
    """Three items of the coming days on two accounts."""
    accounts = [factories.make_account("telegram", slug="tg"), factories.make_account("facebook", slug="fb")]
    soon = timezone.now() + timedelta(days=2)
    return [factories.make_item(*accounts, publish_at=soon + timedelta(days=day)) for day in range(3)]


def _planned():
    return sorted(Post.objects.filter(status="pending").values_list("pk", "not_before"))


def _choose_all(desk, action):
    desk.goto(QUEUE)
    for box in desk.locator("#result_list tbody input.action-select").all():
        # On a phone the bar with the actions lies over the last box.
        box.evaluate("box => box.click()")
    desk.locator("select[name=action]").select_option(action, force=True)
    desk.get_by_role("button", name="Run").click()


@both
def test_send_now_names_what_would_happen_enter_does_nothing_and_undo_leaves_nothing_on_the_wall(
    desk, coming, sandbox, size
):
    before = _planned()
    desk.set_viewport_size(size)
    _choose_all(desk, "requeue_now")
    assert desk.locator("[data-effect]").get_attribute("data-effect") == "6"
    text = desk.locator("[data-effect]").inner_text()
    assert "6 posts on 2 accounts: out now." in text and "6 of them were planned for later." in text
    assert desk.evaluate("document.documentElement.scrollWidth") <= size["width"]
    desk.keyboard.press("Enter")
    desk.wait_for_timeout(300)
    assert desk.locator("[data-effect]").count() == 1 and _planned() == before
    desk.locator('[data-act="confirm"]').click()
    desk.locator('[data-act="undo"]').wait_for()
    dispatch.drain(clock=Clock())
    assert _planned() != before and not sandbox.wall
    desk.locator('[data-act="undo"]').click()
    desk.get_by_text("Undo: Send now: 6 done.").wait_for()
    assert _planned() == before
    dispatch.drain(clock=lambda: timezone.now() + timedelta(minutes=10))
    assert not sandbox.wall


@both
def test_what_was_confirmed_and_not_taken_back_goes_out_once(desk, coming, sandbox, settings, size):
    settings.UNDO_SECONDS = 60
    desk.clock.install()
    desk.set_viewport_size(size)
    desk.goto(f"{QUEUE}{coming[0].pk}/change/")
    desk.locator('[data-act="send-now"]').click()
    desk.locator('[data-act="confirm"]').click()
    desk.locator('[data-act="undo"]').wait_for()
    dispatch.drain(clock=Clock())
    assert not sandbox.wall
    desk.clock.fast_forward(61_000)
    desk.locator('[data-act="undo"]').wait_for(state="detached")
    dispatch.drain(clock=Clock(timezone.now() + timedelta(seconds=61)))
    assert len(sandbox.wall) == 2


def test_a_bulk_cancel_is_asked_and_taken_back(desk, coming):
    before = _planned()
    _choose_all(desk, "cancel_items")
    desk.get_by_text("6 posts on 2 accounts: will not go out.").wait_for()
    desk.locator('[data-act="confirm"]').click()
    desk.locator('[data-act="undo"]').wait_for()
    assert not _planned()
    desk.locator('[data-act="undo"]').click()
    desk.get_by_text("Undo: Cancel: 6 done.").wait_for()
    assert _planned() == before


def test_enter_in_a_field_of_the_page_that_asks_when_moves_nothing(desk, coming):
    before = _planned()
    _choose_all(desk, "reschedule")
    desk.locator("[name=publish_at_0]").fill("2031-05-06")
    desk.locator("[name=publish_at_1]").fill("07:08")
    desk.keyboard.press("Enter")
    desk.wait_for_timeout(300)
    assert _planned() == before
    desk.locator('[data-act="confirm"]').click()
    desk.get_by_text("Reschedule: 6 done.").wait_for()
    assert {when.year for _pk, when in _planned()} == {2031}


@both
def test_a_failed_item_gets_another_picture_and_goes_out_once_with_it(desk, sandbox, media_root, settings, size):
    settings.UNDO_SECONDS = 0
    account = factories.make_account("telegram")
    item = factories.make_item(account, publish_at=timezone.now(), image_url=f"{sandbox.url}/none.jpg")
    dispatch.drain(clock=Clock())
    stored = io.BytesIO()
    Image.new("RGB", (600, 600), "teal").save(stored, "PNG")
    desk.set_viewport_size(size)
    desk.goto(f"{QUEUE}{item.pk}/change/")
    desk.get_by_text("Nothing of it is out.").wait_for()
    desk.locator("input[type=file][name=image]").set_input_files(
        {"name": "teal.png", "mimeType": "image/png", "buffer": stored.getvalue()}
    )
    desk.locator("[data-shown]:not([hidden])").wait_for()
    desk.locator('[data-act="retry"]').click()
    desk.get_by_text("The item is kept as you changed it.").wait_for()
    desk.get_by_text("Retry failed: done.").wait_for()
    dispatch.drain(clock=Clock())
    assert len(sandbox.wall) == 1 and sandbox.wall[0].media_url


@both
def test_the_second_of_two_tabs_shows_both_texts_changes_nothing_and_can_go_on(desk, coming, size):
    address = f"{QUEUE}{coming[0].pk}/change/"
    other = desk.context.new_page()
    for tab, words in ((desk, "Of the first"), (other, "Of the second")):
        tab.set_viewport_size(size)
        tab.goto(address)
        tab.locator("#id_summary").fill(words)
    desk.get_by_role("button", name="Save", exact=True).click()
    desk.get_by_text("The item is kept as you changed it.").wait_for()
    other.get_by_role("button", name="Save", exact=True).click()
    assert other.locator('[data-saved="summary"]').inner_text() == "Of the first"
    assert other.locator('[data-written="summary"]').inner_text() == "Of the second"
    assert other.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert QueueItem.objects.get(pk=coming[0].pk).summary == "Of the first"
    other.locator('[data-act="save-mine"]').click()
    other.get_by_text("The item is kept as you changed it.").wait_for()
    assert QueueItem.objects.get(pk=coming[0].pk).summary == "Of the second"


@pytest.mark.parametrize("language", ["en", "id"])
def test_no_page_scrolls_sideways_on_a_phone_whatever_long_link_stands_on_it(desk, coming, media_root, language):
    speak(desk, language)
    desk.set_viewport_size(PHONE)
    wide = []
    for path in _pages(coming):
        answer = desk.goto(f"/admin/{path}")
        width = desk.evaluate("document.documentElement.scrollWidth")
        small = desk.evaluate(
            "[...document.querySelectorAll('input, select, textarea')]"
            ".filter(field => !['hidden', 'checkbox', 'radio'].includes(field.type))"
            ".filter(field => field.offsetParent && parseFloat(getComputedStyle(field).fontSize) < 16)"
            ".map(field => field.name)"
        )
        wide += [(path, answer.status, width, small)] if answer.status != 200 or width > 390 or small else []
    assert not wide


def _pages(coming):
    assert len(TRACKED) > 300
    account = factories.make_account("telegram")
    out = factories.make_post(
        factories.make_item(link=TRACKED, image_url=TRACKED),
        account,
        status="published",
        external_id="7",
        published_at=timezone.now(),
        attempts_made=1,
        tracked_url=TRACKED,
        short_link=TRACKED,
        permalink=TRACKED,
        caption=f"Hello {TRACKED}",
    )
    attempt = factories.make_attempt(out, outcome=Attempt.Outcome.PUBLISHED, sent_at=timezone.now(), error=TRACKED)
    failed = factories.make_post(factories.make_item(link=TRACKED), account, status="failed", error=TRACKED)
    failed.item.image.save("picture.png", ContentFile(b"no matter"))
    key, _secret = keys.issue("shop")
    alert = ledger.raise_for_post(Alert.Kind.REJECTED, failed, reason=TRACKED, now=timezone.now())
    delivery = WebhookLog.objects.create(
        source="shop", delivery_id="1" * 100, received_at=timezone.now(), status="rejected", detail=TRACKED,
        body=TRACKED.encode(), headers={"X-Long": TRACKED}, http_status=422,
    )  # fmt: skip
    rows = {"post": [out, failed], "queueitem": [out.item, failed.item, coming[0]], "attempt": [attempt]}
    rows |= {"alert": [alert], "webhooklog": [delivery], "platformaccount": [account], "apikey": [key]}
    changes = [f"queue/{model}/{row.pk}/change/" for model, found in rows.items() for row in found]
    lists = [f"queue/{name}/" for name in (*rows, "captiontemplate", "cooldownrule", "webhooksource")]
    adds = ["queueitem", "captiontemplate", "cooldownrule", "apikey", "webhooksource"]
    more = [
        "",
        "metrics/clicktotal/reports/",
        "metrics/click/",
        "queue/platformaccount/add/",
        f"auth/user/{User.objects.get().pk}/change/",
    ]
    history = [f"queue/queueitem/{coming[0].pk}/history/"]
    return [*changes, *lists, *(f"queue/{name}/add/" for name in adds), *more, *history]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_times_have_their_zone_and_what_is_typed_is_in_it(chrome, live_server, editor, settings, size):
    settings.TIME_ZONE = "Asia/Jakarta"
    factories.make_account("telegram")
    # A browser elsewhere: what it thinks of the time does not count, the zone that the page names does.
    context = chrome.new_context(base_url=live_server.url, viewport=size, timezone_id="Asia/Tokyo", locale="en-GB")
    page = context.new_page()
    page.goto("/admin/login/?next=/admin/queue/queueitem/add/")
    page.fill("#id_username", editor.username)
    page.fill("#id_password", "let me in")
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/add/")
    assert page.locator(".timezonewarning").count() == 0
    assert page.locator(".ap-foot .ap-moment").inner_text().strip().endswith("WIB")
    page.fill("#id_title", "At half past seven")
    page.fill("#id_link", "https://example.com/x")
    page.fill("#id_publish_at_0", "2031-12-01")
    page.fill("#id_publish_at_1", "19:30")
    page.locator('[data-act="schedule"]').click()
    page.wait_for_url("**/change/")
    assert QueueItem.objects.get().publish_at == datetime(2031, 12, 1, 19, 30, tzinfo=ZoneInfo("Asia/Jakarta"))
    for path in ("", "queue/queueitem/", "queue/post/", f"queue/post/{Post.objects.get().pk}/change/"):
        page.goto(f"/admin/{path}")
        assert "1 Dec 2031, 19:30 WIB" in page.locator("body").inner_text(), path
        assert page.locator(".timezonewarning").count() == 0
    context.close()
