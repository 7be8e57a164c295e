"""Lists: what is due next stands first, and what became of everything is said in words."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from social_queue.models import QueueItem
from tests import factories

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def telegram():
    return factories.make_account("telegram", slug="tg-news")


def titles(desk, model="queueitem", **query):
    shown = desk.client.get(f"/admin/queue/{model}/", query).context["cl"].result_list
    return [row.title if model == "queueitem" else row.item.title for row in shown]


def spread(hours, *accounts, **fields):
    now = timezone.now()
    return [factories.make_item(*accounts, title=f"{hour:+}", publish_at=now + hour * HOUR, **fields) for hour in hours]


def test_items_begin_with_the_next_due_and_go_on_with_what_is_over(desk):
    spread([3, -5, 1, -1, 2])
    assert titles(desk) == ["+1", "+2", "+3", "-1", "-5"]
    page = desk.client.get("/admin/queue/queueitem/").content.decode()
    assert page.count("data-now") == 1 and page.index("+3") < page.index("data-now")


@pytest.mark.parametrize(
    ("model", "name"),
    [("queueitem", "Rain in the west"), ("post", "tg-news: Rain in the west"), ("platformaccount", "tg-news")],
)
def test_the_box_of_a_row_is_called_as_the_row(desk, telegram, model, name):
    """All were called alike, so that nobody who listens could tell them apart."""
    factories.make_item(telegram, title="Rain in the west")
    boxes = re.findall(
        r'<input[^>]*class="[^"]*action-select[^>]*>', desk.client.get(f"/admin/queue/{model}/").content.decode()
    )
    assert [f"Choose “{name}”" in box for box in boxes] == [True]


def test_a_heading_that_is_pressed_sorts_as_it_says(desk):
    spread([3, -5, 1])
    ordered = [titles(desk, o=number) for number in ("3", "-3")]
    assert ordered == [["-5", "+1", "+3"], ["+3", "+1", "-5"]]


@pytest.mark.parametrize("coming", [0, 1, 49, 50, 51, 99, 100, 101, 130])
def test_no_row_is_lost_or_shown_twice_between_pages(desk, coming):
    now = timezone.now()
    rows = [
        QueueItem(title=str(number), link="https://example.com", publish_at=now + (number + 1 - (130 - coming)) * HOUR)
        for number in range(130)
    ]
    QueueItem.objects.bulk_create(rows)
    shown = [title for page in ("1", "2", "3") for title in titles(desk, p=page)]
    past = 130 - coming
    assert shown == [str(number) for number in [*range(past, 130), *reversed(range(past))]]


def test_a_row_that_goes_while_its_page_is_read_is_left_out(desk):
    QueueItem.objects.bulk_create(
        QueueItem(title=str(number), link="https://example.com", publish_at=timezone.now() + number * HOUR)
        for number in range(1, 71)
    )
    gone = []

    def taken_away(execute, sql, params, many, context):
        came = execute(sql, params, many, context)
        if "OFFSET 50" in sql and not gone:
            gone.append("60")
            QueueItem.objects.filter(title="60").delete()
        return came

    with connection.execute_wrapper(taken_away):
        shown = titles(desk, p="2")
    assert gone and shown == [str(number) for number in range(51, 71) if number != 60]


def test_posts_begin_with_what_waits_and_go_on_with_the_newest(desk, telegram):
    for hours, status in ((5, "published"), (2, "pending"), (1, "pending"), (-2, "failed")):
        item = factories.make_item(title=f"{status} {hours}", publish_at=timezone.now() + hours * HOUR)
        factories.make_post(item, telegram, status=status, external_id="7" if status == "published" else "")
    assert titles(desk, "post") == ["pending 1", "pending 2", "failed -2", "published 5"]
    assert titles(desk, "post", status__exact="pending") == ["pending 1", "pending 2"]


def test_what_became_of_each_account_is_said_by_a_sign_and_a_word(desk, telegram):
    for status in ("pending", "published", "failed", "unknown", "cancelled", "publishing"):
        published = {"external_id": "7"} if status == "published" else {}
        factories.make_post(factories.make_item(), telegram, status=status, **published)
    page = desk.client.get("/admin/queue/queueitem/").content.decode()
    chips = re.findall(
        r'ap-signed.*?aria-hidden="true">(\w+)</span><span[^>]*>tg-news</span><span[^>]*>: ([^<]+)<', page
    )
    assert len(chips) == len(set(chips)) == 6
    assert ("close", "failed") in chips and ("check", "published") in chips


def test_items_are_found_by_platform_account_game_and_trouble(desk, telegram):
    page = factories.make_account("facebook", slug="fb-page")
    factories.make_item(telegram, title="On Telegram", game="gates of olympus")
    factories.make_item(page, title="On the Page", data={"game": "Starlight"}, game="starlight")
    refused = factories.make_item(page, title="Refused")
    refused.posts.update(status="failed", error_kind="rejected", error="No.")
    unsure = factories.make_item(telegram, title="Unsure")
    unsure.posts.update(status="unknown")

    def found(**query):
        return set(titles(desk, **query))

    assert found(platform="telegram") == {"On Telegram", "Unsure"}
    assert found(account=page.pk) == {"On the Page", "Refused"}
    assert found(game="Starlight") == found(game="starlight") == {"On the Page"}
    assert found(trouble="rejected") == {"Refused"} and found(trouble="undecided") == {"Unsure"}
    assert found(trouble="any") == {"Refused", "Unsure"} and found(trouble="our_fault") == set()
    assert "Starlight" in desk.list("queueitem")


def test_filters_in_force_are_chips_that_take_themselves_away(desk, telegram):
    query = {"status__exact": "ready", "account": telegram.pk, "q": "Gates"}
    page = desk.client.get("/admin/queue/queueitem/", query).content.decode()
    chips = re.findall(r'href="([^"]*)" data-asked>([^<]+?) <', page)
    assert [words for _link, words in chips] == ["status: ready", "account: tg-news", "search: Gates"]
    assert ["account" in link for link, _words in chips] == [True, False, True]
    assert "data-asked" not in desk.client.get("/admin/queue/queueitem/").content.decode()


def test_pages_are_headed_by_what_they_are_about(desk, telegram):
    item = factories.make_item(telegram, title="Gates of Olympus")
    post = item.posts.get()

    def heading(path):
        page = desk.client.get(f"/admin/queue/{path}").content.decode()
        return re.findall(r"<h1[^>]*>(.*?)</h1>", page), re.search(r"<title>\s*(.*?) \|", page)[1]

    assert heading(f"queueitem/{item.pk}/change/") == (["Gates of Olympus"], "Gates of Olympus")
    assert heading(f"post/{post.pk}/change/") == (["Gates of Olympus · tg-news"], "Gates of Olympus · tg-news")
    assert heading("queueitem/add/") == (["Add an item"], "Add an item")
    assert heading(f"platformaccount/{telegram.pk}/change/") == (["tg-news"], "tg-news")
    assert heading("platformaccount/add/")[0] == ["Where shall posts go?"]
    assert heading("queueitem/") == (["Queue items"], "Queue items")
    assert "Show all" not in desk.list("queueitem", status__exact="ready")


def test_what_only_a_technician_reads_of_an_attempt_is_folded(desk, telegram):
    post = factories.make_item(telegram).posts.get()
    answer = '{"error": "' + "x" * 300 + '"}'
    factories.make_attempt(post, worker="vm:14358", outcome="rejected", error=answer, http_status=400)
    page = desk.client.get(f"/admin/queue/post/{post.pk}/change/").content.decode()
    open_, folded = page.split("ap-timeline", 1)[1].split("<details>", 1)
    assert "vm:14358" not in open_ and "x" * 200 not in open_ and "Attempt 1" in open_
    assert "vm:14358" in folded and "x" * 300 in folded and "HTTP 400" in folded
