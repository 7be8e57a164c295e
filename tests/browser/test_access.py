"""Everybody can use the desk: by keyboard, by ear, with a thumb, in light and dark, in both languages."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from social_queue.alerts import ledger
from social_queue.intake import ingest
from social_queue.media import carried
from social_queue.media.carried import Medium
from social_queue.models import Part, Post, QueueItem, Series
from tests import factories
from tests.support import clients
from tests.support.browser import in_both_looks, speak

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}
LISTS = (
    "queueitem",
    "post",
    "platformaccount",
    "captiontemplate",
    "webhooklog",
    "alert",
    "attempt",
    "apikey",
    "series",
)

_SERIOUS = """async () => {
  const found = await axe.run(document, {resultTypes: ['violations']});
  const bad = found.violations.filter((one) => ['serious', 'critical'].includes(one.impact));
  return bad.map((one) => [one.id, one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160))]);
}"""
_SMALL = """(least) => [...document.querySelectorAll(':is(main, header) :is(a, button, input, select)')]
  .filter((one) => one.checkVisibility() && one.type !== 'hidden' && !one.closest('.words, .ap-look'))
  .filter((one) => getComputedStyle(one).display !== 'inline')
  .map((one) => [one, one.type === 'file' ? one.parentElement : one])
  .map(([one, seen]) => [one.outerHTML.slice(0, 120), seen.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.width < least || box.height < least))
  .map(([text, box]) => `${text} ${box.width}x${box.height}`)"""
_CONTRAST = """(element) => {
  const pen = Object.assign(document.createElement('canvas'), {width: 1, height: 1}).getContext('2d');
  const over = (colour) => { pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1); };
  const light = () => [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3).map((part) => part / 255)
    .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0.05);
  const behind = [];
  for (let one = element; one; one = one.parentElement) behind.unshift(getComputedStyle(one).backgroundColor);
  ['white', ...behind].forEach(over);
  const ground = light();
  over(getComputedStyle(element).color);
  return Math.max(ground, light()) / Math.min(ground, light());
}"""
_IN_MAIN = "document.querySelector('main').contains(document.activeElement)"


@pytest.fixture
def full():
    """Something of everything; the addresses of the pages that people use."""
    telegram = factories.make_account("telegram", slug="tg-news", slots="daily 09:00")
    page = factories.make_account("facebook", slug="fb-page")
    item = factories.make_item(telegram, page, title="Gates of Olympus", hashtags=["#slot"])
    factories.make_item(telegram, page, publish_at=timezone.now() + timedelta(hours=1))
    failed = factories.make_item(page, status="failed").posts.get()
    failed.status, failed.attempts_made, failed.error, failed.error_kind = "failed", 1, "Too small.", "rejected"
    failed.save()
    factories.make_attempt(failed, outcome="rejected", error="Too small.", ended_at=timezone.now())
    factories.make_item(status="draft")
    ledger.raise_alert("shortlink", about="bitly", reason="Bitly rests.", now=timezone.now())
    series = _repeat()
    changed = {"queueitem": item, "post": failed, "platformaccount": telegram, "series": series}
    album, thread = _album(telegram), _thread(telegram)
    return [
        *(
            reverse(name)
            for name in (
                "admin:index",
                "calendar",
                "review",
                "admin:metrics_reports",
                "admin:metrics_best_hour",
                "me",
                "admin:auth_user_changelist",
                "invitations",
                "evidence",
            )
        ),
        *(reverse(f"admin:queue_{name}_changelist") for name in LISTS),
        *(reverse(f"admin:queue_{name}_change", args=[row.pk]) for name, row in changed.items()),
        reverse("admin:queue_queueitem_change", args=[album.pk]),
        reverse("admin:queue_post_change", args=[thread.pk]),
        *(reverse(f"admin:queue_{name}_add") for name in ("queueitem", "captiontemplate", "webhooksource", "feed")),
        f"{reverse('admin:queue_platformaccount_add')}?platform=telegram",
        *(f"{reverse('calendar')}?view={view}&day={timezone.localdate()}" for view in ("week", "month", "list")),
        f"{reverse('calendar')}?view=week&lanes=account",
        f"{reverse('calendar-spread')}?item={item.pk},{failed.item_id}",
    ]


def _album(account) -> QueueItem:
    """Three pictures, two texts that follow, a label; it may still be changed."""
    follow_ups = [{"text": "The whole story: {link}"}, {"text": "See you at seven.", "channels": ["tg-news"]}]
    said = {"follow_ups": follow_ups, "ai": {"generated": True, "tool": "our writer"}}
    media = [Medium(url=f"https://example.com/{name}.jpg", alt=name) for name in ("harbour", "square", "hill")]
    said |= carried.columns(media)
    item = factories.make_item(account, title="Album", publish_at=timezone.now() + timedelta(days=1), **said)
    carried.replace(item, media)
    return item


def _thread(account) -> Post:
    """A post that is out, with parts in every state that people see."""
    item = factories.make_item(title="Thread", status="posted", follow_ups=[{"text": f"Part {n}"} for n in range(4)])
    post = factories.make_post(item, account, status="published", attempts_made=1, external_id="1")
    for number, status in enumerate(("published", "failed", "unknown", "pending"), 2):
        told = {"error": "Not now.", "error_kind": "rejected"} if status == "failed" else {}
        Part.objects.create(post=post, account=account, number=number, text=f"Part {number}", status=status, **told)
    return post


def _repeat() -> Series:
    now = timezone.now()
    body = {"title": "Weather", "link": "https://example.com/w", "channels": ["tg-news"]}
    again = {"repeat": {"rrule": "FREQ=DAILY"}, "publish_at": (now + timedelta(hours=2)).isoformat()}
    ingest.receive(body | again, source="bot", now=now)
    return Series.objects.get()


@pytest.fixture(scope="module")
def axe():
    try:
        return clients.axe()
    except clients.Unavailable as reason:
        pytest.skip(str(reason))


@in_both_looks
def test_no_page_has_a_serious_fault(desk, full, axe, theme, language):
    speak(desk, language)
    desk.emulate_media(color_scheme=theme)
    if theme == "dark":
        desk.set_viewport_size(PHONE)
    faults = {}
    for path in full:
        desk.goto(path)
        desk.evaluate(axe)
        if found := desk.evaluate(_SERIOUS):
            faults[path] = found
    assert not faults, json.dumps(faults, indent=1)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_list_of_several_pages_has_no_serious_fault(desk, axe, theme):
    for _number in range(60):
        factories.make_item(status="draft")
    desk.emulate_media(color_scheme=theme)
    desk.goto("/admin/queue/queueitem/")
    desk.get_by_role("link", name="2", exact=True).wait_for()
    desk.evaluate(axe)
    assert desk.evaluate(_SERIOUS) == []
    # It lies over the rows that scroll below it, so axe does not judge it.
    assert desk.locator("span.font-medium.text-primary-600").last.evaluate(_CONTRAST) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_many_accounts_have_no_serious_fault_in_the_composer(desk, axe, theme):
    for number in range(20):
        factories.make_account("telegram", slug=f"tg-{number:02}")
    desk.emulate_media(color_scheme=theme)
    desk.goto("/admin/queue/queueitem/add/?channels=tg-03")
    desk.locator("[data-fold]").click()
    desk.evaluate(axe)
    assert desk.evaluate(_SERIOUS) == []


@in_both_looks
def test_taking_an_album_back_has_no_serious_fault(desk, axe, theme, language):
    item = factories.make_item(title="Album", status="posted")
    factories.make_post(item, factories.make_account("telegram"), status="published", external_id="1", attempts_made=1)
    speak(desk, language)
    desk.emulate_media(color_scheme=theme)
    desk.goto(reverse("admin:queue_queueitem_change", args=[item.pk]))
    desk.click("[data-act=recall]")
    desk.wait_for_selector("[data-effect]")
    desk.evaluate(axe)
    assert not desk.evaluate(_SERIOUS)


def test_every_page_has_one_heading_one_main_part_and_a_way_straight_to_it(desk, full):
    for path in full:
        desk.goto(path, wait_until="networkidle")
        assert (desk.locator("h1").count(), desk.locator("main").count()) == (1, 1), path
        if path.partition("?")[0].endswith("/add/") and desk.evaluate(_IN_MAIN):
            continue  # the framework puts the cursor into an empty form's first field: we are there already
        desk.keyboard.press("Tab")
        assert desk.evaluate("document.activeElement.getAttribute('href')") == "#content", path
        desk.keyboard.press("Enter")
        assert desk.evaluate(_IN_MAIN), path


@pytest.mark.parametrize("query", ["", "?status__exact=ready"])
def test_the_search_of_a_list_is_three_tabs_away(desk, full, query):
    for name in ("queueitem", "post"):
        desk.goto(reverse(f"admin:queue_{name}_changelist") + query)
        focused = []
        for _press in range(3):
            desk.keyboard.press("Tab")
            focused.append(desk.evaluate("document.activeElement.id"))
        assert "searchbar" in focused, (name, focused)


def test_a_row_of_a_list_takes_two_lines_of_a_phone(desk, full):
    desk.set_viewport_size(PHONE)
    for name in ("queueitem", "post"):
        desk.goto(reverse(f"admin:queue_{name}_changelist"))
        rows = desk.locator("#result_list tr.data-row")
        assert rows.count() > 1
        heights = rows.evaluate_all("all => all.map((one) => one.getBoundingClientRect().height)")
        assert all(40 < height <= 96 for height in heights), (name, heights)
        assert "Gates of Olympus" in rows.first.inner_text()


def test_a_row_of_any_other_list_is_a_short_card_on_a_phone(desk, full):
    desk.set_viewport_size(PHONE)
    for name in ("attempt", "platformaccount", "alert"):
        desk.goto(reverse(f"admin:queue_{name}_changelist"))
        rows = desk.locator("#result_list tr.data-row")
        heights = rows.evaluate_all("all => all.map((one) => one.getBoundingClientRect().height)")
        assert heights and max(heights) <= 170, (name, heights)
        assert desk.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], name


def test_a_thumb_hits_everything_on_a_phone_and_no_field_makes_it_zoom(desk, full):
    desk.set_viewport_size(PHONE)
    for path in full:
        desk.goto(path)
        assert desk.evaluate(_SMALL, 24) == [], path
        letters = desk.locator("main :is(input:not([type=checkbox], [type=radio], [type=hidden]), select, textarea)")
        sizes = letters.evaluate_all("all => all.map((one) => parseFloat(getComputedStyle(one).fontSize))")
        assert all(size >= 16 for size in sizes), (path, sizes)
