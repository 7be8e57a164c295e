"""Time in a real browser: an item goes into the next free slots; a repeat is changed from one on, and ended."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from social_queue.intake import ingest
from social_queue.models import Post, QueueItem, Series
from tests import factories
from tests.support import clients

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}
_SERIOUS = """async () => {
  const found = await axe.run(document, {resultTypes: ['violations']});
  return found.violations.filter((one) => ['serious', 'critical'].includes(one.impact)).map((one) => one.id);
}"""


@pytest.fixture
def weather(db):
    """A daily repeat, laid down two weeks ahead."""
    factories.make_account("telegram", slug="tg")
    now = timezone.now()
    body = {"title": "Weather", "link": "https://example.com/w", "channels": ["tg"], "repeat": {"rrule": "FREQ=DAILY"}}
    ingest.receive(body | {"publish_at": (now + timedelta(hours=1)).isoformat()}, source="bot", now=now)
    return Series.objects.get()


@pytest.mark.parametrize("size", [{"width": 1440, "height": 900}, PHONE], ids=["desktop", "phone"])
def test_this_one_and_all_that_follow_are_changed_and_then_ended(desk, weather, size):
    desk.set_viewport_size(size)
    desk.on("dialog", lambda dialog: dialog.accept())
    desk.goto("/admin/queue/series/")
    desk.get_by_role("link", name="Weather").first.click()
    desk.wait_for_url(re.compile(r"/series/\d+/change/"))
    assert desk.evaluate("document.documentElement.scrollWidth") <= size["width"]
    items = list(QueueItem.objects.order_by("publish_at"))
    desk.locator(f'a[href*="/queueitem/{items[3].pk}/"]').first.click()
    desk.fill("#id_title", "Wind")
    desk.locator('[data-act="schedule"]').click()
    desk.get_by_role("button", name="Say so in all that follow").click()
    desk.get_by_text("items that follow say the same now").wait_for()
    ready = QueueItem.objects.filter(status="ready").order_by("publish_at")
    titles = list(ready.values_list("title", flat=True))
    assert titles[:3] == ["Weather"] * 3 and set(titles[3:]) == {"Wind"}
    desk.goto(f"/admin/queue/series/{Series.objects.latest('pk').pk}/change/")
    desk.get_by_role("button", name="End the repeat").click()
    desk.get_by_text("are cancelled").first.wait_for()
    assert not QueueItem.objects.filter(title="Wind").exclude(status="cancelled").exists()
    assert QueueItem.objects.filter(title="Weather", status="ready").count() == 3


@pytest.mark.parametrize("size", [{"width": 1440, "height": 900}, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_how_often_is_chosen_in_fields_seen_in_words_and_done(desk, weather, size, theme):
    desk.set_viewport_size(size)
    desk.emulate_media(color_scheme=theme)
    item = QueueItem.objects.order_by("publish_at")[2]
    desk.goto(f"/admin/queue/queueitem/{item.pk}/change/")
    desk.locator('[data-act="repeat"]').click()
    desk.wait_for_selector("[data-repeat]")
    # The page's script runs once all of it was read, which may be a moment after that.
    desk.locator("[name=dates]").wait_for(state="hidden")
    assert desk.locator("[name=way]").input_value() == "day"
    desk.select_option("[name=way]", "week")
    assert desk.locator("[name=weekdays]").first.is_visible() and not desk.locator("[name=rrule]").is_visible()
    for box in desk.locator("[name=weekdays]:checked").all():
        box.uncheck()
    desk.locator('[data-act="look"]').click()
    wrong = desk.locator('[data-faults="weekdays"]').get_by_text("Choose at least one weekday.")
    wrong.wait_for()
    assert desk.evaluate("document.activeElement.name") == "weekdays"
    desk.get_by_label("Monday").check()
    desk.get_by_label("Thursday").check()
    desk.locator('[data-act="look"]').click()
    desk.locator("[data-in-words]").get_by_text("every Monday and Thursday at").wait_for()
    assert desk.evaluate("document.documentElement.scrollWidth") <= size["width"]
    desk.evaluate(_axe())
    assert not desk.evaluate(_SERIOUS)
    # What was looked at is what is done.
    desk.fill("[name=every]", "2")
    assert not desk.locator('[data-act="confirm"]').is_visible()
    desk.locator('[data-act="look"]').click()
    desk.locator("[data-in-words]").get_by_text("every 2 weeks on Monday and Thursday at").wait_for()
    desk.locator('[data-act="confirm"]').click()
    desk.get_by_text("It repeats: every 2 weeks on Monday and Thursday at").first.wait_for()
    assert Series.objects.latest("pk").rule == "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH"


def _axe() -> str:
    try:
        return clients.axe()
    except clients.Unavailable as reason:
        pytest.skip(str(reason))


def test_in_the_next_free_slot_says_which_and_takes_them(desk):
    factories.make_account("facebook", slug="fb-kabar", slots="daily 09:00")
    factories.make_account("telegram", slug="tg-kabar", slots="daily 11:30")
    factories.make_account("twitter", slug="x-kabar")
    desk.goto("/admin/queue/queueitem/add/")
    desk.fill("#id_title", "Gates of Olympus")
    desk.fill("#id_link", "https://example.com/gates")
    for slug in ("fb-kabar", "tg-kabar", "x-kabar"):
        desk.check(f'[name="channels"][value="{slug}"]', force=True)
    assert desk.locator("#id_publish_at_0").is_visible() and not desk.locator("[data-slots]").is_visible()
    desk.get_by_label("In the next free slot of each account").check()
    desk.locator("[data-slot]").first.wait_for()
    told = {slug: desk.locator(f'[data-slot="{slug}"]').inner_text() for slug in ("fb-kabar", "tg-kabar", "x-kabar")}
    assert "09:00 UTC" in told["fb-kabar"] and "11:30 UTC" in told["tg-kabar"] and "at once" in told["x-kabar"]
    assert not desk.locator("#id_publish_at_0").is_visible()
    desk.locator('[data-act="schedule"]').click()
    desk.wait_for_url(re.compile(r"/queueitem/\d+/change/"))
    taken = dict(Post.objects.values_list("account__slug", "slot_at"))
    assert (taken["fb-kabar"].hour, taken["tg-kabar"].hour, taken["x-kabar"]) == (9, 11, None)
