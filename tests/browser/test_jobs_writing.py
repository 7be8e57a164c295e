"""The jobs of an editor who writes and places, in a real browser, each with its clicks, keys and seconds counted."""

from datetime import timedelta

import pytest
from django.utils import timezone

from social_queue.models import CaptionTemplate, ItemStatus, PostStatus, QueueItem
from tests import factories
from tests.support.jobs import drawn, job, menu, picture, tomorrow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LINK = "https://example.com/gates"
QUEUE, DAY = "/admin/queue/queueitem/", timedelta(days=1)


def test_write_with_a_picture_for_two_channels_and_schedule(desk, hand, four, media_root):
    desk.goto(QUEUE)
    hand.click('a[href*="/admin/queue/queueitem/add/"]', page=True)
    hand.click('.ap-chan:has([value="tg-kabar"])')
    hand.click('.ap-chan:has([value="x-kabar"])')
    hand.click("#id_title")
    hand.type("Gates of Olympus")
    hand.key("Tab")
    hand.type("Buka jam tujuh malam ini.")
    hand.click("#id_link")
    hand.type(LINK)
    hand.file("#id_image", picture())
    desk.locator("[data-shown]:not([hidden])").wait_for()
    hand.click('[data-act="schedule"]', page=True)
    desk.locator('[data-act="undo"]').wait_for()
    item = QueueItem.objects.get()
    assert (item.status, item.link, bool(item.image)) == ("ready", LINK, True)
    assert set(item.posts.values_list("account__slug", flat=True)) == {"tg-kabar", "x-kabar"}
    assert item.publish_at > timezone.now() + timedelta(minutes=30)
    job(1, "Write by hand, with a picture, for two channels, and schedule it", hand, clicks=8, seconds=45)


def test_see_it_on_each_platform_while_it_is_typed(desk, hand, four):
    desk.goto(f"{QUEUE}add/")
    hand.click("#id_title")
    hand.type("Gates open")
    desk.wait_for_function(
        "[...document.querySelectorAll('[data-preview] .words')]"
        ".filter((one) => one.innerText.includes('Gates open')).length === 4"
    )
    job(2, "See it on each platform while typing (ten letters of a title)", hand, clicks=1, seconds=4)


def test_change_one_platforms_words(desk, hand, four):
    item = factories.make_item(*four.values(), publish_at=tomorrow(9), title="Common words")
    desk.goto(QUEUE)
    hand.click(f'a[href*="{QUEUE}{item.pk}/change/"]', page=True)
    hand.click('[data-tab="x-kabar"]')
    hand.replace('[name="caption:x-kabar"]', "Only for X: {link}")
    drawn(desk)
    assert "Only for X" in desk.locator('[data-preview="x-kabar"]').inner_text()
    hand.click('[data-act="schedule"]', page=True)
    desk.get_by_text("kept as you changed it").wait_for()
    said = {row.account.slug: row for row in item.posts.select_related("account")}
    item.refresh_from_db()
    assert item.captions == {"x-kabar": "Only for X: {link}"} and set(said) == {one.slug for one in four.values()}
    job(3, "Change one platform's words", hand, clicks=4, seconds=15)


def test_spread_ten_over_tomorrow_evening(desk, hand, four):
    for _number in range(10):
        factories.make_item(four["telegram"], publish_at=tomorrow(9))
    desk.goto(f"/admin/queue/calendar/?view=week&day={tomorrow(9).date()}")
    hand.click(f'[data-act="tick-day"][value="{tomorrow(9).date()}"]')
    hand.click('[data-act="spread"]', page=True)
    # The days are right already: those of what is spread.
    for name, clock in (("begins", "18:00"), ("ends", "22:00")):
        hand.click(f"[name={name}_1]", left=20)
        hand.type(clock.replace(":", ""))
        # Where the machine counts to twelve, the browser's own field reads the same four keys otherwise.
        desk.fill(f"[name={name}_1]", clock)
    hand.click('[data-act="show"]', page=True)
    hand.click('[data-act="confirm"]', page=True)
    desk.locator('[data-act="undo"]').wait_for()
    times = sorted(QueueItem.objects.values_list("publish_at", flat=True))
    assert (times[0], times[-1], len(set(times))) == (tomorrow(18), tomorrow(22), 10)
    job(4, "Ten posts spread over tomorrow evening", hand, clicks=6, seconds=16)


