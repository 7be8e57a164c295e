"""The calendar's page: what it shows to whom, in whose time, and what its presses do and take back."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from social_queue.admin.calendar import asked
from social_queue.delivery import claim
from social_queue.models import Post, Press, QueueItem
from tests import factories

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.fixture
def places():
    return [factories.make_account("telegram", slug="tg"), factories.make_account("facebook", slug="fb")]


@pytest.fixture
def soon():
    """The day after tomorrow at noon."""
    return timezone.now().replace(hour=12, minute=0, second=0, microsecond=0) + 2 * DAY


def _get(desk, **query):
    return desk.client.get(reverse("calendar"), {name: str(value) for name, value in query.items()})


def _cards(answer):
    """{item: (day, time, state)} as the page has them; the first of each."""
    pattern = r'data-item="(\d+)" data-state="(\w+)" data-date="([-\d]+)" data-time="([:\d]+)"'
    found = re.findall(pattern, answer.content.decode())
    return {int(item): (day, time, state) for item, state, day, time in reversed(found)}


def _move(desk, item, at, wrong=None):
    fields = {"item": item.pk, "seen": item.publish_at.isoformat(), "day": at.date().isoformat()}
    return desk.client.post(reverse("calendar-move"), fields | {"time": f"{at:%H:%M}"} | (wrong or {}), follow=True)


def _told(answer):
    return " ".join(map(str, answer.context["messages"]))


def _standing():
    items = list(QueueItem.objects.order_by("pk").values_list("pk", "publish_at", "status", "next_slot"))
    return items, list(Post.objects.order_by("pk").values_list("pk", "not_before", "slot_at", "status", "caption"))


@pytest.mark.parametrize("view", ["week", "month", "list"])
def test_every_view_shows_what_stands_in_its_days_by_the_readers_clock(desk, places, settings, view):
    settings.TIME_ZONE = "Asia/Jakarta"
    # Half an hour before midnight in Jakarta, and half past four in the afternoon in UTC.
    late = datetime(2026, 12, 1, 23, 30, tzinfo=JAKARTA)
    item = factories.make_item(*places, publish_at=late, title="<b>News</b>")
    answer = _get(desk, view=view, day="2026-12-01")
    assert _cards(answer) == {item.pk: ("2026-12-01", "23:30", "ready")}
    page = desk.text(answer)
    assert "<b>News</b>" in page and "ready" in page and "WIB" in page
    assert _cards(_get(desk, view=view, day="2027-02-01")) == {}


def test_the_week_is_usual_and_a_telephone_gets_the_list(desk):
    assert _get(desk).context["asked"].view == "week"
    phone = desk.client.get(
        reverse("calendar"), headers={"User-Agent": "Mozilla/5.0 (Linux; Android 14) Mobile Safari"}
    )
    assert phone.context["asked"].view == "list"


@pytest.mark.parametrize(
    "query",
    [
        {"view": "year", "day": "tomorrow", "account": "x", "state": "late"},
        {"day": "9999-12-31", "view": "month"},
        {"day": "0001-01-01", "view": "week"},
        {"account": "99999999999999999", "source": "\x00", "lanes": "1"},
        {"account": "5", "lanes": "account", "view": "week"},
    ],
)
def test_an_address_that_makes_no_sense_is_answered_all_the_same(desk, query):
    assert _get(desk, **query).status_code == 200


def test_filters_stand_in_the_address_and_in_every_link(desk, places, soon):
    mine = factories.make_item(places[0], publish_at=soon, source="feeds")
    factories.make_item(places[1], publish_at=soon)
    query = {"view": "month", "day": soon.date(), "account": places[0].pk, "source": "feeds", "state": "ready"}
    answer = _get(desk, **query)
    assert list(_cards(answer)) == [mine.pk]
    links = [address for _name, _words, address, _here in answer.context["ways"]["views"]]
    assert all(f"account={places[0].pk}&state=ready&source=feeds" in link for link in links)
    # A source that is none of those that there are now stays chosen.
    assert '<option value="feeds" selected>' in answer.content.decode()


def test_with_lanes_an_item_stands_in_the_lane_of_each_of_its_accounts(desk, places, soon):
    both = factories.make_item(*places, publish_at=soon)
    draft = factories.make_item(publish_at=soon, status="draft")
    answer = _get(desk, day=soon.date(), lanes="account", view="week")
    body = answer.content.decode()
    assert body.count(f'data-item="{both.pk}"') == 2 and body.count(f'data-item="{draft.pk}"') == 1
    assert [name for name, _cells in answer.context["lanes"]] == ["fb", "tg", ""]


def test_free_slots_lead_to_the_composer_with_time_and_account(desk, places, settings, soon):
    places[0].slots, places[0].zone = "daily 09:00 19:30", "Asia/Jakarta"
    places[0].save()
    settings.TIME_ZONE = "Asia/Jakarta"
    taken = datetime.combine(soon.date(), datetime.min.time(), JAKARTA) + 9 * HOUR
    factories.make_item(places[0], publish_at=taken).posts.update(slot_at=taken)
    answer = _get(desk, view="list", day=soon.date())
    day = answer.context["days"][0]
    assert [(place.clock, place.slug) for place in day.lanes[0].free] == [("19:30", "tg")]
    assert f"publish_at={soon.date()}T19%3A30%3A00%2B07%3A00&channels=tg" in day.lanes[0].free[0].address
    assert not any(cell.free for row in _get(desk, view="month").context["days"] for cell in row.lanes)


def test_what_is_over_has_no_plus_and_takes_nothing(desk):
    days = _get(desk, view="month", day=timezone.localdate()).context["days"]
    assert all(bool(day.add) != day.past for day in days)
    assert any(f"publish_at={timezone.localdate()}T" in day.add or day.today is False for day in days)


def test_a_crowded_day_says_how_many_more_there_are(desk, places, soon):
    for number in range(7):
        factories.make_item(places[0], publish_at=soon + number * HOUR / 10)
    answer = _get(desk, view="month", day=soon.date())
    assert len(_cards(answer)) == 4 and 'data-more="3"' in answer.content.decode()
    assert len(_cards(_get(desk, view="list", day=soon.date()))) == 7


def test_the_page_asks_as_often_for_a_thousand_items_as_for_one(desk, places, soon):
    def asked_for(view):
        with CaptureQueriesContext(connection) as queries:
            _get(desk, view=view, day=soon.date())
        return len(queries)

    factories.make_item(*places, publish_at=soon)
    _get(desk)
    few = {view: asked_for(view) for view in ("week", "month", "list")}
    rows = [
        QueueItem(title=f"{n}", link="https://example.com/", source="s", publish_at=soon + n * timedelta(seconds=40))
        for n in range(1000)
    ]
    made = QueueItem.objects.bulk_create(rows, batch_size=500)
    Post.objects.bulk_create(
        [Post(item=item, account=places[0], platform="telegram", not_before=item.publish_at) for item in made],
        batch_size=500,
    )
    assert {view: asked_for(view) for view in few} == few


def test_a_moved_item_has_one_line_of_history_and_undo_brings_it_back_exactly(desk, places, soon):
    item = factories.make_item(*places, publish_at=soon, next_slot=True)
    item.posts.filter(account=places[0]).update(slot_at=soon)
    before = _standing()
    answer = _move(desk, item, soon + DAY)
    assert f"Moved “{item.title}” to" in _told(answer)
    assert set(item.posts.values_list("not_before", "slot_at")) == {(soon + DAY, None)}
    lines = LogEntry.objects.filter(object_id=item.pk)
    assert [line.change_message for line in lines] == [lines[0].change_message] and "Moved to" in str(lines[0])
    assert "Undo: Move: 2 done." in desk.text(desk.undo(answer))
    assert _standing() == before
    assert LogEntry.objects.filter(object_id=item.pk).count() == 2


def test_what_is_moved_to_this_minute_waits_for_the_undo(desk, places, soon):
    item = factories.make_item(places[0], publish_at=soon)
    at = timezone.now() + timedelta(minutes=1)
    _move(desk, item, at)
    assert item.posts.get().not_before >= min(at.replace(second=0, microsecond=0), timezone.now() + 5 * HOUR / 3600)


def test_a_claimed_post_stays_and_says_why(desk, places):
    item = factories.make_item(places[0], publish_at=timezone.now() - HOUR)
    claim.claim(now=timezone.now(), limit=1, worker="w")
    before = _standing()
    answer = _move(desk, item, timezone.now() + DAY)
    assert "a worker has begun with it. tg (publishing)" in _told(answer) and not Press.objects.exists()
    assert _standing() == before and not LogEntry.objects.exists()
    card = re.search(rf'data-item="{item.pk}".*?data-locked="([^"]*)"', _get(desk).content.decode(), re.DOTALL)
    assert card is None or "It does not move" in card[1]


def test_of_two_editors_the_second_is_told(desk, places, soon):
    item = factories.make_item(places[0], publish_at=soon)
    _move(desk, item, soon + DAY)
    answer = _move(desk, item, soon + 2 * DAY)
    assert "Somebody else has moved it" in _told(answer)
    assert QueueItem.objects.get().publish_at == soon + DAY


@pytest.mark.parametrize(
    "wrong",
    [{"item": "x"}, {"day": "31-12-2026"}, {"time": "25:00"}, {"day": "9999-12-31", "time": "23:59"}, {"item": 7}],
)
def test_what_can_t_be_read_moves_nothing(desk, places, soon, settings, wrong):
    settings.TIME_ZONE = "America/New_York"
    item = factories.make_item(places[0], publish_at=soon)
    answer = _move(desk, item, soon + DAY, wrong)
    assert _told(answer) and QueueItem.objects.get().publish_at == soon


def test_who_may_only_look_sees_it_and_moves_nothing(client, django_user_model, grant, places, soon):
    person = django_user_model.objects.create_user("v", is_staff=True)
    client.force_login(person)
    assert client.get(reverse("calendar")).status_code == 403
    grant(person, "queue.view_queueitem")
    item = factories.make_item(places[0], publish_at=soon)
    page = client.get(reverse("calendar"), {"day": soon.date().isoformat()}).content.decode()
    assert f'data-item="{item.pk}"' in page and "data-may-move" not in page and 'data-act="spread"' not in page
    assert client.post(reverse("calendar-move"), {"item": item.pk}).status_code == 403
    assert client.get(reverse("calendar-spread"), {"item": item.pk}).status_code == 403


def _spread(desk, items, begins, ends, **more):
    query = {"item": [item.pk for item in items], "begins_0": begins.date(), "begins_1": f"{begins:%H:%M}"}
    query |= {"ends_0": ends.date(), "ends_1": f"{ends:%H:%M}"} | more
    return desk.client.get(reverse("calendar-spread"), query)


def _confirm(desk, answer):
    form = re.search(r'<form method="post" class="ap-panel ap-effect".*?</form>', answer.content.decode(), re.DOTALL)[0]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    return desk.client.post(reverse("calendar-spread"), fields | {"confirm": "1"}, follow=True)


def test_ten_are_spread_after_a_page_has_shown_when_each_goes_and_undo_takes_all_back(desk, places, soon):
    items = [factories.make_item(*places, publish_at=soon) for _ in range(10)]
    before = _standing()
    shown = _spread(desk, items, soon + 6 * HOUR, soon + 10 * HOUR)
    assert 'data-effect="20"' in shown.content.decode() and _standing() == before
    promised = re.findall(r'data-place="(\d+)" data-at="([^"]+)"', shown.content.decode())
    answer = _confirm(desk, shown)
    assert "Spread: 10 done." in _told(answer)
    now = {str(item.pk): item.publish_at for item in QueueItem.objects.all()}
    assert {number: datetime.fromisoformat(at) for number, at in promised} == now and len(set(now.values())) == 10
    assert LogEntry.objects.count() == 10
    desk.undo(answer)
    assert _standing() == before


def test_a_span_that_is_too_short_is_said_beside_it_and_the_first_offer_never_is(desk, places, soon):
    places[0].min_interval_s = 5430
    places[0].save()
    items = [factories.make_item(places[0], publish_at=soon) for _ in range(5)]
    page = desk.text(_spread(desk, items, soon, soon + HOUR))
    assert "5 items at least 1 h 31 min apart take 6 h 2 min: let the last go later." in page
    offered = desk.client.get(reverse("calendar-spread"), {"item": [item.pk for item in items]})
    assert "Spread: 5 done." in _told(_confirm(desk, offered))
    times = sorted(QueueItem.objects.values_list("publish_at", flat=True))
    assert min(later - sooner for sooner, later in zip(times, times[1:], strict=False)) >= timedelta(seconds=5430)


@pytest.mark.parametrize("moved", [0, 1, 2])
def test_what_was_moved_while_the_page_was_read_is_left_alone_and_the_others_go_as_shown(desk, places, soon, moved):
    items = [factories.make_item(places[0], publish_at=soon) for _ in range(3)]
    shown = _spread(desk, items, soon + HOUR, soon + 3 * HOUR)
    QueueItem.objects.filter(pk=items[moved].pk).update(publish_at=soon + DAY)
    told = _told(_confirm(desk, shown))
    assert "Spread: 2 done." in told and "Somebody else has moved it" in told
    times = {item.pk: soon + (1 + place) * HOUR for place, item in enumerate(items)} | {items[moved].pk: soon + DAY}
    assert dict(QueueItem.objects.values_list("pk", "publish_at")) == times


@pytest.mark.parametrize("wrong", [{"begins_1": ""}, {"begins_0": "2020-01-01"}, {"ends_0": "2020-01-01"}])
def test_a_wrong_span_is_said_and_can_t_be_confirmed(desk, places, soon, wrong):
    items = [factories.make_item(places[0], publish_at=soon) for _ in range(2)]
    answer = _spread(desk, items, soon, soon + HOUR, **wrong)
    assert answer.context["form"].errors and 'data-act="confirm"' not in answer.content.decode()


def test_one_alone_can_t_be_spread(desk, places, soon):
    item = factories.make_item(places[0], publish_at=soon)
    answer = desk.client.get(
        reverse("calendar-spread"), {"item": item.pk, "back": "https://evil.example/"}, follow=True
    )
    assert "at least two" in _told(answer) and answer.wsgi_request.path == reverse("calendar")


def test_links_keep_what_was_asked():
    wish = asked.Wish(account=3, source="admin:")
    found = asked.Asked("week", date(2026, 12, 1), wish, lanes=True)
    assert found.address() == f"{reverse('calendar')}?view=week&day=2026-12-01&account=3&source=admin%3A&lanes=account"
