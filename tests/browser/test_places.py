"""The bar at the foot of a phone's page: five places under the thumb, and nothing of the page below it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from tests import factories
from tests.browser.test_access import _SERIOUS, PHONE, axe  # noqa: F401 - a fixture by its name
from tests.support.browser import in_both_looks, log_in_on, speak

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PLACES = {
    "Today": "/admin/",
    "Calendar": "/admin/queue/calendar/",
    "Review": "/admin/queue/review/",
    "Results": "/admin/metrics/clicktotal/reports/",
    "New": "/admin/queue/queueitem/add/",
}
#: What can be pressed in the page and, brought into view, lies under something else.
_COVERED = """() => {
  const bar = document.querySelector('.ap-places').getBoundingClientRect();
  const found = [];
  for (const one of document.querySelectorAll('main :is(a, button, input, select, textarea)')) {
    if (!one.checkVisibility() || one.disabled || one.closest('.ap-look, .words')) continue;
    one.focus();
    const box = one.getBoundingClientRect();
    if (box.height && box.height < bar.top && box.bottom > bar.top + 1) found.push(one.outerHTML.slice(0, 120));
  }
  scrollTo(0, document.documentElement.scrollHeight);
  const lowest = document.querySelector('main').getBoundingClientRect().bottom;
  return lowest > bar.top + 1 ? [...found, `the page ends at ${lowest}, below ${bar.top}`] : found;
}"""


@pytest.fixture
def waiting():
    """Something in every place."""
    account = factories.make_account("telegram", slug="tg-news")
    soon = timezone.now() + timedelta(hours=2)
    for number in range(12):
        factories.make_item(account, publish_at=soon, title=f"Item {number}")
    return factories.make_item(status="draft", publish_at=soon), factories.make_item(account, publish_at=soon)


def bar(desk):
    return desk.locator(".ap-places a")


def test_each_place_is_a_tap_away_and_says_where_one_is(desk, waiting):
    desk.goto("/admin/")
    assert not bar(desk).first.is_visible()
    desk.set_viewport_size(PHONE)
    for name, address in PLACES.items():
        bar(desk).filter(has_text=name).click()
        desk.wait_for_url(f"**{address}")
        here = desk.locator(".ap-places [aria-current=page]")
        assert here.all_inner_texts() and name in here.inner_text() and here.count() == 1
    assert desk.locator(".ap-places .ap-badge").inner_text() == "1"
    boxes = bar(desk).evaluate_all("all => all.map((one) => one.getBoundingClientRect().toJSON())")
    assert len(boxes) == 5 and all(box["height"] >= 44 and box["width"] >= 44 for box in boxes)
    assert {box["bottom"] for box in boxes} == {PHONE["height"]}


def test_nothing_of_a_page_lies_below_it(desk, waiting):
    desk.set_viewport_size(PHONE)
    draft, item = waiting
    pages = [*PLACES.values(), "/admin/queue/queueitem/", "/admin/me/", "/admin/queue/captiontemplate/add/"]
    pages += [f"/admin/queue/queueitem/{row.pk}/change/" for row in (draft, item)]
    covered = {}
    for path in pages:
        desk.goto(path)
        if found := desk.evaluate(_COVERED):
            covered[path] = found
    assert not covered


def test_what_is_done_with_ticked_rows_stands_above_it(desk, waiting):
    desk.set_viewport_size(PHONE)
    desk.goto("/admin/queue/queueitem/")
    desk.locator("input.action-select").first.check()
    desk.locator("select[name=action]").select_option("cancel_items", force=True)
    run = desk.locator("button[name=index]").first
    assert run.bounding_box()["y"] + run.bounding_box()["height"] <= bar(desk).first.bounding_box()["y"]
    run.click(trial=True)


@in_both_looks
def test_everybody_can_read_and_use_it(desk, waiting, axe, theme, language):  # noqa: F811 - the fixture
    speak(desk, language)
    desk.emulate_media(color_scheme=theme)
    desk.set_viewport_size(PHONE)
    desk.goto("/admin/queue/review/")
    cut = (
        bar(desk)
        .locator("span:last-child")
        .evaluate_all("all => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.innerText)")
    )
    assert not cut
    desk.evaluate(axe)
    assert desk.evaluate(_SERIOUS) == []


def test_only_what_one_may_open_is_in_it(page, live_server, django_user_model):
    viewer = django_user_model.objects.create_user("rina", password="let me in", is_staff=True)
    viewer.groups.add(Group.objects.get(name="Viewer"))
    log_in_on(page, viewer, live_server.url)
    page.set_viewport_size(PHONE)
    page.goto("/admin/")
    assert bar(page).all_inner_texts()
    assert not bar(page).filter(has_text="New").count() and bar(page).filter(has_text="Today").is_visible()
