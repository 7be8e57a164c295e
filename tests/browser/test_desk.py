"""An editor at work, in a real browser."""

import pytest
from django.utils import timezone

from social_queue.alerts import ledger
from social_queue.models import Alert, Post
from tests import factories
from tests.support.browser import speak

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def two_failed():
    """Two failed posts among others."""
    account = factories.make_account("facebook", slug="fb-page")
    failed = [
        factories.make_post(
            factories.make_item(title=f"Broken {name}"), account, status="failed", attempts_made=1, error="Too small."
        )
        for name in ("one", "two")
    ]
    factories.make_post(factories.make_item(title="Waiting"), account)
    return failed


def test_an_editor_filters_the_failed_posts_retries_both_and_reads_the_message(desk, two_failed):
    desk.goto("/admin/")
    desk.locator("nav a[href='/admin/queue/post/']").first.click()
    desk.get_by_text("Filters").first.click()
    desk.locator("select[name=status__exact]").select_option("failed", force=True)
    desk.get_by_role("button", name="Apply Filters").click()
    desk.wait_for_url("**status__exact=failed**")
    rows = desk.locator("#result_list tbody tr.data-row")
    assert rows.count() == 2 and "Waiting" not in desk.locator("#result_list").inner_text()
    for box in rows.locator("input.action-select").all():
        box.check()
    desk.locator("select[name=action]").select_option("retry_failed", force=True)
    desk.get_by_role("button", name="Run").click()
    desk.get_by_text("2 posts on 1 account: out now.").wait_for()
    desk.locator('[data-act="confirm"]').click()
    desk.get_by_text("Retry failed: 2 done.").wait_for()
    assert set(Post.objects.filter(pk__in=[post.pk for post in two_failed]).values_list("status", flat=True)) == {
        "pending"
    }


def test_an_editor_settles_an_undecided_post_by_the_button(desk, item_factory):
    account = factories.make_account("telegram", slug="tg-news")
    post = factories.make_post(item_factory(title="Out or not"), account, status="unknown", attempts_made=1)
    desk.goto("/admin/")
    desk.get_by_role("link", name="Out or not").click()
    desk.get_by_text("Open the chat in Telegram").wait_for()
    desk.get_by_label("Its address there").fill("https://t.me/news/7")
    desk.get_by_role("button", name="I can see it").click()
    desk.get_by_text("done.").wait_for()
    post.refresh_from_db()
    assert (post.status, post.permalink) == ("published", "https://t.me/news/7")


def test_sending_again_asks_first(desk):
    account = factories.make_account("telegram", slug="tg-news")
    post = factories.make_post(account=account, status="unknown", attempts_made=1)
    asked = []
    desk.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    desk.goto(f"/admin/queue/post/{post.pk}/change/")
    desk.get_by_role("button", name="It is not there, send it").click()
    post.refresh_from_db()
    assert post.status == "unknown" and "out twice" in asked[0]


def test_a_template_is_shown_as_it_would_read_while_it_is_written(desk):
    desk.goto("/admin/queue/captiontemplate/add/")
    desk.locator("#id_platform").select_option("telegram", force=True)
    desk.locator("#id_body").press_sequentially("Now: {{ title }}")
    desk.get_by_text("Now: Gates of Olympus").wait_for()


def test_the_desk_speaks_indonesian(desk):
    speak(desk, "id")
    desk.goto("/admin/")
    desk.get_by_role("heading", name="Perlu tindakan Anda").wait_for()
    desk.goto("/admin/queue/queueitem/")
    assert desk.locator("html").get_attribute("lang") == "id"


@pytest.mark.parametrize("language", ["en", "id"])
def test_a_phone_needs_no_sideways_scrolling(desk, two_failed, language):
    speak(desk, language)
    desk.set_viewport_size(PHONE)
    for path in (
        "",
        *(f"queue/{name}/" for name in ("queueitem", "queueitem/add", "post", "platformaccount", "alert")),
    ):
        desk.goto(f"/admin/{path}")
        assert desk.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path


@pytest.mark.parametrize("language", ["en", "id"])
def test_a_phone_cuts_nothing_off_in_lists(desk, two_failed, language):
    for post in two_failed:
        ledger.raise_for_post(Alert.Kind.REJECTED, post, reason="The picture is too wide. " * 5, now=timezone.now())
    speak(desk, language)
    desk.set_viewport_size(PHONE)
    for name in ("queueitem", "post", "platformaccount", "alert"):
        desk.goto(f"/admin/queue/{name}/")
        cells = desk.locator("#result_list tbody td")
        assert cells.count()
        cut = cells.evaluate_all(
            "all => all.filter(one => one.scrollHeight > one.clientHeight + 1).map(one => one.innerText)"
        )
        assert not cut, (name, cut)


def test_a_failed_post_is_retried_on_a_phone(desk, two_failed):
    desk.set_viewport_size(PHONE)
    desk.goto(f"/admin/queue/post/{two_failed[0].pk}/change/")
    assert desk.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    desk.get_by_role("button", name="Retry").click()
    desk.get_by_text("done.").wait_for()


def test_icons_that_have_a_name_have_a_role_so_that_it_is_read(desk, editor):
    desk.goto(f"/admin/auth/user/{editor.pk}/change/")
    desk.locator(".help-tooltip[role=img]").first.wait_for(state="attached")
    assert desk.locator(".help-tooltip[aria-label]:not([role])").count() == 0