def test_see_the_coming_week(desk, hand, four):
    item = factories.make_item(four["telegram"], publish_at=timezone.now() + timedelta(minutes=30), title="This week")
    desk.goto("/admin/")
    menu(hand, "/admin/queue/calendar/")
    desk.locator(f'[data-item="{item.pk}"]').wait_for()
    assert desk.locator("[data-day]").count() >= 7
    job(5, "See the coming week", hand, clicks=1, seconds=4)


def test_drag_to_another_day(desk, hand, four):
    today = timezone.now().replace(hour=10, minute=0, second=0, microsecond=0)
    tuesday = today + timedelta(days=8 - today.weekday())
    item = factories.make_item(four["telegram"], publish_at=tuesday)
    desk.goto(f"/admin/queue/calendar/?view=week&day={tuesday.date()}")
    hand.drag(f'[data-item="{item.pk}"]', f'[data-day="{(tuesday + 2 * DAY).date()}"]')
    desk.locator('[data-act="undo"]').wait_for()
    assert QueueItem.objects.get().publish_at == tuesday + 2 * DAY
    job(6, "Drag a post to another day", hand, clicks=2, seconds=4)


def test_write_a_wording_and_see_it_on_a_real_item(desk, hand, four):
    factories.make_item(four["telegram"], title="Gates of Olympus")
    desk.goto("/admin/")
    hand.click(desk.locator(".ap-menu summary", has_text="Places and wording"))
    menu(hand, "/admin/metrics/clicktotal/wordings/")
    hand.click('[data-wording="telegram-B"] [data-act="edit-wording"]', page=True)
    hand.replace("#id_body", "Now: ")
    hand.click('[data-insert="{{ title }}"]')
    hand.choose("#ap-tried", label="Gates of Olympus")
    desk.get_by_text("Now: Gates of Olympus", exact=True).wait_for()
    hand.click(desk.get_by_role("button", name="Save", exact=True), page=True)
    desk.wait_for_url("**/captiontemplate/")
    assert CaptionTemplate.objects.get().body == "Now: {{ title }}"
    job(12, "Write a wording and see it on a real item", hand, clicks=8, seconds=20)


def test_import_a_file_with_a_bad_row(desk, hand, four, tmp_path):
    rows = [f"Item {number},https://example.com/{number},tg-kabar\n" for number in range(50)]
    rows[20] = "Broken,example.com/20,tg-kabar\n"
    (tmp_path / "items.csv").write_text("title,link,channels\n" + "".join(rows))
    desk.goto("/admin/")
    menu(hand, "/admin/queue/import/")
    hand.file("input[type=file]", tmp_path / "items.csv")
    desk.locator('[data-verdict="bad"]').first.wait_for()
    hand.click('[data-act="queue-good"]', page=True)
    desk.get_by_text("49 items queued.").wait_for()
    hand.replace(desk.get_by_label("link"), "https://example.com/20")
    hand.click('[data-act="judge"]', page=True)
    hand.click('[data-act="queue-good"]', page=True)
    desk.wait_for_url("**/queueitem/?source=file")
    assert QueueItem.objects.count() == 50
    job(13, "Import fifty rows, mend the bad one", hand, clicks=7, seconds=24)


def test_duplicate_what_is_out(desk, hand, four):
    item = factories.make_item(status=ItemStatus.POSTED, title="Gates of Olympus")
    factories.make_post(
        item, four["telegram"], status=PostStatus.PUBLISHED, external_id="1", published_at=timezone.now()
    )
    desk.goto(f"{QUEUE}{item.pk}/change/")
    hand.click('[data-act="duplicate"]', page=True)
    assert desk.input_value("#id_title") == "Gates of Olympus"
    drawn(desk)
    hand.click('[data-act="schedule"]', page=True)
    desk.locator('[data-act="undo"]').wait_for()
    assert QueueItem.objects.count() == 2
    job(14, "Duplicate what is out, and schedule the copy", hand, clicks=2, seconds=7)
