"""The calendar in a real browser: dragged by mouse and finger, moved by keys, spread, and taken back."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from social_queue.delivery import claim
from social_queue.models import QueueItem
from tests import factories
from tests.support.browser import log_in_on

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CALENDAR = "/admin/queue/calendar/"
PHONE = {"width": 390, "height": 844}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: Until what a finger has set rolling stays there.
_TO_THE_TOP = """async () => {
  for (let still = 0; still < 10; still = scrollY ? 0 : still + 1) {
    scrollTo(0, 0);
    await new Promise(requestAnimationFrame);
  }
}"""


@pytest.fixture
def week():
    """A Tuesday of next week at ten, and an item that stands there on two accounts."""
    today = timezone.now().replace(hour=10, minute=0, second=0, microsecond=0)
    tuesday = today + timedelta(days=8 - today.weekday())
    accounts = [factories.make_account("telegram", slug="tg"), factories.make_account("facebook", slug="fb")]
    return tuesday, accounts, factories.make_item(*accounts, publish_at=tuesday, title="Rain in the west")


def _at(item):
    return QueueItem.objects.get(pk=item.pk).publish_at


def _open(desk, day, view="week"):
    desk.goto(f"{CALENDAR}?view={view}&day={day.date()}")


def _day(desk, day):
    return desk.locator(f'[data-day="{day.date()}"]')


def _card(desk, item):
    return desk.locator(f'[data-item="{item.pk}"]')


def test_dragged_to_thursday_it_keeps_its_hour_and_undo_brings_it_back(desk, week):
    tuesday, _accounts, item = week
    _open(desk, tuesday)
    _card(desk, item).drag_to(_day(desk, tuesday + 2 * DAY))
    desk.locator('[data-act="undo"]').wait_for()
    assert _at(item) == tuesday + 2 * DAY and LogEntry.objects.count() == 1
    _day(desk, tuesday + 2 * DAY).locator(f'[data-item="{item.pk}"]').wait_for()
    desk.locator('[data-act="undo"]').click()
    _day(desk, tuesday).locator(f'[data-item="{item.pk}"]').wait_for()
    assert _at(item) == tuesday and set(item.posts.values_list("not_before", flat=True)) == {tuesday}


def test_dropped_on_an_hour_it_takes_that_hour(desk, week):
    tuesday, _accounts, item = week
    _open(desk, tuesday)
    card, day = _card(desk, item).bounding_box(), _day(desk, tuesday + DAY).bounding_box()
    desk.mouse.move(card["x"] + 40, card["y"] + 30)
    desk.mouse.down()
    desk.mouse.move(day["x"] + 40, day["y"] + 200)
    hour = desk.locator('.ap-rail [data-hour="17"]').bounding_box()
    desk.mouse.move(hour["x"] + hour["width"] / 2, hour["y"] + hour["height"] / 2)
    assert "17:00" in desk.locator(".ap-ghost").inner_text()
    desk.mouse.up()
    desk.locator('[data-act="undo"]').wait_for()
    assert _at(item) == tuesday + DAY + 7 * HOUR


def test_in_the_month_too_a_card_is_dragged(desk, week):
    tuesday, _accounts, item = week
    _open(desk, tuesday, view="month")
    _card(desk, item).drag_to(_day(desk, tuesday + DAY))
    desk.locator('[data-act="undo"]').wait_for()
    assert _at(item) == tuesday + DAY


def test_by_keys_m_an_arrow_and_enter_move_it_a_day(desk, week):
    tuesday, _accounts, item = week
    _open(desk, tuesday)
    _card(desk, item).focus()
    desk.keyboard.press("m")
    desk.locator("#ap-move[open]").wait_for()
    desk.keyboard.press("ArrowRight")
    desk.keyboard.press("Enter")
    desk.locator('[data-act="undo"]').wait_for()
    assert _at(item) == tuesday + DAY
    # The card keeps the focus, so that the keyboard goes on where it was.
    assert desk.evaluate("document.activeElement.dataset.item") == str(item.pk)
    desk.keyboard.press("Enter")
    desk.wait_for_url(f"**/queueitem/{item.pk}/change/")


def _touch(desk):
    """``touch(kind, x, y)``: a finger, as Chromium itself would report it."""
    session = desk.context.new_cdp_session(desk)

    def touch(kind, *place):
        points = [{"x": place[0], "y": place[1]}] if place else []
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    return touch


@pytest.fixture
def phone(chrome, live_server, editor):
    """A telephone on which the editor has logged in."""
    context = chrome.new_context(base_url=live_server.url, viewport=PHONE, has_touch=True, is_mobile=True)
    page = context.new_page()
    log_in_on(page, editor, live_server.url)
    yield page
    context.close()


def test_a_finger_that_rests_lifts_the_card_and_one_that_swipes_scrolls(phone, week):
    tuesday, _accounts, item = week
    _open(phone, tuesday, view="list")
    touch = _touch(phone)
    box = _card(phone, item).bounding_box()
    x, y = box["x"] + 60, box["y"] + 30
    # However long this machine takes for a move, the finger did not rest.
    phone.evaluate("window.later = setTimeout; window.setTimeout = () => 0")
    touch("touchStart", x, y)
    for step in range(1, 6):
        touch("touchMove", x, y - step * 30)
    touch("touchEnd")
    phone.evaluate("window.setTimeout = window.later")
    phone.wait_for_timeout(400)
    assert _at(item) == tuesday and phone.locator("#ap-move[open]").count() == 0
    phone.evaluate(_TO_THE_TOP)
    box, there = _card(phone, item).bounding_box(), _day(phone, tuesday + DAY).bounding_box()
    touch("touchStart", box["x"] + 60, box["y"] + 30)
    phone.locator(".ap-ghost").wait_for()
    touch("touchMove", box["x"] + 60, (box["y"] + there["y"]) / 2)
    touch("touchMove", there["x"] + 60, there["y"] + 20)
    touch("touchEnd")
    phone.locator('[data-act="undo"]').wait_for()
    assert _at(item) == tuesday + DAY


def test_a_finger_that_rests_and_leaves_is_asked_where_to(phone, week):
    tuesday, _accounts, item = week
    _open(phone, tuesday, view="list")
    box, touch = _card(phone, item).bounding_box(), _touch(phone)
    touch("touchStart", box["x"] + 60, box["y"] + 30)
    phone.locator(".ap-ghost").wait_for()
    touch("touchEnd")
    phone.locator("#ap-move[open]").wait_for()
    phone.fill("#ap-move [name=day]", str((tuesday + 3 * DAY).date()))
    phone.fill("#ap-move [name=time]", "18:30")
    phone.locator('[data-act="confirm-move"]').click()
    phone.locator('[data-act="undo"]').wait_for()
    assert _at(item) == tuesday + 3 * DAY + 8.5 * HOUR


@pytest.mark.parametrize("edge", ["foot", "head"])
def test_a_finger_that_rests_at_the_edge_rolls_the_page(phone, week, edge):
    tuesday, accounts, item = week
    for number in range(12):
        last = factories.make_item(accounts[0], publish_at=tuesday + (number // 3 + 1) * DAY)
    _open(phone, tuesday, view="list")
    item = item if edge == "foot" else last
    _card(phone, item).evaluate("card => scrollTo(0, card.getBoundingClientRect().top + scrollY - 400)")
    begun, box, touch = phone.evaluate("scrollY"), _card(phone, item).bounding_box(), _touch(phone)
    touch("touchStart", box["x"] + 60, box["y"] + 30)
    phone.locator(".ap-ghost").wait_for()
    # Once, and then it rests: at the foot above the bar that lies there.
    way = 1 if edge == "foot" else -1
    touch("touchMove", box["x"] + 60, PHONE["height"] - 70 if edge == "foot" else 30)
    phone.wait_for_function(f"(scrollY - {begun}) * {way} > 150")
    touch("touchCancel")
    assert _at(item) == item.publish_at


def test_a_tap_on_a_sign_of_the_month_opens_its_item(phone, week):
    tuesday, _accounts, item = week
    _open(phone, tuesday, view="month")
    phone.get_by_role("link", name="Rain in the west").tap()
    phone.wait_for_url(f"**/queueitem/{item.pk}/change/")


def test_a_telephone_begins_with_the_list_and_nothing_is_wider_than_it(desk, week):
    tuesday, accounts, _item = week
    desk.set_viewport_size(PHONE)
    desk.goto(CALENDAR)
    desk.wait_for_url("**view=list**")
    for number in range(6):
        factories.make_item(*accounts, publish_at=tuesday + number * HOUR, title="W" * 90)
    for view in ("list", "week", "month"):
        _open(desk, tuesday, view=view)
        assert desk.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], view


def test_what_a_worker_has_claimed_meanwhile_says_why_it_stays(desk, week):
    tuesday, accounts, item = week
    soon = timezone.now() + timedelta(minutes=2)
    QueueItem.objects.filter(pk=item.pk).update(publish_at=soon)
    item.posts.update(not_before=soon)
    desk.goto(f"{CALENDAR}?view=list&day={timezone.localdate()}")
    _card(desk, item).wait_for()
    claim.claim(now=soon, limit=5, worker="w")
    _card(desk, item).focus()
    desk.keyboard.press("m")
    desk.fill("#ap-move [name=day]", str(tuesday.date()))
    desk.keyboard.press("Enter")
    desk.get_by_text("It does not move any more: a worker has begun with it.").wait_for()
    assert _at(item) == soon
    # It is locked now, and says so before anything is sent.
    _card(desk, item).focus()
    desk.keyboard.press("m")
    desk.get_by_text("It does not move: a worker has begun with it.").wait_for()
    assert desk.locator("#ap-move[open]").count() == 0


def test_what_is_over_takes_nothing(desk, week):
    today = timezone.now().replace(second=0, microsecond=0)
    item = factories.make_item(week[1][0], publish_at=today + timedelta(minutes=3))
    _open(desk, today - DAY, view="list")
    _card(desk, item).drag_to(_day(desk, today - DAY).locator("header"))
    desk.get_by_text("That day is over. Choose a later one.").wait_for()
    assert _at(item) == today + timedelta(minutes=3)


def test_several_are_ticked_shown_and_spread_and_all_taken_back(desk, week):
    tuesday, accounts, first = week
    items = [first, *(factories.make_item(*accounts, publish_at=tuesday) for _ in range(9))]
    _open(desk, tuesday)
    assert desk.locator('[data-act="spread"]').is_disabled()
    for item in items:
        _card(desk, item).focus()
        desk.keyboard.press("Space")
    desk.locator('[data-act="spread"]').click()
    desk.fill("[name=begins_0]", str(tuesday.date()))
    desk.fill("[name=begins_1]", "18:00")
    desk.fill("[name=ends_0]", str(tuesday.date()))
    desk.fill("[name=ends_1]", "22:00")
    desk.locator('[data-act="show"]').click()
    assert desk.locator("[data-effect]").get_attribute("data-effect") == "20"
    assert {_at(item) for item in items} == {tuesday}
    desk.locator('[data-act="confirm"]').click()
    desk.locator('[data-act="undo"]').wait_for()
    times = sorted(_at(item) for item in items)
    gaps = [later - sooner for sooner, later in zip(times, times[1:], strict=False)]
    assert (times[0], times[-1]) == (tuesday + 8 * HOUR, tuesday + 12 * HOUR)
    assert all(timedelta(minutes=24) <= gap <= timedelta(minutes=27) for gap in gaps)
    desk.locator('[data-act="undo"]').click()
    desk.get_by_text("Undo: Spread: 20 done.").wait_for()
    assert {_at(item) for item in items} == {tuesday}
