"""Today: what needs a human by cause, the next day as a strip, yesterday beside the usual day, and the first steps."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from metrics.models import ClickTotal
from social_queue.access import keys
from social_queue.admin.today import days, strip
from social_queue.models import ItemStatus, Post, PostStatus
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forgotten():
    cache.clear()


def _page(desk) -> str:
    return desk.client.get("/admin/").content.decode()


def _causes(page: str) -> dict[str, int]:
    return {kind: int(count) for kind, count in re.findall(r'data-cause="(\w+)" data-count="(\d+)"', page)}


def _failed(account, error, count, kind="rejected"):
    for number in range(count):
        item = factories.make_item(status=ItemStatus.FAILED)
        told = {"error": error % number if "%" in error else error, "error_kind": kind}
        factories.make_post(item, account, status=PostStatus.FAILED, attempts_made=1, **told)


def test_what_failed_for_one_reason_is_one_line_with_a_button_for_all(desk, facebook_account, telegram_account):
    _failed(facebook_account, "This content can't be shared (id 10%d).", 5)
    _failed(telegram_account, "Bad Request: message is too long.", 2)
    page = _page(desk)
    assert page.count('data-cause="rejected"') == 2
    assert "5 posts failed on Facebook" in page and "Retry all 5" in page and "2 posts failed on Telegram" in page
    form = next(form for form in re.findall(r"<form.*?</form>", page, re.DOTALL) if "Retry all 5" in form)
    rows = [Post(pk=int(pk)) for pk in re.findall(r'name="_selected_action" value="(\d+)"', form)]
    asked = desk.choose("post", re.search(r'name="action" value="(\w+)"', form)[1], rows)
    assert 'data-effect="5"' in asked.content.decode()
    desk.confirm(asked)
    waiting = Post.objects.filter(status=PostStatus.PENDING)
    assert {post.account_id for post in waiting} == {facebook_account.pk} and waiting.count() == 5


def test_an_account_without_a_token_is_one_line_however_many_posts_wait(desk, account_factory):
    account = account_factory("telegram", slug="tg", status="needs_token", last_error="Unauthorized")
    for _ in range(3):
        factories.make_item(account)
    page = _page(desk)
    assert _causes(page) == {"token": 3} and "tg: 3 posts wait." in page and "Put in a new token" in page


def test_drafts_and_undecided_posts_lead_to_where_they_are_decided(desk, facebook_account):
    factories.make_item(status=ItemStatus.DRAFT)
    post = factories.make_item(facebook_account, title="Unsure").posts.get()
    Post.objects.filter(pk=post.pk).update(status=PostStatus.UNKNOWN)
    page = _page(desk)
    assert _causes(page) == {"undecided": 1, "drafts": 1}
    assert f'href="/admin/queue/post/{post.pk}/change/"' in page and 'href="/admin/queue/review/"' in page


def test_nobody_is_shown_a_button_that_he_may_not_press(client, django_user_model, grant, facebook_account):
    _failed(facebook_account, "No.", 2)
    viewer = django_user_model.objects.create_user("viewer", is_staff=True)
    grant(viewer, "queue.view_post")
    client.force_login(viewer)
    page = client.get("/admin/").content.decode()
    assert "2 posts failed" in page and 'data-act="mend"' not in page and "data-steps" not in page


def test_the_next_day_is_a_strip_with_a_lane_an_account(desk, facebook_account, telegram_account):
    now = timezone.now()
    for hours in (0, 1, 23, 25):
        factories.make_item(facebook_account, title=f"In {hours}", publish_at=now + timedelta(hours=hours, minutes=1))
    for _ in range(4):
        factories.make_item(facebook_account, title="Crowd", publish_at=now + timedelta(hours=5))
    page = _page(desk)
    assert 'data-lane="fb-page" data-count="' in page and 'data-lane="tg-news" data-count="0"' in page
    drawn = page.split("data-strip")[1].split("</section>")[0]
    assert "In 0" in drawn and "In 1" in drawn and "In 25" not in drawn and "+2" in drawn
    lanes = {lane.slug: lane for lane in strip.of_the_day(now)["lanes"]}
    # A minute from now can be the next hour already.
    begun = [cell for cell in lanes["fb-page"].cells if cell.posts]
    assert len(lanes["fb-page"].cells) == 24 and begun[0].posts[0]["title"] == "In 0"


@pytest.mark.parametrize(
    ("begins", "hours"),
    [
        (datetime(2026, 10, 24, 10, 0, tzinfo=UTC), [*range(12, 24), 0, 1, 2, 2, *range(3, 11)]),
        (datetime(2027, 3, 27, 11, 0, tzinfo=UTC), [*range(12, 24), 0, 1, *range(3, 13)]),
        (datetime(2026, 10, 25, 0, 0, tzinfo=UTC), [2, 2, *range(3, 24), 0]),
    ],
)
def test_a_strip_over_a_change_of_clocks_has_every_hour_once(settings, facebook_account, begins, hours):
    settings.TIME_ZONE = "Europe/Berlin"
    for later in (0, 23, 24):
        at = begins + timedelta(hours=later, minutes=30)
        factories.make_item(facebook_account, title=f"In {later}", publish_at=at)
    found = strip.of_the_day(begins + timedelta(minutes=20))
    assert [int(head["hour"]) for head in found["hours"]] == hours
    assert sum(bool(head["day"]) for head in found["hours"]) == 2
    (lane,) = found["lanes"]
    titles = {place: cell.posts[0]["title"] for place, cell in enumerate(lane.cells) if cell.posts}
    assert titles == {0: "In 0", 23: "In 23"}
    assert [int(cell.begins[:2]) for cell in lane.cells] == hours


def test_yesterday_stands_beside_the_usual_day(desk, telegram_account):
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    for back, count in ((1, 5), (2, 2), (3, 2), (4, 3)):
        for _ in range(count):
            post = factories.make_item(telegram_account).posts.get()
            out = {"status": "published", "external_id": "1", "published_at": noon - timedelta(days=back)}
            Post.objects.filter(pk=post.pk).update(**out)
    factories.make_attempt(post, outcome="rejected", ended_at=noon - timedelta(days=1))
    ClickTotal.objects.create(
        post=1, queue_item=1, account=1, platform="telegram", hour_at=noon - timedelta(days=1), humans=7
    )
    page = _page(desk)
    told = dict(re.findall(r'data-figure="(\w+)">(.*?)</tr>', page, re.DOTALL))
    cells = {name: re.findall(r"<td[^>]*>(.*?)</td>", row) for name, row in told.items()}
    assert cells == {"out": ["5", "2"], "failed": ["1", "–"], "clicks": ["7", "–"]}
    assert "ap-good" in told["out"]


def test_a_day_that_is_over_is_counted_once_an_hour(desk, django_assert_max_num_queries):
    figure = days.figure("x", "x", lambda begin, end: 3)
    again = days.figure("x", "x", lambda begin, end: 4)
    assert (figure.yesterday, figure.usual, again.yesterday) == (3, 3, 3)


def test_the_first_steps_go_away_when_they_are_done(desk):
    page = _page(desk)
    assert re.findall(r'data-step="(\w+)"( data-done)?', page) == [
        (name, "") for name in ("channel", "test", "key", "item")
    ]
    account = factories.make_account("telegram")
    page = _page(desk)
    assert re.findall(r'data-step="(\w+)" data-done', page) == ["channel"]
    keys.issue("shop")
    post = factories.make_item(account).posts.get()
    Post.objects.filter(pk=post.pk).update(status="published", external_id="1", published_at=timezone.now())
    assert "data-steps" not in _page(desk)
